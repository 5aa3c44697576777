package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.replica.ReplicaAnswer;
import java.util.List;

/** The answer to {@link PresenceStatements} and to {@link PresenceNews}: one for each shard, in their order. */
public record PresenceAnswers(List<ReplicaAnswer> answers) {
  public static final RecordCodec<PresenceAnswers> CODEC = RecordCodec.of("vestibule.presence.answers.v1",
      (out, m) -> out.putList(m.answers, (o, answer) -> answer.write(o)), in -> new PresenceAnswers(in.getList(ReplicaAnswer::read)));

  public PresenceAnswers {
    answers = List.copyOf(answers);
  }
}
