package io.vestibule.bench.durable;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came out of a run of {@code bench resume}. Times are nanoseconds.
 *
 * @param ready connections that were subscribed to all their topics before the cut
 * @param back from the cut to when each was let in again
 * @param current from the cut to when each had everything that had been acknowledged by then
 * @param missed messages from before they were back, of all together
 * @param retries attempts that failed and were repeated, by reason
 * @param published messages that were acknowledged, in all
 * @param refused publishes, by reason
 * @param live from when a message was due to each subscriber who was current
 * @param spent from the cut until all were current
 */
public record ResumeReport(ResumePlan plan, int ready, Histogram back, Histogram current, long missed, Map<String, Integer> retries, long published, Map<String, Integer> refused,
    Histogram live, Pinged pings, Verdict verdict, Site.Spent spent, Map<String, Integer> faults) {

  /** Pings of others from the cut on, in nanoseconds. */
  public record Pinged(long sent, long unanswered, Histogram times) {}

  /** Whether everybody came back and has everything once and in order. */
  public boolean clean() {
    return ready == plan.connections() && current.getTotalCount() == ready && refused.isEmpty() && verdict.clean() && faults.isEmpty();
  }

  /** One JSON object, for scripts. */
  public JsonObject toJson() {
    return new JsonObject().put("clean", clean()).put("connections", plan.connections()).put("ready", ready).put("nodes", plan.site().targets().size()).put("topics", plan.topics())
        .put("topicsEach", plan.each()).put("back", Times.json(back)).put("current", Times.json(current)).put("missed", missed).put("retries", new JsonObject(Map.copyOf(retries)))
        .put("published", published).put("refused", new JsonObject(Map.copyOf(refused))).put("live", Times.json(live))
        .put("pings", Times.json(pings.times).put("sent", pings.sent).put("unanswered", pings.unanswered))
        .put("lost", verdict.lost()).put("doubled", verdict.doubled()).put("reordered", verdict.reordered())
        .put("logReads", Times.known(spent.reads())).put("readFromLogs", Times.known(spent.messagesRead()))
        .put("nodeCpuSeconds", Times.known(spent.nodeSeconds())).put("redisCpuSeconds", Times.known(spent.redisSeconds())).put("clientCpuSeconds", Times.known(spent.clientSeconds()))
        .put("faults", new JsonObject(Map.copyOf(faults)));
  }

  /** A few lines for people. */
  public String toText() {
    return String.format(Locale.ROOT, """
        connections  %,d of %,d, each with %d of %,d topics, on %d node%s%s
        back         %s
        current      %s
        all current  %s; they had missed %,d messages; attempts repeated: %s
        judged       lost %,d, doubled %,d, reordered %,d of %,d acknowledged messages; refused %s
        log reads    %s
        live         %s
        ping to pong %s, unanswered %,d
        cpu          %s
        """,
        ready, plan.connections(), plan.each(), plan.topics(), plan.site().targets().size(), plan.site().targets().size() == 1 ? "" : "s", faults.isEmpty() ? "" : "; FAULTS: " + faults,
        Times.text(back), Times.text(current),
        current.getTotalCount() == ready && ready > 0 ? String.format(Locale.ROOT, "after %.2f s", current.getMaxValue() / 1e9) : String.format(Locale.ROOT, "never: %,d", current.getTotalCount()),
        missed, retries.isEmpty() ? "none" : retries,
        verdict.lost(), verdict.doubled(), verdict.reordered(), published, refused.isEmpty() ? "none" : refused,
        Double.isNaN(spent.reads()) ? "not known" : String.format(Locale.ROOT, "%,.0f: of %,d topics on each node, and of those users' own topics that are durable", spent.reads(), plan.topics()),
        Times.text(live), Times.text(pings.times), pings.unanswered,
        Times.cpu(spent, current.getTotalCount(), "return") + (clean() ? "" : "; NOT CLEAN"));
  }
}
