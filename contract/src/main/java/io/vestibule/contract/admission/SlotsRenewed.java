package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;

/**
 * The answer to a {@link SlotRenewal}.
 *
 * @param shards those of the asked that this node leads at this moment, with the sockets of the gateway
 */
public record SlotsRenewed(long shards) {
  public static final RecordCodec<SlotsRenewed> CODEC = RecordCodec.of("vestibule.admission.renewed.v1",
      (out, m) -> out.putLong(m.shards), in -> new SlotsRenewed(in.getLong()));
}
