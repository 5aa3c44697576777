package io.vestibule.cluster;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.HealthQuery;
import io.vestibule.contract.message.HealthReport;
import java.time.Duration;
import java.util.function.Supplier;

/** How a verticle says that it is well, and how others ask: over the bus, so that the answer proves the way there too. */
public final class HealthService {
  private final Bus bus;

  public HealthService(Bus bus) {
    this.bus = bus;
  }

  /**
   * Answers for one role of one node, on the calling context. With several instances of a verticle one of them answers.
   *
   * @param report made for each question; an exception makes the answer {@code internal}
   */
  public Future<Registration> serve(String role, String nodeId, Supplier<HealthReport> report) {
    return bus.serve(Addresses.health(role, nodeId), (query, correlationId) -> Future.succeededFuture(report.get()));
  }

  /**
   * Asks for one role of one node.
   *
   * @param deadline no answer by then is an answer too
   * @return never fails: what does not answer is unhealthy, and the details name the reason
   */
  public Future<HealthReport> ask(String role, String nodeId, Duration deadline, String correlationId) {
    return bus.request(Addresses.health(role, nodeId), new HealthQuery(), deadline, correlationId)
        .otherwise(HealthService::unhealthy);
  }

  private static HealthReport unhealthy(Throwable thrown) {
    ErrorReason reason = thrown instanceof Failure failure ? failure.reason() : ErrorReason.INTERNAL;
    return HealthReport.of(false, new JsonObject().put("reason", reason.slug()));
  }
}
