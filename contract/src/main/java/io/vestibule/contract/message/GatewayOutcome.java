package io.vestibule.contract.message;

import io.vestibule.contract.bus.RecordCodec;

/**
 * What a gateway node did for a {@link GatewayCommand}.
 *
 * @param connections how many of its connections the command touched
 */
public record GatewayOutcome(int connections) {
  public static final RecordCodec<GatewayOutcome> CODEC = RecordCodec.of("vestibule.gateway.outcome.v1",
      (out, m) -> out.putInt(m.connections), in -> new GatewayOutcome(in.getInt()));
}
