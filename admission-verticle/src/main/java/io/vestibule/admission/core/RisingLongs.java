package io.vestibule.admission.core;

import java.util.Arrays;

/**
 * A sequence of numbers that never falls, a few bits each: joining times and order numbers of a lane. It grows at the end and is forgotten from the start. Pages of
 * {@value #PAGE} numbers are packed when they are full, by the code of Elias and Fano (P. Elias, "Efficient storage and retrieval by content and address of static
 * files", 1974): 2 bits for each number and as many more as the gaps have. Reading one costs the scan of one page, some tens of words.
 */
final class RisingLongs {
  private static final int PAGE = 1024;

  private Packed[] pages = new Packed[2];
  /** The last number of each page, side by side for the search. */
  private long[] lasts = new long[2];
  private int first;
  private int end;
  private long dropped;
  private long[] open = new long[16];
  private int opened;

  /** The index of the next number that is appended. */
  long end() {
    return (dropped + end - first) * PAGE + opened;
  }

  /** The last number that was appended. */
  long last() {
    return opened > 0 ? open[opened - 1] : end > first ? lasts[end - 1] : Long.MIN_VALUE;
  }

  /**
   * Appends a number.
   *
   * @throws IllegalArgumentException if it is less than the last one
   */
  void append(long value) {
    if (value < last()) {
      throw new IllegalArgumentException(value + " after " + last());
    }
    if (opened == PAGE) {
      pack();
    }
    if (opened == open.length) {
      open = Arrays.copyOf(open, open.length * 2);
    }
    open[opened++] = value;
  }

  /** The number at an index that is kept. */
  long get(long index) {
    long page = index / PAGE - dropped;
    int at = (int) (index % PAGE);
    return page == end - first ? open[at] : pages[first + (int) page].get(at);
  }

  /** The index of the first number that is kept and at least this; {@link #end()} if there is none. */
  long lowerBound(long value) {
    int low = first;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lasts[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    long start = (dropped + low - first) * PAGE;
    return start + (low < end ? pages[low].lowerBound(value) : lowerBoundInOpen(value));
  }

  /** Forgets what is before this index, in whole pages. */
  void dropBefore(long index) {
    while (first < end && (dropped + 1) * PAGE <= index) {
      pages[first++] = null;
      dropped++;
    }
  }

  private int lowerBoundInOpen(long value) {
    int low = 0;
    int high = opened;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (open[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void pack() {
    if (end == pages.length) {
      int kept = end - first;
      int room = Math.max(2, kept * 2);
      pages = Arrays.copyOfRange(pages, first, first + room);
      lasts = Arrays.copyOfRange(lasts, first, first + room);
      first = 0;
      end = kept;
    }
    lasts[end] = last();
    pages[end++] = new Packed(open);
    opened = 0;
  }

  /** One page: the number less the first one, its low bits in a row, its high bits in unary: a one for each number, a zero for each step. */
  private static final class Packed {
    private final long base;
    private final int lowBits;
    private final long[] lows;
    private final long[] highs;

    Packed(long[] values) {
      base = values[0];
      long last = values[PAGE - 1];
      long mean = (last - base) / PAGE;
      lowBits = 64 - Long.numberOfLeadingZeros(mean);
      lows = new long[(PAGE * lowBits + 63) / 64];
      highs = new long[(int) ((last - base >>> lowBits) + PAGE) / 64 + 1];
      for (int i = 0; i < PAGE; i++) {
        long value = values[i] - base;
        int one = (int) (value >>> lowBits) + i;
        highs[one >>> 6] |= 1L << one;
        putLow(i, value & mask());
      }
    }

    long get(int index) {
      int left = index;
      int word = 0;
      for (int ones = Long.bitCount(highs[0]); left >= ones; ones = Long.bitCount(highs[word])) {
        left -= ones;
        word++;
      }
      int one = word * 64 + Bits.select(highs[word], left);
      return base + ((long) (one - index) << lowBits | low(index));
    }

    /** At most {@link #PAGE} - 1, because the last number of the page is at least the value. */
    int lowerBound(long value) {
      if (value <= base) {
        return 0;
      }
      long wanted = value - base;
      long bucket = wanted >>> lowBits;
      int from = bucket == 0 ? 0 : afterZero(bucket);
      int to = lowBits == 0 ? from : afterZero(bucket + 1);
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (low(middle) < (wanted & mask())) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return from;
    }

    /** How many ones are before the nth zero, or in all if there are fewer zeros among the numbers. */
    private int afterZero(long nth) {
      long left = nth - 1;
      for (int word = 0; word < highs.length; word++) {
        int zeros = 64 - Long.bitCount(highs[word]);
        if (left < zeros) {
          int zero = word * 64 + Bits.select(~highs[word], (int) left);
          return (int) (zero - (nth - 1));
        }
        left -= zeros;
      }
      return PAGE;
    }

    private long mask() {
      return (1L << lowBits) - 1;
    }

    private void putLow(int index, long low) {
      if (lowBits == 0) {
        return;
      }
      int bit = index * lowBits;
      lows[bit >>> 6] |= low << bit;
      if ((bit & 63) + lowBits > 64) {
        lows[(bit >>> 6) + 1] |= low >>> 64 - (bit & 63);
      }
    }

    private long low(int index) {
      if (lowBits == 0) {
        return 0;
      }
      int bit = index * lowBits;
      long low = lows[bit >>> 6] >>> bit;
      if ((bit & 63) + lowBits > 64) {
        low |= lows[(bit >>> 6) + 1] << 64 - (bit & 63);
      }
      return low & mask();
    }
  }
}
