package io.vestibule.gateway;

import java.util.concurrent.locks.LockSupport;

/**
 * Tells a blocked thread from a machine that stood still: a thread that only wakes up every few milliseconds, and how late it was lately. Build machines share
 * their processors.
 */
final class MachinePulse implements AutoCloseable {
  private static final long BEAT_MS = 10;
  private static final int REMEMBERED = 100;

  private final long[] late = new long[REMEMBERED];
  private final Thread thread = new Thread(this::beat, "machine-pulse");
  private volatile boolean stopped;
  private volatile long lastBeat = System.nanoTime();

  MachinePulse() {
    thread.setDaemon(true);
    thread.start();
  }

  private void beat() {
    for (int i = 0; !stopped; i = (i + 1) % REMEMBERED) {
      long before = System.nanoTime();
      LockSupport.parkNanos(BEAT_MS * 1_000_000);
      long now = System.nanoTime();
      synchronized (late) {
        late[i] = (now - before) / 1_000_000 - BEAT_MS;
      }
      lastBeat = now;
    }
  }

  /** How late it was at the worst within about the last second. */
  long worstRecentMs() {
    long worst = (System.nanoTime() - lastBeat) / 1_000_000 - BEAT_MS;
    synchronized (late) {
      for (long ms : late) {
        worst = Math.max(worst, ms);
      }
    }
    return worst;
  }

  @Override
  public void close() {
    stopped = true;
  }
}
