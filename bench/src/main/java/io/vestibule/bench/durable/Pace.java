package io.vestibule.bench.durable;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lets publishers publish in turn at a rate, in an open loop, from a thread of its own. */
final class Pace implements AutoCloseable {
  private final List<Publisher> publishers;
  private final double rate;
  private final long epochNanos;
  private final Thread thread = new Thread(this::run, "bench-pace");
  private volatile boolean ended;

  /**
   * Begins.
   *
   * @param rate messages a second, of all together
   * @param epochNanos what the times of messages count from, by {@link System#nanoTime}
   */
  Pace(List<Publisher> publishers, double rate, long epochNanos) {
    this.publishers = publishers;
    this.rate = rate;
    this.epochNanos = epochNanos;
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long begun = System.nanoTime();
    try {
      for (long message = 0; !ended; message++) {
        long due = begun + dueNanos(message, rate);
        for (long left = due - System.nanoTime(); left > 0 && !ended; left = due - System.nanoTime()) {
          TimeUnit.NANOSECONDS.sleep(Math.min(left, 50_000_000));
        }
        publishers.get((int) (message % publishers.size())).publish(due - epochNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** When a message is due, from the first on. */
  static long dueNanos(long message, double rate) {
    return (long) (message / rate * 1e9);
  }

  @Override
  public void close() throws InterruptedException {
    ended = true;
    thread.join();
  }
}
