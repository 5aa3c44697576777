package io.vestibule.admission.store;

/** A write came with a term that is not the highest any more: somebody else leads the queue, or has to be asked to. */
public sealed class FencedException extends RuntimeException permits JournalLostException {
  private static final long serialVersionUID = 1L;

  private final boolean disputed;

  /** A refusal of {@code term}, because {@code seen} is in force; where they are equal, it is another owner's. */
  public FencedException(String queue, long term, long seen) {
    super("queue " + queue + " is led with term " + seen + (seen == term ? " by another owner" : ", not " + term), null, false, false);
    this.disputed = seen == term;
  }

  FencedException(String message) {
    super(message, null, false, false);
    this.disputed = false;
  }

  /** Whether another owner was given the same term, as both halves of a partition may be: only a higher one will do. */
  public boolean isDisputed() {
    return disputed;
  }
}
