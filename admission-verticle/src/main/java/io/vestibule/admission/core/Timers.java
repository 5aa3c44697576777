package io.vestibule.admission.core;

import java.util.PriorityQueue;

/** When to look after which place. A place is looked after at its earliest deadline or sooner; deadlines that move away cost nothing until then. */
final class Timers {
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private long sequence;

  private record Due(long atMs, long sequence, Place place) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atMs, other.atMs);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  /** Sees to it that the place is looked after when something of it ends. */
  void arm(Place place) {
    long atMs = place.nextDeadlineMs();
    if (atMs < place.timerAtMs) {
      place.timerAtMs = atMs;
      queue.add(new Due(atMs, sequence++, place));
    }
  }

  /** The next place whose time has come, or null; it has to be armed again. */
  Place next(long nowMs) {
    while (!queue.isEmpty() && queue.peek().atMs <= nowMs) {
      Due due = queue.poll();
      if (due.place.timerAtMs == due.atMs) {
        due.place.timerAtMs = Long.MAX_VALUE;
        return due.place;
      }
    }
    return null;
  }
}
