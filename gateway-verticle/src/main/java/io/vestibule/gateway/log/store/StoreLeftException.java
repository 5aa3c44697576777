package io.vestibule.gateway.log.store;

/** A call was for a store that does not count, or not any more; it may be repeated, where the other store gets it. */
final class StoreLeftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long term;

  /** It is not known which store counts, or none does. */
  StoreLeftException() {
    this(0);
  }

  /** Redis is in this term already. */
  StoreLeftException(long term) {
    super("another store counts, or none does", null, false, false);
    this.term = term;
  }

  /** The term that Redis is in; 0 if it did not say so. */
  long term() {
    return term;
  }
}
