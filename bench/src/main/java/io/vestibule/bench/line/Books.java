package io.vestibule.bench.line;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * What a client can know of a line that it is alone in: in which order its waiters stand, when slots were freed, and who was let in when. The k-th slot that is
 * freed is for the k-th waiter. Whoever leaves is entered before its {@code leave} is sent, so a server that keeps the rules never shows more people in than
 * there are slots, and never lets in a waiter before whom more stand than slots were freed; what is counted as a fault is one. Times are of {@link System#nanoTime}.
 */
final class Books {
  private final int capacity;
  private final long[] positions;
  private final int[] ranks;
  private final boolean[] in;
  private final boolean[] wasIn;
  private final long[] freedAt;
  private final Histogram latency = new Histogram(3);
  private final Histogram recent = new Histogram(3);
  private int inside;
  private int freed;
  private int admitted;
  private int outOfOrder;
  private int twice;
  private int beyond;
  private int putBack;
  private boolean closed;

  /**
   * The result of a run.
   *
   * @param outOfOrder let in while fewer slots had been freed than people stood before
   * @param twice let in again
   * @param beyond let in while there were as many in as there are slots
   * @param lost not let in though a slot was freed for them
   * @param putBack told to wait again after they had been let in
   */
  record Result(int freed, int admitted, int outOfOrder, int twice, int beyond, int lost, int putBack, Histogram latency) {
    boolean clean() {
      return admitted == freed && outOfOrder == 0 && twice == 0 && beyond == 0 && lost == 0 && putBack == 0;
    }
  }

  /**
   * Empty books.
   *
   * @param waiters how many will stand in line, numbered from 0
   * @param leaves how many slots will be freed, at most
   */
  Books(int capacity, int waiters, int leaves) {
    this.capacity = capacity;
    this.positions = new long[waiters];
    this.ranks = new int[waiters];
    this.in = new boolean[waiters];
    this.wasIn = new boolean[waiters];
    this.freedAt = new long[leaves];
  }

  /** Somebody who does not stand in line is in: one of those who fill the house. */
  synchronized void holderIn() {
    enter();
  }

  /** A waiter was told where it stands; the first time counts, because nobody leaves before all have joined: true then. */
  synchronized boolean queued(int waiter, long position) {
    if (in[waiter] && !closed) {
      in[waiter] = false;
      inside--;
      putBack++;
    } else if (positions[waiter] == 0) {
      positions[waiter] = position;
      return true;
    }
    return false;
  }

  /** Closes the line behind the last: true when these waiters, and nobody else, are those who stand in it. */
  synchronized boolean lineUp() {
    int[] order = IntStream.range(0, positions.length).boxed().sorted(Comparator.comparingLong(waiter -> positions[waiter])).mapToInt(Integer::intValue).toArray();
    for (int rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
      if (positions[order[rank]] != rank + 1) {
        return false;
      }
    }
    return true;
  }

  /** Somebody who is in is about to send {@code leave}; a waiter's number, or -1. */
  synchronized void leaves(int waiter, long nanos) {
    if (waiter >= 0) {
      in[waiter] = false;
    }
    inside--;
    freedAt[freed++] = nanos;
  }

  /** A waiter was let in: true for the first time. */
  synchronized boolean admitted(int waiter, long nanos) {
    if (closed || wasIn[waiter]) {
      again(waiter);
      return false;
    }
    in[waiter] = true;
    wasIn[waiter] = true;
    admitted++;
    enter();
    int rank = ranks[waiter];
    if (rank >= Math.max(freed, admitted)) {
      outOfOrder++;
    }
    if (rank < freed) {
      latency.recordValue(nanos - freedAt[rank]);
      recent.recordValue(nanos - freedAt[rank]);
    }
    return true;
  }

  /** Once more: rightly, where it had been told to wait again in between. */
  private void again(int waiter) {
    if (!closed && in[waiter]) {
      twice++;
    } else if (!closed) {
      in[waiter] = true;
      enter();
    }
  }

  private void enter() {
    if (!closed && ++inside > capacity) {
      beyond++;
    }
  }

  /** What happens from now on is not counted. */
  synchronized void close() {
    closed = true;
  }

  /** Waiters that were let in so far. */
  synchronized int admitted() {
    return admitted;
  }

  /** Slots that were freed so far. */
  synchronized int freed() {
    return freed;
  }

  /** The latencies since the last call, in nanoseconds. */
  synchronized Histogram recent() {
    Histogram copy = recent.copy();
    recent.reset();
    return copy;
  }

  synchronized Result result() {
    int lost = (int) IntStream.range(0, ranks.length).filter(waiter -> ranks[waiter] < freed && !wasIn[waiter]).count();
    return new Result(freed, admitted, outOfOrder, twice, beyond, lost, putBack, latency.copy());
  }
}
