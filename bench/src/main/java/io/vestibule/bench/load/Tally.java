package io.vestibule.bench.load;

import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/** What the connections of one event loop count together. That loop is the only writer; anybody may read. */
final class Tally {
  private final AtomicLong delivered = new AtomicLong();
  private final AtomicLong measured = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong lastMeasuredNanos = new AtomicLong();
  private final SingleWriterRecorder latency = new SingleWriterRecorder(3);
  private Histogram recycled;

  /** Counts a delivery: the length of its frame, when it arrived and how late, and whether it is one of those that are measured. */
  void delivered(int frameBytes, long nowNanos, long latencyNanos, boolean isMeasured) {
    add(delivered, 1);
    add(bytes, frameBytes);
    if (isMeasured) {
      add(measured, 1);
      lastMeasuredNanos.lazySet(nowNanos);
      latency.recordValue(Math.max(0, latencyNanos));
    }
  }

  long delivered() {
    return delivered.get();
  }

  long measured() {
    return measured.get();
  }

  long bytes() {
    return bytes.get();
  }

  /** When the last measured delivery arrived, in nanoseconds since the run began. */
  long lastMeasuredNanos() {
    return lastMeasuredNanos.get();
  }

  /** Moves the latencies since the last call into a histogram; one thread calls this. */
  void drainLatency(Histogram into) {
    recycled = latency.getIntervalHistogram(recycled);
    into.add(recycled);
  }

  private static void add(AtomicLong counter, long amount) {
    counter.lazySet(counter.get() + amount);
  }
}
