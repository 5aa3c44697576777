package io.vestibule.admission.store;

/** A write came with a term that is not the highest any more: somebody else leads the queue, or has to be asked to. */
public sealed class FencedException extends RuntimeException permits JournalLostException {
  private static final long serialVersionUID = 1L;

  /** A refusal of {@code term}, because {@code higher} was seen. */
  public FencedException(String queue, long term, long higher) {
    this("queue " + queue + " is led with term " + higher + ", not " + term);
  }

  FencedException(String message) {
    super(message, null, false, false);
  }
}
