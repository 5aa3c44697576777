package io.vestibule.bench.admission;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** A clock that goes on as soon as everything is done that was planned for the millisecond; what is planned for the same one happens in an order that is always the same. */
final class VirtualTime {
  private static final int SOON_MS = 1 << 14;

  private final List<List<Runnable>> soon = new ArrayList<>(SOON_MS);
  private final PriorityQueue<Later> later = new PriorityQueue<>();
  private long nowMs;
  private long plans;

  private record Later(long atMs, long number, Runnable what) implements Comparable<Later> {
    @Override
    public int compareTo(Later other) {
      return atMs != other.atMs ? Long.compare(atMs, other.atMs) : Long.compare(number, other.number);
    }
  }

  VirtualTime() {
    for (int i = 0; i < SOON_MS; i++) {
      soon.add(new ArrayList<>(0));
    }
  }

  long nowMs() {
    return nowMs;
  }

  /** Plans something; a millisecond from now at the earliest. */
  void after(long delayMs, Runnable what) {
    long delay = Math.max(1, delayMs);
    if (delay < SOON_MS) {
      due(nowMs + delay).add(what);
    } else {
      later.add(new Later(nowMs + delay, plans++, what));
    }
  }

  void runUntil(long endMs) {
    while (nowMs < endMs) {
      nowMs++;
      while (!later.isEmpty() && later.peek().atMs == nowMs) {
        later.poll().what.run();
      }
      List<Runnable> due = due(nowMs);
      due.forEach(Runnable::run);
      due.clear();
    }
  }

  private List<Runnable> due(long atMs) {
    return soon.get((int) (atMs % SOON_MS));
  }
}
