package io.vestibule.cluster.guard;

/** Bytes on the bus port that no node sends; the message names the field and its value. */
final class CorruptFrameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CorruptFrameException(String message) {
    super(message, null, false, false);
  }
}
