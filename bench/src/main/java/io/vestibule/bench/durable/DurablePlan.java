package io.vestibule.bench.durable;

import io.vestibule.bench.load.Mark;
import java.time.Duration;

/**
 * One run of {@code bench durable}.
 *
 * @param publishers connections that publish to the topics in turn
 * @param subscribers of each topic; 0: nobody listens
 * @param window messages of a publisher that are under way at a time, in a closed loop
 * @param rate messages a second of all publishers together, in an open loop; 0: a closed loop
 * @param size bytes of a message's {@code data}
 * @param warmup messages of this time are judged, but not timed
 * @param threads event loops of the client for each node
 */
public record DurablePlan(Site site, int publishers, int topics, int subscribers, int window, double rate, int size, Duration warmup, Duration duration, int threads) {
  private static final int MOST = 20_000;

  public DurablePlan {
    if (publishers < 1 || topics < 1 || subscribers < 0 || window < 1 || threads < 1) {
      throw new IllegalArgumentException("publishers, topics, window and threads must be at least 1, and subscribers not negative");
    }
    if (publishers > Mark.MAX_PUBLISHERS || (long) topics * Math.max(1, subscribers) > MOST) {
      throw new IllegalArgumentException("at most " + Mark.MAX_PUBLISHERS + " publishers, " + MOST + " topics, and as many subscribers of all topics together");
    }
    if (!(rate >= 0)) {
      throw new IllegalArgumentException("rate must not be negative");
    }
    if (size < Mark.SMALLEST) {
      throw new IllegalArgumentException("size must be at least " + Mark.SMALLEST);
    }
    if (warmup.isNegative() || duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("duration must be above 0 and warmup not negative");
    }
  }

  /** Connections of all. */
  public int connections() {
    return publishers + topics * subscribers;
  }
}
