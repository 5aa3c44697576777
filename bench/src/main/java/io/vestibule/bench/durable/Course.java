package io.vestibule.bench.durable;

import java.util.BitSet;

/**
 * What one subscriber has had of one topic. A log numbers its messages 1, 2, 3 and so on, so the offsets as they arrive say what is missing, what came twice and what came late. One thread writes; a course takes
 * a few bytes as long as nothing goes wrong.
 */
final class Course {
  private long last;
  private BitSet missing;
  private long doubled;
  private long reordered;

  /** Goes on from a place that it was told: what lies before is not owed. */
  void beginAt(long offset) {
    last = Math.max(last, offset);
  }

  /** Enters an arrival; true when it had not come before. */
  boolean accept(long offset) {
    if (offset > last) {
      if (offset > last + 1) {
        missing().set(Math.toIntExact(last + 1), Math.toIntExact(offset));
      }
      last = offset;
      return true;
    }
    if (missing != null && offset > 0 && missing.get(Math.toIntExact(offset))) {
      missing.clear(Math.toIntExact(offset));
      reordered++;
      return true;
    }
    doubled++;
    return false;
  }

  /** The highest offset that came: what a subscriber says it has. */
  long last() {
    return last;
  }

  /** Whether it has everything up to an offset. */
  boolean has(long head) {
    return last >= head && (missing == null || missing.nextSetBit(0) < 0 || missing.nextSetBit(0) > head);
  }

  /** Messages that never came, of a log that ends at an offset. */
  long lost(long head) {
    return Math.max(0, head - last) + (missing == null ? 0 : missing.cardinality());
  }

  /** Arrivals of what had come before. */
  long doubled() {
    return doubled;
  }

  /** Messages that came after one with a higher offset. */
  long reordered() {
    return reordered;
  }

  private BitSet missing() {
    if (missing == null) {
      missing = new BitSet();
    }
    return missing;
  }
}
