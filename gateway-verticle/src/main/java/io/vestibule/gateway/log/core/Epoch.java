package io.vestibule.gateway.log.core;

/**
 * Numbers of logs: an offset means something within one. What somebody who knows another epoch may make of a log is in the lowest two bits: whether it began empty (odd), so that everything in it is news, or has what
 * another epoch had already; and, if it began empty, whether it is the first of its topic in its shard, or another was forgotten or lost before it.
 */
public final class Epoch {
  private static final long BITS = (1L << 48) - 1;
  private static final long NOTHING_BITS = (1L << 62) - 1;

  private Epoch() {}

  /** The number of a log that begins empty. */
  public static long ofNew(long random) {
    return random & BITS & ~3L | 1;
  }

  /** The number of a log that begins empty, where there was another before it. */
  public static long ofAnother(long random) {
    return ofNew(random) | 2;
  }

  /** The number of a log that has messages of other logs. */
  public static long ofJoined(long random) {
    return random & BITS & ~3L | 4;
  }

  /** Whether everything in a log came after it began. */
  public static boolean beganEmpty(long epoch) {
    return epoch > 0 && (epoch & 1) == 1;
  }

  /** Whether nothing of the topic was in the shard before it. */
  public static boolean isFirst(long epoch) {
    return epoch > 0 && (epoch & 3) == 1;
  }

  /** Stands for a topic of which nothing is in its shard yet; a negative number. */
  public static long ofNothing(long lineage) {
    return Long.MIN_VALUE | lineage * 0x9E3779B97F4A7C15L >>> 1 & NOTHING_BITS;
  }

  /** Whether it stands for a topic without a log. */
  public static boolean isNothing(long epoch) {
    return epoch < -1;
  }

  /** Whether nothing can be missing between two epochs, at the end of the one and the beginning of the other. */
  static boolean isNoStep(long from, long to) {
    return isNothing(from) && isFirst(to);
  }
}
