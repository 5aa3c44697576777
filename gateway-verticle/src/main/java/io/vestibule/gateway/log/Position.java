package io.vestibule.gateway.log;

/**
 * A place in a topic's log.
 *
 * @param epoch of the log, as {@link io.vestibule.gateway.log.core.Append#epoch}
 * @param offset from 1 on; 0 before the first message
 */
public record Position(long epoch, long offset) {
  private static final int RADIX = 36;

  /** The epoch as clients see it: a text that says nothing but whether two are the same. */
  public String epochText() {
    return Long.toString(epoch, RADIX);
  }

  /** The epoch that clients call so; -1, which no log has, for what is none. */
  public static long epochOf(String text) {
    try {
      return text.isEmpty() || text.charAt(0) == '-' || text.charAt(0) == '+' ? -1 : Long.parseLong(text, RADIX);
    } catch (NumberFormatException none) {
      return -1;
    }
  }
}
