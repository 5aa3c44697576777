package io.vestibule.contract.bus;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.ErrorReason;
import java.util.List;

/** One of each kind of what gateways and coordinators say to each other, with every optional part once there and once not. */
final class AdmissionWireSamples {
  static final SessionRef SESSION = new SessionRef("1-2", 3);
  static final SessionClaim CLAIM = new SessionClaim("u", SESSION, 4, 1_000, null);
  private static final SessionClaim CLASSED = new SessionClaim("u", SESSION, 5, 1_000, "vip");
  private static final Holder SOCKET = new Holder("g", "c1");
  private static final Holder HTTP = new Holder("g", null);
  private static final Standing STANDING = new Standing(12, 40, -1, -1, null, 0);
  private static final Standing ROSE = new Standing(13, 41, 5_000, 9_000, Rise.PRIORITY, 2_000);

  private AdmissionWireSamples() {}

  static List<AdmissionCommand> commands() {
    return List.of(
        new AdmissionCommand.Join("q", "u", "a1", SOCKET, "vip", -1, "default", null),
        new AdmissionCommand.Join("q", "u", "a2", HTTP, null, 5, "phone", "{}"),
        new AdmissionCommand.Resume("q", "a3", CLASSED, SOCKET),
        new AdmissionCommand.Confirm("q", SESSION, 5),
        new AdmissionCommand.Detach("q", SESSION, SOCKET),
        new AdmissionCommand.Away("q", SESSION, SOCKET, true),
        new AdmissionCommand.Leave("q", SESSION),
        new AdmissionCommand.Save("q", SESSION, SOCKET, 9, "{}"),
        new AdmissionCommand.Poll("q", CLAIM));
  }

  static List<AdmissionAnswer> answers() {
    return List.of(
        new AdmissionAnswer.Admitted(CLAIM, false, 0, 0, null, Quota.NONE),
        new AdmissionAnswer.Admitted(CLASSED, true, 31_000, 2, "{}", new Quota(10, 9, 2_000, 60_000)),
        new AdmissionAnswer.Waiting(CLAIM, STANDING, null, Quota.NONE),
        new AdmissionAnswer.Waiting(CLAIM, ROSE, 9, "{}", Quota.NONE),
        new AdmissionAnswer.Done(),
        new AdmissionAnswer.Refused(ErrorReason.RESUME_USED, 1_000, 1, 4, Quota.NONE),
        new AdmissionAnswer.NotLeader());
  }

  static List<AdmissionNotice> notices() {
    return List.of(
        new AdmissionNotice.Promoted("q", "c1", new AdmissionAnswer.Admitted(CLAIM, false, 0, 0, null, Quota.NONE)),
        new AdmissionNotice.Moved("q", "c1", ROSE),
        new AdmissionNotice.Requeued("q", "c1", new AdmissionAnswer.Waiting(CLAIM, STANDING, null, Quota.NONE)),
        new AdmissionNotice.Ended("q", "c1", AdmissionNotice.End.TAKEN_OVER),
        new AdmissionNotice.Ended("q", "c1", AdmissionNotice.End.LOST),
        new AdmissionNotice.Unawaited("q", "c1", true));
  }
}
