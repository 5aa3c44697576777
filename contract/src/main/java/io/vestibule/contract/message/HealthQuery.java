package io.vestibule.contract.message;

import io.vestibule.contract.bus.RecordCodec;

/** Asks a verticle how it is. */
public record HealthQuery() {
  public static final RecordCodec<HealthQuery> CODEC =
      RecordCodec.of("vestibule.health.query.v1", (out, m) -> out.putByte(0), in -> new HealthQuery());
}
