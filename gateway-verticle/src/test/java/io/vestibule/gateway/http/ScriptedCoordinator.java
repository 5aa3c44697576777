package io.vestibule.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.admission.Admissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Stands for all coordinators: keeps what it was asked and says what a test wants. */
public final class ScriptedCoordinator implements Admissions {
  public final List<AdmissionCommand> asked = new CopyOnWriteArrayList<>();
  public final List<String> flows = new CopyOnWriteArrayList<>();
  private volatile Function<AdmissionCommand, AdmissionAnswer> script = command -> {
    throw Failure.of(ErrorReason.ADMISSION_UNAVAILABLE).retryAfter(2_000);
  };

  /** From now on it says this; what is thrown is its failure, and null is no answer. */
  public void says(Function<AdmissionCommand, AdmissionAnswer> answers) {
    script = answers;
  }

  @Override
  public Future<AdmissionAnswer> ask(AdmissionCommand command, String correlationId) {
    asked.add(command);
    flows.add(correlationId);
    try {
      AdmissionAnswer answer = script.apply(command);
      return answer == null ? Promise.<AdmissionAnswer>promise().future() : Future.succeededFuture(answer);
    } catch (Failure failure) {
      return Future.failedFuture(failure);
    }
  }
}
