package io.vestibule.gateway.limit;

/**
 * Counts offences in windows of a minute, in one word for each connection: the minute in the upper half, the count in the lower. A pure
 * function of its state, which starts as 0.
 */
public final class Strikes {
  private static final long WINDOW_MS = 60_000;
  private static final int COUNT_BITS = 32;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  private Strikes() {}

  /** The state after one more offence at this time. */
  public static long add(long state, long nowMs) {
    long window = nowMs / WINDOW_MS;
    long count = state >>> COUNT_BITS == (window & COUNT_MASK) ? state & COUNT_MASK : 0;
    return window << COUNT_BITS | count + 1;
  }

  /** Whether the last offence was in the minute of this time. */
  static boolean isOf(long state, long nowMs) {
    return state >>> COUNT_BITS == (nowMs / WINDOW_MS & COUNT_MASK);
  }

  /** Offences in the minute of the last one. */
  public static long count(long state) {
    return state & COUNT_MASK;
  }
}
