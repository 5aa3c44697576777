package io.vestibule.gateway.admission;

import io.vertx.core.Future;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.error.ErrorReason;

/** Gives up a session for good, for whoever holds it and wants to be told; the same over a socket and over HTTP. */
public final class Leaving {
  private Leaving() {}

  /**
   * Asks first how it stands: the order to leave does not say which token it came with, and an old one must not end what a newer one holds; and who is in a minority hears that at once.
   *
   * @param claim what the last token of whoever leaves says
   * @return {@link Done} when it has left, or has left before; else what the coordinator said. Fails as {@link Admissions#ask} does; it may leave all the same then
   */
  public static Future<AdmissionAnswer> ask(Admissions admissions, String queue, SessionClaim claim, String correlationId) {
    return admissions.ask(new Poll(queue, claim), correlationId).compose(stands -> {
      if (stands instanceof Refused refused && refused.reason() == ErrorReason.RESUME_EXPIRED) {
        return Future.succeededFuture(new Done());
      }
      return stands instanceof Admitted || stands instanceof Waiting ? admissions.ask(new Leave(queue, claim.session()), correlationId)
          : Future.succeededFuture(stands);
    });
  }
}
