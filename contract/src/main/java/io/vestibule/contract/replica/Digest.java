package io.vestibule.contract.replica;

/** Sixty-four bits of what it was given, in that order: the same on every node, and different for different things but by chance. Against accidents, not against attackers. */
public final class Digest {
  private static final long SEED = 0xcbf2_9ce4_8422_2325L;
  private static final long FNV_PRIME = 0x100_0000_01b3L;
  private static final long ABSENT = 0x9e37_79b9_7f4a_7c15L;

  private long state = SEED;

  /** Adds a text, or that there is none (FNV-1a, over UTF-16, with its length). */
  public Digest text(String text) {
    if (text == null) {
      return number(ABSENT);
    }
    long hash = state;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    state = hash;
    return number(text.length());
  }

  /** Adds a number. */
  public Digest number(long number) {
    state = mix(state ^ mix(number));
    return this;
  }

  /** The digest. */
  public long value() {
    return mix(state);
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return z ^ (z >>> 31);
  }
}
