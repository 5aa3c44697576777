package io.vestibule.gateway.admission;

import io.vertx.core.Future;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand;

/** The way to the coordinators of queues. One for each gateway node; thread-safe. */
public interface Admissions {

  /**
   * Asks the coordinator of the command's queue, wherever it is; asks again while there is none or its answer is late.
   *
   * @param correlationId the flow this belongs to, for the logs
   * @return the answer, on the caller's context; never {@link AdmissionAnswer.NotLeader}. Fails with a {@link io.vestibule.contract.error.Failure} of
   *     {@code admission_unavailable} when nobody answered within the deadline; the command may have been done all the same
   */
  Future<AdmissionAnswer> ask(AdmissionCommand command, String correlationId);
}
