package io.vestibule.gateway.log;

import io.vestibule.gateway.log.core.Epoch;

/**
 * A place in a topic's log.
 *
 * @param epoch of the log, as {@link io.vestibule.gateway.log.core.Append#epoch}
 * @param offset from 1 on; 0 before the first message
 */
public record Position(long epoch, long offset) {
  private static final int RADIX = 36;
  /** Where there is no log yet. */
  private static final String NOTHING = "0-";

  /** The epoch as clients see it: a text that says nothing but whether two are the same. */
  public String epochText() {
    return Epoch.isNothing(epoch) ? NOTHING + Long.toString(epoch - Long.MIN_VALUE, RADIX) : Long.toString(epoch, RADIX);
  }

  /** The epoch that clients call so; -1, which no log has, for what is none. */
  public static long epochOf(String text) {
    boolean nothing = text.startsWith(NOTHING);
    String digits = nothing ? text.substring(NOTHING.length()) : text;
    try {
      long number = digits.isEmpty() || digits.charAt(0) == '-' || digits.charAt(0) == '+' ? -1 : Long.parseLong(digits, RADIX);
      long epoch = nothing ? Long.MIN_VALUE + number : number;
      return nothing == Epoch.isNothing(epoch) && number > 0 | nothing && number >= 0 ? epoch : -1;
    } catch (NumberFormatException none) {
      return -1;
    }
  }
}
