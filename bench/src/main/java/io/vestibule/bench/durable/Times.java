package io.vestibule.bench.durable;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** How times are told. */
public final class Times {
  private Times() {}

  static JsonObject json(Histogram nanos) {
    return new JsonObject().put("count", nanos.getTotalCount()).put("p50Millis", millis(nanos, 50)).put("p99Millis", millis(nanos, 99)).put("p999Millis", millis(nanos, 99.9))
        .put("maxMillis", millis(nanos, 100));
  }

  /** A line for people. */
  public static String text(Histogram nanos) {
    return nanos.getTotalCount() == 0 ? "nothing was timed"
        : String.format(Locale.ROOT, "p50 %,.2f ms   p99 %,.2f ms   p99.9 %,.2f ms   max %,.2f ms, of %,d", millis(nanos, 50), millis(nanos, 99), millis(nanos, 99.9), millis(nanos, 100),
            nanos.getTotalCount());
  }

  static double millis(Histogram nanos, double percentile) {
    return nanos.getTotalCount() == 0 ? 0 : Math.round(nanos.getValueAtPercentile(percentile) / 1e4) / 1e2;
  }

  static String cpu(Site.Spent spent, long things, String thing) {
    String nodes = Double.isNaN(spent.nodeSeconds()) ? "of the nodes not known"
        : String.format(Locale.ROOT, "nodes %.2f s, %,.0f us a %s", spent.nodeSeconds(), spent.nodeSeconds() * 1e6 / Math.max(1, things), thing);
    String redis = Double.isNaN(spent.redisSeconds()) ? "" : String.format(Locale.ROOT, "; redis %.2f s", spent.redisSeconds());
    return nodes + redis + String.format(Locale.ROOT, "; this client %.2f s", spent.clientSeconds());
  }

  static Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
