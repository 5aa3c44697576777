package io.vestibule.gateway.transport;

/**
 * How one socket's deliveries are joined into flushes. From the time between its flushes and what they carried it learns how many messages come within most of the flush delay, and then flushes
 * with every so-manyth: the oldest of them waits for the others and for nothing else, no timer is needed while the stream flows, and sockets that get the same stream are spread over its messages
 * instead of all being flushed with the same one. No clock of its own; used on one event loop.
 */
final class Pace {
  /** Messages in a flush, at most. */
  private static final int MOST = 64;

  /** New figures count for a quarter. */
  private static final int SMOOTHING = 4;

  /** A batch is to be full after this much of the delay, in tenths, so that a message which is a little late still finds it and not the timer. */
  private static final int FULL_AFTER_TENTHS = 7;

  private static final long LONGEST_GAP_NANOS = 1_000_000_000;

  final FlushQueue.Flushable socket;
  private long flushedAtNanos;
  private long gapNanos = LONGEST_GAP_NANOS;
  private int batch = 1;
  private int left = 1;
  private int joined;

  /** Neighbours in the queue of those that wait, and since when; the queue's own. */
  Pace before;
  Pace behind;
  long heldSinceNanos;
  boolean held;
  boolean due;

  Pace(FlushQueue.Flushable socket, long nowNanos) {
    this.socket = socket;
    this.flushedAtNanos = nowNanos - LONGEST_GAP_NANOS;
  }

  /** One more message waits; says whether the flush that carries it is due with this turn. */
  boolean joins(long nowNanos, long delayNanos) {
    joined++;
    if (--left <= 0) {
      left = batch;
      return true;
    }
    return nowNanos - flushedAtNanos >= delayNanos;
  }

  /**
   * It is being flushed.
   *
   * @param spread any number, another one each time: where in a stream that becomes faster the socket's flushes lie
   */
  void flushed(long nowNanos, long delayNanos, int spread) {
    if (joined == 0) {
      return;
    }
    long gap = Math.min(LONGEST_GAP_NANOS, (nowNanos - flushedAtNanos) / joined);
    gapNanos += (gap - gapNanos) / SMOOTHING;
    int smaller = batch;
    batch = gapNanos >= delayNanos ? 1 : (int) Math.min(MOST, 1 + delayNanos * FULL_AFTER_TENTHS / 10 / Math.max(1, gapNanos));
    if (batch > smaller) {
      left += Math.floorMod(spread, batch - smaller + 1);
    } else if (left > batch) {
      left = batch;
    }
    flushedAtNanos = nowNanos;
    joined = 0;
  }
}
