package io.vestibule.bench.load;

import io.vestibule.bench.client.Connection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends the messages of a schedule, each when it is due. A connection that takes no more bytes holds the sender up for a bounded time; the
 * messages it delays keep their due time, so the delay is seen as latency. Runs on a thread of its own.
 */
final class Sender implements Runnable {
  private static final long MOST_BEHIND_NANOS = 5_000_000_000L;
  private static final long RETRY_NANOS = 200_000;

  private final List<Connection> publishers;
  private final Schedule schedule;
  private final long startNanos;
  private final long epochNanos;
  private final byte[][] frames;
  private final int dataOffset;
  private final int[] sent;
  private volatile int done;
  private volatile boolean stopped;
  private volatile boolean finished;

  /**
   * @param startNanos when message 0 is due, by {@link System#nanoTime}
   * @param epochNanos the moment that the times in the messages count from
   */
  Sender(List<Connection> publishers, Schedule schedule, FanoutPlan plan, int run, long startNanos, long epochNanos) {
    this.publishers = publishers;
    this.schedule = schedule;
    this.startNanos = startNanos;
    this.epochNanos = epochNanos;
    this.sent = new int[publishers.size()];
    String before = "{\"type\":\"message\",\"topic\":\"" + plan.publishTopic() + "\",\"data\":";
    dataOffset = before.length();
    frames = new byte[publishers.size()][];
    for (int p = 0; p < frames.length; p++) {
      String data = new String(Mark.data(plan.size(), run, p), StandardCharsets.US_ASCII);
      frames[p] = (before + data + "}").getBytes(StandardCharsets.US_ASCII);
    }
  }

  @Override
  public void run() {
    try {
      for (int message = 0; message < schedule.total() && !stopped; message++) {
        long due = startNanos + schedule.dueNanos(message);
        waitUntil(due);
        int p = schedule.publisher(message);
        if (!awaitWritable(publishers.get(p), due)) {
          return;
        }
        // A publisher's numbers are only without gap as long as none of its messages was left out: the first failure ends the run.
        Mark.stamp(frames[p], dataOffset, schedule.sequence(message), due - epochNanos);
        publishers.get(p).send(frames[p]);
        sent[p]++;
        done = message + 1;
      }
    } finally {
      finished = true;
    }
  }

  /** Sends no more. */
  void stop() {
    stopped = true;
  }

  boolean finished() {
    return finished;
  }

  /** Messages sent so far. */
  int sent() {
    return done;
  }

  /** Messages sent by each publisher; to be read when the sender has finished. */
  int[] sentByPublisher() {
    return sent.clone();
  }

  private void waitUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0 && !stopped; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private boolean awaitWritable(Connection publisher, long due) {
    while (publisher.isActive() && !stopped) {
      if (publisher.isWritable()) {
        return true;
      }
      if (System.nanoTime() - due > MOST_BEHIND_NANOS) {
        return false;
      }
      LockSupport.parkNanos(RETRY_NANOS);
    }
    return false;
  }
}
