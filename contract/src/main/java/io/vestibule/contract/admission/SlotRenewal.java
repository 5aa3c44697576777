package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.Objects;

/**
 * A gateway node asks a coordinator node whether the slots of its sockets count: whose slots no coordinator has answered for, for long enough, closes the sockets, because the slots may be given to
 * others then.
 *
 * @param gateway its node id
 * @param shards of queues, the bit {@code 1 << i} for shard i
 */
public record SlotRenewal(String gateway, long shards) {
  public static final RecordCodec<SlotRenewal> CODEC = RecordCodec.of("vestibule.admission.renewal.v1",
      (out, m) -> out.putString(m.gateway).putLong(m.shards), in -> new SlotRenewal(in.getString(), in.getLong()));

  public SlotRenewal {
    Objects.requireNonNull(gateway);
  }
}
