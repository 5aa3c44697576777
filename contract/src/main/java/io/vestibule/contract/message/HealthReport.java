package io.vestibule.contract.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * How a verticle is.
 *
 * @param healthy whether it can do its work now
 * @param details what operators want to see, as a JSON object in text; no secrets
 */
public record HealthReport(boolean healthy, String details) {
  public static final RecordCodec<HealthReport> CODEC = RecordCodec.of("vestibule.health.report.v1",
      (out, m) -> out.putBoolean(m.healthy).putString(m.details),
      in -> new HealthReport(in.getBoolean(), in.getString()));

  public HealthReport {
    Objects.requireNonNull(details);
  }

  /** A report with these details; the object is read once and not kept. */
  public static HealthReport of(boolean healthy, JsonObject details) {
    return new HealthReport(healthy, details.encode());
  }

  /** The details as a fresh object. */
  public JsonObject detailsJson() {
    return new JsonObject(Buffer.buffer(details));
  }
}
