package io.vestibule.admission.core;

/**
 * Which positions of a lane are held, and which of those are live: a bit each, and a Fenwick tree (P. Fenwick, "A new data structure for cumulative frequency tables",
 * 1994) over the words of live bits, so that counting and finding cost the logarithm of the number of words. Positions only grow; what is before the first held one is
 * given back as the head moves, in steps that cost a fixed amount for each position over time.
 */
final class Occupancy {
  private static final int LEAST_WORDS = 16;

  private long[] held = new long[LEAST_WORDS];
  private long[] live = new long[LEAST_WORDS];
  private int[] tree = new int[LEAST_WORDS + 1];
  private long base;
  private int head;
  private long end;
  private long heldCount;
  private long liveCount;

  /** The position that is appended next. */
  long end() {
    return end;
  }

  /** No position before this one is held. */
  long start() {
    return Math.min(end, (base + head) * 64);
  }

  long heldCount() {
    return heldCount;
  }

  long liveCount() {
    return liveCount;
  }

  /** Adds a position at the end, held and live. */
  long append() {
    if ((end >>> 6) - base == held.length) {
      resize();
    }
    long position = end++;
    held[word(position)] |= 1L << position;
    heldCount++;
    setLive(position, true);
    return position;
  }

  boolean isHeld(long position) {
    return position >= base * 64 && position < end && (held[word(position)] & 1L << position) != 0;
  }

  boolean isLive(long position) {
    return position >= base * 64 && position < end && (live[word(position)] & 1L << position) != 0;
  }

  /** Says whether a held position is live. */
  void setLive(long position, boolean is) {
    if (isLive(position) == is) {
      return;
    }
    live[word(position)] ^= 1L << position;
    int change = is ? 1 : -1;
    liveCount += change;
    for (int i = word(position) + 1; i < tree.length; i += i & -i) {
      tree[i] += change;
    }
  }

  /** Gives a held position up for good. */
  void release(long position) {
    setLive(position, false);
    held[word(position)] &= ~(1L << position);
    heldCount--;
    int words = (int) ((end + 63 >>> 6) - base);
    while (head < words && held[head] == 0 && (base + head + 1) * 64 <= end) {
      head++;
    }
    if (held.length > LEAST_WORDS && head > held.length / 4 * 3) {
      resize();
    }
  }

  /** Live positions before this one, which may be anywhere. */
  long countBefore(long position) {
    if (position <= base * 64) {
      return 0;
    }
    if (position >= end) {
      return liveCount;
    }
    int word = word(position);
    long count = Long.bitCount(live[word] & (1L << position) - 1);
    for (int i = word; i > 0; i -= i & -i) {
      count += tree[i];
    }
    return count;
  }

  /** The first live position at or after this one, -1 if there is none. */
  long nextLive(long position) {
    long before = countBefore(position);
    return before < liveCount ? select(before) : -1;
  }

  /** The first held position, -1 if there is none. */
  long firstHeld() {
    return heldCount == 0 ? -1 : (base + head) * 64 + Long.numberOfTrailingZeros(held[head]);
  }

  /** The live position with this number, counted from 0; there are more than that. */
  private long select(long number) {
    int word = 0;
    long left = number;
    for (int step = Integer.highestOneBit(tree.length - 1); step > 0; step >>>= 1) {
      if (word + step < tree.length && tree[word + step] <= left) {
        word += step;
        left -= tree[word];
      }
    }
    return (base + word) * 64 + Bits.select(live[word], (int) left);
  }

  private int word(long position) {
    return (int) ((position >>> 6) - base);
  }

  /** Drops the words before the head and makes the arrays twice as long as what is left. */
  private void resize() {
    int used = (int) ((end + 63 >>> 6) - base) - head;
    int length = Math.max(LEAST_WORDS, Integer.highestOneBit(Math.max(1, used)) * 2);
    length = length < used * 3L / 2 ? length * 2 : length;
    var movedHeld = new long[length];
    var movedLive = new long[length];
    System.arraycopy(held, head, movedHeld, 0, used);
    System.arraycopy(live, head, movedLive, 0, used);
    held = movedHeld;
    live = movedLive;
    base += head;
    head = 0;
    tree = new int[length + 1];
    for (int i = 1; i <= length; i++) {
      tree[i] += Long.bitCount(live[i - 1]);
      int parent = i + (i & -i);
      if (parent <= length) {
        tree[parent] += tree[i];
      }
    }
  }
}
