package io.vestibule.bench.durable;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came out of a run of {@code bench durable}.
 *
 * @param ready connections that came up, of {@code plan.connections()}
 * @param seconds that were measured
 * @param acknowledged publishes that were answered in that time
 * @param unanswered publishes that nobody answered, 10 s after the last
 * @param refused publishes, by reason
 * @param acks from when a message was sent (in an open loop: due) to its {@code ack}, nanoseconds
 * @param deliveries the same to each subscriber
 * @param delivered arrivals, the warm-up included
 * @param faults of publishers and subscribers, and of connections, by reason
 */
public record DurableReport(DurablePlan plan, int ready, double seconds, long acknowledged, long unanswered, Map<String, Integer> refused, Histogram acks, Histogram deliveries,
    long delivered, Verdict verdict, Site.Spent spent, Map<String, Integer> faults) {

  /** Whether everything was acknowledged, and every subscriber has it all once and in order. */
  public boolean clean() {
    return ready == plan.connections() && unanswered == 0 && refused.isEmpty() && verdict.clean() && faults.isEmpty() && acknowledged > 0;
  }

  /** Acknowledged publishes a second. */
  public double perSecond() {
    return acknowledged / seconds;
  }

  /** One JSON object, for scripts. */
  public JsonObject toJson() {
    return new JsonObject().put("clean", clean()).put("connections", plan.connections()).put("ready", ready).put("nodes", plan.site().targets().size())
        .put("publishers", plan.publishers()).put("topics", plan.topics()).put("subscribersPerTopic", plan.subscribers())
        .put("perSecond", Math.round(perSecond())).put("acknowledged", acknowledged).put("unanswered", unanswered).put("refused", new JsonObject(Map.copyOf(refused)))
        .put("ack", Times.json(acks)).put("delivery", Times.json(deliveries)).put("delivered", delivered)
        .put("lost", verdict.lost()).put("doubled", verdict.doubled()).put("reordered", verdict.reordered())
        .put("nodeCpuSeconds", Times.known(spent.nodeSeconds())).put("redisCpuSeconds", Times.known(spent.redisSeconds())).put("clientCpuSeconds", Times.known(spent.clientSeconds()))
        .put("readFromLogs", Times.known(spent.messagesRead())).put("faults", new JsonObject(Map.copyOf(faults)));
  }

  /** A few lines for people. */
  public String toText() {
    return String.format(Locale.ROOT, """
        connections  %,d of %,d: %,d publishers, %,d subscribers of each of %,d topics; %d node%s%s
        published    %,.0f/s acknowledged, %,d in %.1f s%s; refused %s, unanswered %,d
        to the ack   %s
        delivered    %s
        deliveries   %,d; lost %,d, doubled %,d, reordered %,d; %s messages read from logs
        cpu          %s
        """,
        ready, plan.connections(), plan.publishers(), plan.subscribers(), plan.topics(), plan.site().targets().size(), plan.site().targets().size() == 1 ? "" : "s",
        faults.isEmpty() ? "" : "; FAULTS: " + faults,
        perSecond(), acknowledged, seconds, plan.rate() > 0 ? String.format(Locale.ROOT, " (open loop, %,.0f/s)", plan.rate()) : ", " + plan.window() + " of each publisher under way",
        refused.isEmpty() ? "none" : refused, unanswered, Times.text(acks), Times.text(deliveries),
        delivered, verdict.lost(), verdict.doubled(), verdict.reordered(), Double.isNaN(spent.messagesRead()) ? "unknown" : String.format(Locale.ROOT, "%,.0f", spent.messagesRead()),
        Times.cpu(spent, acknowledged, "publish") + (clean() ? "" : "; NOT CLEAN"));
  }
}
