package io.vestibule.admission.bus;

import io.vertx.core.json.JsonObject;
import io.vestibule.admission.core.QueueStatus;
import java.util.List;

/** A queue as operators read it; docs/protocol.md has the fields. */
final class QueueJson {
  /** All but the name. */
  private static final List<String> FIGURES = List.of("coordinator", "capacity", "waiting", "away", "slots", "sessions", "byGateway", "admissionsPerSecond", "inflowLimit",
      "etaErrorPercent", "etaCoveragePercent", "paused", "counters", "hindrance");

  private QueueJson() {}

  static JsonObject of(QueueStatus status, String node) {
    JsonObject byGateway = new JsonObject();
    status.byGateway().forEach(byGateway::put);
    JsonObject counters = new JsonObject();
    status.counters().forEach(counters::put);
    return new JsonObject()
        .put("queue", status.queue())
        .put("coordinator", node)
        .put("capacity", status.capacity())
        .put("waiting", status.waiting())
        .put("away", status.away())
        .put("slots", new JsonObject().put("admitted", status.admitted()).put("connected", status.connected()).put("grace", status.grace()))
        .put("sessions", status.sessions())
        .put("byGateway", byGateway)
        .put("admissionsPerSecond", known(status.admissionsPerSecond()))
        .put("inflowLimit", status.inflowLimit())
        .put("etaErrorPercent", known(status.etaErrorPercent()))
        .put("etaCoveragePercent", known(status.etaCoverage()))
        .put("paused", status.paused())
        .put("counters", counters)
        .putNull("hindrance");
  }

  /** A queue that this node is configured with and does not lead; the same fields. */
  static JsonObject unled(String queue) {
    JsonObject json = new JsonObject().put("queue", queue);
    for (String figure : FIGURES) {
      json.putNull(figure);
    }
    return json;
  }

  private static Double known(double value) {
    return value < 0 ? null : value;
  }
}
