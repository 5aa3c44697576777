package io.vestibule.gateway.log.core;

/** Numbers of shards: versions mean something within one. Whether a shard began empty or was made of two that had parted is in the lowest bit; 0 is no shard. */
public final class Lineage {
  private Lineage() {}

  /** The number of a shard that begins empty. */
  public static long ofNew(long random) {
    return random | 1;
  }

  /** The number of a shard that was made of two. */
  public static long ofJoined(long random) {
    return (random & ~1L) == 0 ? 2 : random & ~1L;
  }

  /** Whether everything in a shard came after it began. */
  public static boolean beganEmpty(long lineage) {
    return (lineage & 1) == 1;
  }
}
