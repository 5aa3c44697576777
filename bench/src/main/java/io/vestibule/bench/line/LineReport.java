package io.vestibule.bench.line;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run measured.
 *
 * @param capacity slots of the queue
 * @param holders who took all slots at the beginning
 * @param sockets who joined over sockets then, and were told to wait
 * @param http who joined over HTTP before them
 * @param planned slots that were to be freed
 * @param freedPerSecond slots that were freed in a second
 * @param books what came of it
 * @param faults what should not have happened, by what it was
 */
public record LineReport(int capacity, Joined holders, Joined sockets, Joined http, int planned, double freedPerSecond, Books.Result books, Map<String, Integer> faults) {

  /** People who were to come, who came, and how many of them in a second. */
  public record Joined(int wanted, int came, double perSecond) {
    boolean complete() {
      return came == wanted;
    }

    JsonObject toJson() {
      return new JsonObject().put("wanted", wanted).put("came", came).put("perSecond", Math.round(perSecond));
    }
  }

  /** Whether everybody came, and was let in once, in order, and never beyond the capacity. */
  public boolean clean() {
    return holders.complete() && sockets.complete() && http.complete() && books.freed() == planned && books.clean() && faults.isEmpty();
  }

  /** One JSON object, for scripts. */
  public JsonObject toJson() {
    return new JsonObject().put("clean", clean()).put("capacity", capacity)
        .put("holders", holders.toJson()).put("joins", sockets.toJson()).put("httpJoins", http.toJson())
        .put("planned", planned).put("freed", books.freed()).put("freedPerSecond", Math.round(freedPerSecond)).put("admitted", books.admitted())
        .put("outOfOrder", books.outOfOrder()).put("twice", books.twice()).put("beyondCapacity", books.beyond()).put("lost", books.lost())
        .put("putBack", books.putBack()).put("faults", new JsonObject(Map.copyOf(faults)))
        .put("latencyMicros", new JsonObject().put("p50", micros(50)).put("p99", micros(99)).put("p99.9", micros(99.9)).put("max", micros(100)));
  }

  /** A few lines for people. */
  public String toText() {
    return String.format(Locale.ROOT, """
        holders      %,d of %,d let in at once, %,.0f/s%s
        joins        %,d of %,d queued over sockets, %,.0f/s; %,d of %,d over HTTP, %,.0f/s
        slots freed  %,d of %,d, %,.0f/s; waiters let in %,d
        out of order %,d   twice %,d   beyond capacity %,d   lost %,d   put back %,d
        freed to in  p50 %,.1f ms   p99 %,.1f ms   p99.9 %,.1f ms   max %,.1f ms
        """,
        holders.came, capacity, holders.perSecond, faults.isEmpty() ? "" : ", faults: " + faults,
        sockets.came, sockets.wanted, sockets.perSecond, http.came, http.wanted, http.perSecond,
        books.freed(), planned, freedPerSecond, books.admitted(),
        books.outOfOrder(), books.twice(), books.beyond(), books.lost(), books.putBack(),
        micros(50) / 1e3, micros(99) / 1e3, micros(99.9) / 1e3, micros(100) / 1e3);
  }

  private long micros(double percentile) {
    Histogram latency = books.latency();
    return latency.getTotalCount() == 0 ? 0 : Math.round(latency.getValueAtPercentile(percentile) / 1e3);
  }
}
