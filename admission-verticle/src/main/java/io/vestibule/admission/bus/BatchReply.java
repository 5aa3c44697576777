package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswers;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The answers to one batch, on their way; it leaves when the last one is there. */
final class BatchReply {
  private final AdmissionAnswer[] answers;
  private final Promise<AdmissionAnswers> promise = Promise.promise();
  private int missing;

  BatchReply(int commands) {
    this.answers = new AdmissionAnswer[commands];
    this.missing = commands;
    complete();
  }

  /** Takes the answer to one command. */
  Consumer<AdmissionAnswer> at(int index) {
    return answer -> {
      if (answers[index] == null) {
        answers[index] = answer;
        missing--;
        complete();
      }
    };
  }

  Future<AdmissionAnswers> future() {
    return promise.future();
  }

  private void complete() {
    if (missing == 0) {
      promise.tryComplete(new AdmissionAnswers(List.copyOf(Arrays.asList(answers))));
    }
  }
}
