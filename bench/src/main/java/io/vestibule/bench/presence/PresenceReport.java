package io.vestibule.bench.presence;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run measured, from the first join that was sent until every watcher knew of all.
 *
 * @param watchers members who watch
 * @param connected how the connections came up; a second of those who arrive ends with their join
 * @param joins what became of the joins
 * @param told from a join to each watcher's news of it, nanoseconds
 * @param traffic presence frames
 * @param pings of others meanwhile
 * @param cpuSeconds processor time of the server meanwhile; NaN where it is not known
 * @param right watchers who knew in the end who was there
 * @param faults what should not have happened, by what it was
 */
public record PresenceReport(Rooms rooms, int watchers, Connected connected, Joins joins, Histogram told, Traffic traffic, Pings pings, double cpuSeconds, int right,
    Map<String, Integer> faults) {

  /** Connections that were to come up, and did. */
  public record Connected(int wanted, int ready, double perSecond) {}

  /**
   * Joins.
   *
   * @param joined members who were told that they are subscribed
   * @param seconds from the first that was sent to the last such answer
   * @param settledSeconds from the first that was sent until every watcher knew of all; NaN where they do not
   */
  public record Joins(int joined, double seconds, double settledSeconds) {
    double perSecond() {
      return seconds > 0 ? joined / seconds : 0;
    }
  }

  /**
   * Presence frames to all watchers; bytes of JSON text.
   *
   * @param mostDiffBytes of one watcher
   */
  public record Traffic(long frames, long stateBytes, long diffBytes, long mostDiffBytes) {
    long bytes() {
      return stateBytes + diffBytes;
    }
  }

  /** Pings that were sent, and pongs that did not come; nanoseconds. */
  public record Pings(long sent, long unanswered, Histogram times) {}

  /** The same, with the processor time of the server. */
  public PresenceReport withCpu(double seconds) {
    return new PresenceReport(rooms, watchers, connected, joins, told, traffic, pings, seconds, right, faults);
  }

  /** Whether everybody came, and every watcher knew in the end who was there. */
  public boolean clean() {
    return connected.ready == connected.wanted && joins.joined == rooms.total() && right == watchers && pings.unanswered == 0 && faults.isEmpty();
  }

  /** One JSON object, for scripts. */
  public JsonObject toJson() {
    return new JsonObject().put("clean", clean()).put("rooms", rooms.count()).put("members", rooms.total()).put("watchers", watchers).put("right", right)
        .put("connections", new JsonObject().put("wanted", connected.wanted).put("ready", connected.ready).put("perSecond", Math.round(connected.perSecond)))
        .put("joins", new JsonObject().put("joined", joins.joined).put("seconds", joins.seconds).put("perSecond", Math.round(joins.perSecond()))
            .put("settledSeconds", known(joins.settledSeconds)))
        .put("told", times(told)).put("pings", times(pings.times).put("sent", pings.sent).put("unanswered", pings.unanswered))
        .put("traffic", new JsonObject().put("frames", traffic.frames).put("stateBytes", traffic.stateBytes).put("diffBytes", traffic.diffBytes)
            .put("bytesPerWatcher", perWatcher(traffic.bytes())).put("diffBytesPerWatcher", perWatcher(traffic.diffBytes)).put("mostDiffBytes", traffic.mostDiffBytes))
        .put("cpuSeconds", known(cpuSeconds)).put("faults", new JsonObject(Map.copyOf(faults)));
  }

  private static Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static JsonObject times(Histogram nanos) {
    return new JsonObject().put("count", nanos.getTotalCount()).put("p50Millis", millis(nanos, 50)).put("p99Millis", millis(nanos, 99)).put("maxMillis", millis(nanos, 100));
  }

  /** A few lines for people. */
  public String toText() {
    return String.format(Locale.ROOT, """
        rooms        %,d of %,d members, %,d watchers; connected %,d of %,d, %,.0f/s%s
        joins        %,d of %,d, %,.0f/s: answered after %.2f s, known to every watcher after %s
        join to diff p50 %,.1f ms   p99 %,.1f ms   max %,.1f ms, of %,d
        traffic      %,.1f MB in %,d frames; a watcher %,d B of states, %,d B of diffs, %,d B at most
        ping to pong p50 %,.1f ms   p99 %,.1f ms   max %,.1f ms, of %,d, unanswered %,d
        server cpu   %s
        in the end   %,d of %,d watchers know who is there%s
        """,
        rooms.count(), rooms.members(), watchers, connected.ready, connected.wanted, connected.perSecond, faults.isEmpty() ? "" : "; FAULTS: " + faults,
        joins.joined, rooms.total(), joins.perSecond(), joins.seconds, Double.isNaN(joins.settledSeconds) ? "never" : String.format(Locale.ROOT, "%.2f s", joins.settledSeconds),
        millis(told, 50), millis(told, 99), millis(told, 100), told.getTotalCount(),
        traffic.bytes() / 1e6, traffic.frames, perWatcher(traffic.stateBytes), perWatcher(traffic.diffBytes), traffic.mostDiffBytes,
        millis(pings.times, 50), millis(pings.times, 99), millis(pings.times, 100), pings.sent, pings.unanswered,
        Double.isNaN(cpuSeconds) ? "not known" : String.format(Locale.ROOT, "%.2f s, %,.0f us a join", cpuSeconds, cpuSeconds * 1e6 / Math.max(1, joins.joined)),
        right, watchers, clean() ? "" : "; NOT CLEAN");
  }

  private long perWatcher(long bytes) {
    return Math.round(bytes / (double) Math.max(1, watchers));
  }

  private static double millis(Histogram nanos, double percentile) {
    return nanos.getTotalCount() == 0 ? 0 : Math.round(nanos.getValueAtPercentile(percentile) / 1e4) / 1e2;
  }
}
