package io.vestibule.gateway.admission;

import io.vertx.core.Promise;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;

/**
 * A command that waits for its answer.
 *
 * @param bytes about what it weighs
 * @param askedAtMs in milliseconds of the client's clock
 */
record PendingCommand(AdmissionCommand command, int bytes, String correlationId, long askedAtMs, Promise<AdmissionAnswer> answer) {
  /** How long somebody is left waiting for an answer: less than an unauthenticated connection may live. */
  static final long PATIENCE_MS = 8_000;

  /** How long it is tried to say what nobody waits for; about then coordinators find out by asking for the sockets. */
  static final long BACKGROUND_MS = 30_000;

  private static final int RECORD_BYTES = 256;

  static int weightOf(AdmissionCommand command) {
    String state = command instanceof Save save ? save.state() : command instanceof Join join ? join.state() : null;
    return RECORD_BYTES + (state == null ? 0 : state.length());
  }

  private long dueMs() {
    boolean awaited = command instanceof Join || command instanceof Resume || command instanceof Poll;
    return askedAtMs + (awaited ? PATIENCE_MS : BACKGROUND_MS);
  }

  boolean isOpen() {
    return !answer.future().isComplete();
  }

  /** Fails it if its time is over. */
  void expire(long nowMs) {
    if (nowMs >= dueMs()) {
      giveUp();
    }
  }

  void giveUp() {
    answer.tryFail(Failure.of(ErrorReason.ADMISSION_UNAVAILABLE).retryAfter(AdmissionClient.RETRY_MS));
  }
}
