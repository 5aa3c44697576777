package io.vestibule.admission.core;

/** What {@link Long} does not know of the bits of a word. */
final class Bits {
  private Bits() {}

  /** Where the one with this number is, counted from 0 at the lowest; the word has more ones than that. */
  static int select(long word, int number) {
    int at = 0;
    int left = number;
    for (int half = 32; half > 0; half >>>= 1) {
      int ones = Long.bitCount(word >>> at & (1L << half) - 1);
      if (left >= ones) {
        left -= ones;
        at += half;
      }
    }
    return at;
  }
}
