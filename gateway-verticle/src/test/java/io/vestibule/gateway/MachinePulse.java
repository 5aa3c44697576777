package io.vestibule.gateway;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells an event loop that is blocked from one that has to wait for a processor, because build machines share theirs: remembers of each event loop how much
 * processor time it has used lately.
 */
final class MachinePulse implements AutoCloseable {
  /** How often it looks. */
  static final long BEAT_MS = 20;
  private static final int REMEMBERED = 100;
  private static final String EVENT_LOOPS = "vert.x-eventloop";

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Map<Long, Deque<Sample>> samples = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::beat, "machine-pulse");
  private volatile boolean stopped;

  private record Sample(long atNanos, long cpuNanos) {}

  MachinePulse() {
    thread.setDaemon(true);
    thread.start();
  }

  private void beat() {
    Thread[] all = new Thread[1_000];
    while (!stopped) {
      int count = Thread.enumerate(all);
      for (int i = 0; i < count; i++) {
        if (all[i].getName().startsWith(EVENT_LOOPS)) {
          remember(all[i].getId());
        }
      }
      LockSupport.parkNanos(BEAT_MS * 1_000_000);
    }
  }

  private void remember(long id) {
    Deque<Sample> known = samples.computeIfAbsent(id, none -> new ArrayDeque<>());
    synchronized (known) {
      known.addLast(new Sample(System.nanoTime(), threads.getThreadCpuTime(id)));
      if (known.size() > REMEMBERED) {
        known.removeFirst();
      }
    }
  }

  /**
   * Whether an event loop that has not come back for so long waited for something or worked longer than it may, instead of standing in line for a
   * processor.
   */
  boolean isToBlame(Thread eventLoop, long blockedNanos, long mayWorkNanos) {
    if (eventLoop.getState() != Thread.State.RUNNABLE) {
      return true;
    }
    return cpuNanosSince(eventLoop.getId(), System.nanoTime() - blockedNanos) >= mayWorkNanos;
  }

  private long cpuNanosSince(long id, long sinceNanos) {
    long now = threads.getThreadCpuTime(id);
    Deque<Sample> known = samples.getOrDefault(id, new ArrayDeque<>());
    synchronized (known) {
      return known.stream().filter(sample -> sample.atNanos >= sinceNanos).findFirst().map(first -> now - first.cpuNanos).orElse(0L);
    }
  }

  @Override
  public void close() {
    stopped = true;
  }
}
