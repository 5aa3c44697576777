package io.vestibule.bench.load;

import java.util.BitSet;

/**
 * What one subscriber has had of each publisher. Publishers number their messages from 0; from the numbers as they arrive follows what was
 * lost, what came twice and what came late. Exact for every pair of publisher and subscriber, and eight bytes for each as long as
 * nothing goes wrong. One thread writes; reading is for afterwards.
 */
final class Ledger {
  private final int limit;
  private final int[] next;
  private final BitSet[] missing;
  private long accepted;
  private long duplicated;
  private long reordered;
  private long foreign;

  /**
   * @param publishers how many there are
   * @param limit how many messages one publisher sends, at most: a number from there on was never sent
   */
  Ledger(int publishers, int limit) {
    this.limit = limit;
    this.next = new int[publishers];
    this.missing = new BitSet[publishers];
  }

  /** Enters an arrival; true when it is one that was sent and had not come before. */
  boolean accept(int publisher, int sequence) {
    if (publisher < 0 || publisher >= next.length || sequence < 0 || sequence >= limit) {
      foreign++;
      return false;
    }
    int expected = next[publisher];
    if (sequence >= expected) {
      if (sequence > expected) {
        missingOf(publisher).set(expected, sequence);
      }
      next[publisher] = sequence + 1;
    } else if (missing[publisher] != null && missing[publisher].get(sequence)) {
      missing[publisher].clear(sequence);
      reordered++;
    } else {
      duplicated++;
      return false;
    }
    accepted++;
    return true;
  }

  /** Messages that never came, of those that were sent. */
  long lost(int[] sent) {
    long lost = 0;
    for (int publisher = 0; publisher < next.length; publisher++) {
      lost += Math.max(0, sent[publisher] - next[publisher]);
      lost += missing[publisher] == null ? 0 : missing[publisher].cardinality();
    }
    return lost;
  }

  /** Messages that came, each counted once. */
  long accepted() {
    return accepted;
  }

  /** Arrivals of what had come before. */
  long duplicated() {
    return duplicated;
  }

  /** Messages that came after a later one of the same publisher. */
  long reordered() {
    return reordered;
  }

  /** Arrivals that no publisher of this run sent. */
  long foreign() {
    return foreign;
  }

  private BitSet missingOf(int publisher) {
    if (missing[publisher] == null) {
      missing[publisher] = new BitSet();
    }
    return missing[publisher];
  }
}
