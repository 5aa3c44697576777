package io.vestibule.bench.load;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;

/**
 * What a run measured. Counts are exact and of the whole run, warm-up included, except those called measured; latency is from the time a
 * message was due to its arrival.
 *
 * @param opened how the connections came up
 * @param dropped connections that ended before the run did, by reason
 * @param published messages sent
 * @param unsent messages that were due and could not be sent
 * @param refusals messages answered with an error frame, by reason
 * @param expected deliveries that the messages sent make
 * @param delivered deliveries, each counted once
 * @param measured deliveries of the messages sent after the warm-up
 * @param measuredSeconds from the first of those messages to the last of those deliveries
 * @param foreign messages of others on the same topic
 * @param frameBytes mean length of a delivered frame's JSON text
 */
public record FanoutReport(
    Connections opened,
    Map<String, Integer> dropped,
    long published,
    long unsent,
    Map<String, Integer> refusals,
    long expected,
    long delivered,
    long measured,
    double measuredSeconds,
    long lost,
    long duplicated,
    long reordered,
    long foreign,
    double frameBytes,
    Latency latency) {

  /** Connections asked for (subscribers and publishers), ready, and ready in a second; failures by reason. */
  public record Connections(int wanted, int ready, double perSecond, Map<String, Integer> failures) {}

  /** Microseconds. */
  public record Latency(double p50, double p99, double p999, double max) {}

  /** Whether everything arrived, once and in order, and nobody failed. */
  public boolean clean() {
    return opened.ready == opened.wanted && dropped.isEmpty() && unsent == 0 && refusals.isEmpty()
        && lost == 0 && duplicated == 0 && reordered == 0 && delivered == expected;
  }

  public double deliveriesPerSecond() {
    return measuredSeconds > 0 ? measured / measuredSeconds : 0;
  }

  /** One JSON object, for scripts. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("clean", clean())
        .put("connections", new JsonObject().put("wanted", opened.wanted).put("ready", opened.ready)
            .put("perSecond", rounded(opened.perSecond)).put("failures", new JsonObject(Map.copyOf(opened.failures)))
            .put("dropped", new JsonObject(Map.copyOf(dropped))))
        .put("published", published).put("unsent", unsent).put("refused", new JsonObject(Map.copyOf(refusals)))
        .put("expected", expected).put("delivered", delivered)
        .put("measured", measured).put("deliveriesPerSecond", rounded(deliveriesPerSecond()))
        .put("lost", lost).put("duplicated", duplicated).put("reordered", reordered).put("foreign", foreign)
        .put("frameBytes", rounded(frameBytes))
        .put("latencyMicros", new JsonObject().put("p50", rounded(latency.p50)).put("p99", rounded(latency.p99))
            .put("p99.9", rounded(latency.p999)).put("max", rounded(latency.max)));
  }

  /** A few lines for people. */
  public String toText() {
    return String.format(Locale.ROOT, """
        connections  %,d of %,d ready, %,.0f/s%s%s
        published    %,d messages (%,d unsent%s), frames of %.0f bytes
        deliveries   %,d of %,d, %,.0f/s while measured
        lost %,d   duplicated %,d   reordered %,d   foreign %,d
        latency      p50 %,.0f us   p99 %,.0f us   p99.9 %,.0f us   max %,.0f us
        """,
        opened.ready, opened.wanted, opened.perSecond,
        opened.failures.isEmpty() ? "" : ", failed: " + opened.failures,
        dropped.isEmpty() ? "" : ", dropped: " + dropped,
        published, unsent, refusals.isEmpty() ? "" : ", refused: " + refusals, frameBytes,
        delivered, expected, deliveriesPerSecond(),
        lost, duplicated, reordered, foreign,
        latency.p50, latency.p99, latency.p999, latency.max);
  }

  private static double rounded(double value) {
    return Math.round(value * 10) / 10.0;
  }
}
