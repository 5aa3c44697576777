package io.vestibule.bench.durable;

import io.vestibule.bench.load.Mark;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One run of {@code bench resume}.
 *
 * @param connections that are cut and come back
 * @param each topics that each is subscribed to
 * @param topics of all
 * @param publishers connections that are not cut and publish the whole time
 * @param rate messages a second of all publishers together, in an open loop
 * @param size bytes of a message's {@code data}
 * @param away from the cut to the first attempt to come back
 * @param returnRate connections that begin to come back in a second; 0: all at once
 * @param retry from an attempt that failed to the next
 * @param patience without any progress this long the run is over
 * @param threads event loops of the client for each node
 */
public record ResumePlan(Site site, int connections, int each, int topics, int publishers, double rate, int size, Duration away, double returnRate, Duration retry, Duration patience,
    int threads) {
  private static final int MOST = 19_000;

  public ResumePlan {
    if (connections < 1 || connections > MOST || publishers < 1 || publishers > Mark.MAX_PUBLISHERS || threads < 1) {
      throw new IllegalArgumentException("connections must be 1 to " + MOST + ", publishers and threads at least 1");
    }
    if (each < 1 || each > topics || topics > MOST) {
      throw new IllegalArgumentException("each needs topics-each topics of 1 to " + MOST);
    }
    if (!(rate > 0) || !(returnRate >= 0) || size < Mark.SMALLEST) {
      throw new IllegalArgumentException("rate must be above 0, return-rate not negative, and size at least " + Mark.SMALLEST);
    }
    if (away.isNegative() || retry.isNegative() || patience.isNegative() || patience.isZero()) {
      throw new IllegalArgumentException("away and retry must not be negative, and patience above 0");
    }
  }

  /** The topics of a connection, each another one; all topics have about as many subscribers. */
  List<Integer> topicsOf(int connection) {
    // The topics lie a third of the way round from each other, so that different connections share different ones.
    int step = Math.max(1, topics / each);
    return IntStream.range(0, each).mapToObj(i -> (connection + connection / topics * i + i * step) % topics).distinct().toList();
  }

  /** The node that a connection comes back to: half of all to another one. */
  int nodeAfter(int connection) {
    int nodes = site.targets().size();
    return (connection + connection / nodes) % nodes;
  }

  /** When a connection begins to come back, after the cut. */
  long dueNanos(int connection) {
    return away.toNanos() + (returnRate == 0 ? 0 : (long) (connection / returnRate * 1e9));
  }
}
