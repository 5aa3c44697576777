package io.vestibule.gateway.log.core;

/** An append came after a later one of its writer: nobody waits for it any more, and it was not done. */
public final class OvertakenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Of this append. */
  public OvertakenException(Append append) {
    super("append " + append.number() + " to " + append.topic() + " came after a later one of its writer", null, false, false);
  }
}
