package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;

/**
 * A coordinator asks a gateway node which sockets it holds that have a place in the queues of a shard: when it has just become coordinator, and now and then to find what
 * got lost on the way.
 *
 * @param coordinator the node id of the coordinator
 */
public record SocketQuestion(String coordinator, int shard, long term) {
  public static final RecordCodec<SocketQuestion> CODEC = RecordCodec.of("vestibule.admission.question.v1",
      (out, m) -> out.putString(m.coordinator).putInt(m.shard).putLong(m.term),
      in -> new SocketQuestion(in.getString(), in.getInt(), in.getLong()));
}
