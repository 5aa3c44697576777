package io.vestibule.admission.store;

/** A write came with a term that is not the highest any more: somebody else leads the queue. */
public final class FencedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal of {@code term}, because {@code higher} was seen. */
  public FencedException(String queue, long term, long higher) {
    super("queue " + queue + " is led with term " + higher + ", not " + term, null, false, false);
  }
}
