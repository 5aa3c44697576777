package io.vestibule.contract.admission;

import io.vestibule.contract.bus.RecordCodec;
import java.util.List;

/**
 * The answers to an {@link AdmissionBatch}.
 *
 * @param answers one for each command, in their order
 */
public record AdmissionAnswers(List<AdmissionAnswer> answers) {
  public static final RecordCodec<AdmissionAnswers> CODEC = RecordCodec.of("vestibule.admission.answers.v3",
      (out, m) -> out.putList(m.answers, AdmissionAnswer::write), in -> new AdmissionAnswers(in.getList(AdmissionAnswer::read)));

  public AdmissionAnswers {
    answers = List.copyOf(answers);
  }
}
