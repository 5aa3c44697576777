package io.vestibule.admission.store;

/** Bytes in the store are not a record, or one of a later version of this program. */
public final class UnreadableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
