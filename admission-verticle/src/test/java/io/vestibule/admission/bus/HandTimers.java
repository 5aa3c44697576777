package io.vestibule.admission.bus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Timers and a clock that a test moves. */
final class HandTimers implements Timers {
  static final long START_MS = 1_700_000_000_000L;

  private final List<Entry> entries = new ArrayList<>();
  private long elapsedMs;
  private long added;

  private record Entry(long atMs, long number, Runnable task) {}

  @Override
  public Runnable after(long millis, Runnable task) {
    Entry entry = new Entry(elapsedMs + millis, added++, task);
    entries.add(entry);
    return () -> entries.remove(entry);
  }

  /** Moves the time, and runs what is due on the way. */
  void pass(long millis) {
    long until = elapsedMs + millis;
    while (true) {
      Entry next = entries.stream().filter(entry -> entry.atMs() <= until).min(Comparator.comparing(Entry::atMs).thenComparing(Entry::number)).orElse(null);
      if (next == null) {
        elapsedMs = until;
        return;
      }
      entries.remove(next);
      elapsedMs = next.atMs();
      next.task().run();
    }
  }

  int waiting() {
    return entries.size();
  }

  long nanos() {
    return TimeUnit.MILLISECONDS.toNanos(elapsedMs);
  }

  LeaderClock clock() {
    return new LeaderClock(START_MS, this::nanos);
  }
}
