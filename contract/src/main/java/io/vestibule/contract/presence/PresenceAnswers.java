package io.vestibule.contract.presence;

import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.replica.ReplicaAnswer;
import java.util.List;

/** The answer to {@link PresenceStatements} and to {@link PresenceNews}: one for each shard, in their order; the number on the wire is the ordinal. */
public record PresenceAnswers(List<ReplicaAnswer> answers) {
  private static final ReplicaAnswer[] ALL = ReplicaAnswer.values();

  public static final RecordCodec<PresenceAnswers> CODEC = RecordCodec.of("vestibule.presence.answers.v1",
      (out, m) -> out.putList(m.answers, (o, answer) -> o.putByte(answer.ordinal())),
      in -> new PresenceAnswers(in.getList(i -> answer(i.getByte()))));

  public PresenceAnswers {
    answers = List.copyOf(answers);
  }

  private static ReplicaAnswer answer(int number) {
    if (number < 0 || number >= ALL.length) {
      throw new IllegalArgumentException("no answer has the number " + number);
    }
    return ALL[number];
  }
}
