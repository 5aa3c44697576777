package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;

/**
 * What a gateway node asks of a coordinator node in one message: commands that came within a few milliseconds, in the order in which they came.
 *
 * @param gateway the node id of the gateway
 * @param commands at most {@value #MOST}
 */
public record AdmissionBatch(String gateway, List<AdmissionCommand> commands) {
  /** The most commands in one message. */
  public static final int MOST = 1_000;

  public static final RecordCodec<AdmissionBatch> CODEC = RecordCodec.of("vestibule.admission.batch.v2",
      (out, m) -> out.putString(m.gateway).putList(m.commands, AdmissionCommand::write),
      in -> new AdmissionBatch(in.getString(), in.getList(AdmissionCommand::read)));

  public AdmissionBatch {
    commands = List.copyOf(commands);
  }
}
