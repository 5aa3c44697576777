package io.vestibule.admission.store;

/** A write came with a term that is not the highest any more: somebody else leads the queue, or has to be asked to. */
public sealed class FencedException extends RuntimeException permits JournalLostException {
  private static final long serialVersionUID = 1L;

  private final long toSurpass;

  /** A refusal of {@code term}, because {@code seen} is in force; where they are equal, it is another owner's. */
  public FencedException(String queue, long term, long seen) {
    this("queue " + queue + " is led with term " + seen + (seen == term ? " by another owner" : ", not " + term), seen >= term ? seen : 0);
  }

  FencedException(String message) {
    this(message, 0);
  }

  private FencedException(String message, long toSurpass) {
    super(message, null, false, false);
    this.toSurpass = toSurpass;
  }

  /** A refusal by what outlives a cluster, because a later life of the cluster has written to it: no term is above that one's. */
  static FencedException ofEarlierLife(String queue, long life, long seen) {
    return new FencedException("queue " + queue + " is led by a later life of the cluster, " + seen + " and not " + life, 0);
  }

  /**
   * The term that another owner holds the queue with and that is not below this one: whoever still owns the shard needs one that is higher. Both halves of a partition may have been given the same; or
   * the other half was given a higher one and died before they met. 0 where a higher term would change nothing.
   */
  public long toSurpass() {
    return toSurpass;
  }
}
