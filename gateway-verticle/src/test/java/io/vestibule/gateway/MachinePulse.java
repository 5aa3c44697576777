package io.vestibule.gateway;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells an event loop that is blocked from one that has to wait for a processor, because build machines share theirs: remembers of each event loop how much
 * processor time it has used lately, and whether it was waiting for something, and of itself how late it was.
 */
final class MachinePulse implements AutoCloseable {
  /** How often it looks. */
  static final long BEAT_MS = 20;
  private static final long BEAT_NANOS = BEAT_MS * 1_000_000;
  /** On a machine that wakes us up later than this, whoever has what a loop waits for is late too. */
  private static final long LATE_NANOS = 3 * BEAT_NANOS;
  private static final int REMEMBERED = 100;
  private static final String EVENT_LOOPS = "vert.x-eventloop";

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<Long, Deque<Sample>> samples = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::beat, "machine-pulse");
  private volatile long longestLateNanos;
  private volatile long lastLateAtNanos = System.nanoTime();
  private volatile boolean stopped;

  private record Sample(long atNanos, long cpuNanos, boolean waits) {}

  MachinePulse() {
    thread.setDaemon(true);
    thread.start();
  }

  private void beat() {
    Thread[] all = new Thread[1_000];
    long last = System.nanoTime();
    while (!stopped) {
      int count = Thread.enumerate(all);
      for (int i = 0; i < count; i++) {
        if (all[i].getName().startsWith(EVENT_LOOPS)) {
          remember(all[i]);
        }
      }
      LockSupport.parkNanos(BEAT_NANOS);
      long now = System.nanoTime();
      long late = now - last - BEAT_NANOS;
      longestLateNanos = Math.max(longestLateNanos, late);
      if (late > LATE_NANOS) {
        lastLateAtNanos = now;
      }
      last = now;
    }
  }

  private void remember(Thread eventLoop) {
    Deque<Sample> known = samples.computeIfAbsent(eventLoop.getId(), none -> new ArrayDeque<>());
    synchronized (known) {
      known.addLast(new Sample(System.nanoTime(), threads.getThreadCpuTime(eventLoop.getId()), waits(eventLoop)));
      if (known.size() > REMEMBERED) {
        known.removeFirst();
      }
    }
  }

  private static boolean waits(Thread thread) {
    return thread.getState() != Thread.State.RUNNABLE;
  }

  /**
   * Whether an event loop that has not come back for so long worked, or waited for something, longer than it may, instead of standing in line for a
   * processor.
   */
  boolean isToBlame(Thread eventLoop, long blockedNanos, long mayNanos) {
    long since = System.nanoTime() - blockedNanos;
    return cpuNanosSince(eventLoop.getId(), since) >= mayNanos
        || waits(eventLoop) && lastLateAtNanos < since && waitedNanos(eventLoop.getId()) >= mayNanos;
  }

  /** The longest time that this machine let us wait beyond what we asked for: what it alone is to blame for. */
  Duration longestLate() {
    return Duration.ofNanos(longestLateNanos);
  }

  private long cpuNanosSince(long id, long sinceNanos) {
    long now = threads.getThreadCpuTime(id);
    Deque<Sample> known = samples.getOrDefault(id, new ArrayDeque<>());
    synchronized (known) {
      return known.stream().filter(sample -> sample.atNanos >= sinceNanos).findFirst().map(first -> now - first.cpuNanos).orElse(0L);
    }
  }

  /** For how long it has been found waiting each time we looked. */
  private long waitedNanos(long id) {
    Deque<Sample> known = samples.getOrDefault(id, new ArrayDeque<>());
    long now = System.nanoTime();
    long first = now;
    synchronized (known) {
      Iterator<Sample> backwards = known.descendingIterator();
      for (Sample sample = next(backwards); sample != null && sample.waits; sample = next(backwards)) {
        first = sample.atNanos;
      }
    }
    return now - first;
  }

  private static Sample next(Iterator<Sample> samples) {
    return samples.hasNext() ? samples.next() : null;
  }

  @Override
  public void close() {
    stopped = true;
  }
}
