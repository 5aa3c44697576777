package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.claim;
import static io.vestibule.admission.core.Scene.ref;
import static io.vestibule.admission.core.Scene.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand.Away;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.SocketReport;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a socket is told when its place or session ends, by what ended it. */
class EndingsTest {
  private static void report(Scene scene, SessionClaim claim, String connection) {
    scene.hear(new QueueEvent.Reported(Scene.GATEWAY, new SocketReport(List.of(new SocketReport.Socket(Scene.Q, connection, claim, false, 0)), List.of())));
  }

  private static void assertTold(Scene scene, String connection, End end) {
    assertThat(scene.told(connection)).filteredOn(Ended.class::isInstance).containsExactly(new Ended(Scene.Q, connection, end));
  }

  private static void assertReported(Scene scene, AdmissionAnswer session, String connection, End end) {
    scene.told(connection);
    report(scene, claim(session), connection);
    assertTold(scene, connection, end);
  }

  @Test
  void aWaiterThatBringsNoOtherTokenInTimeIsToldThatItsOwnHasExpired() {
    Scene scene = Scene.of(1);
    scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), true));
    scene.pass(59_000);
    assertThat(scene.told("c2")).isEmpty();
    scene.pass(1_500);
    assertTold(scene, "c2", End.EXPIRED);
  }

  @Test
  void whoseSlotRanOutMeanwhileIsToldSoToo() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.ask(new Away(Scene.Q, ref(anna), socket("c1"), true));
    scene.pass(301_000);
    assertTold(scene, "c1", End.EXPIRED);
  }

  @Test
  void aRevokedWaiterIsToldSoAndASocketThatTurnsUpLaterToo() {
    Scene scene = Scene.of(1);
    scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.hear(new QueueEvent.Revoked("ben", null));
    assertTold(scene, "c2", End.REVOKED);
    scene.failover();
    scene.open();
    assertReported(scene, ben, "c2", End.REVOKED);
  }

  @Test
  void burnedAttemptsRevoke() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer back = scene.resume(claim(anna), "c2");
    scene.ask(new Confirm(Scene.Q, ref(back), claim(back).generation()));
    for (int i = 0; i < 5; i++) {
      scene.resume(claim(anna), "old" + i);
      scene.pass(31_000);
    }
    assertTold(scene, "c2", End.REVOKED);
  }

  @Test
  void aSocketIsToldHowItsSessionEndedWithoutIt() {
    Scene scene = Scene.with(rules -> rules.connections(1, true).capacity(1, 0));
    scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.leave(ben);
    assertReported(scene, ben, "c2", End.LEFT);
    AdmissionAnswer carl = scene.join("carl", "c3");
    scene.drop(carl, "c3");
    scene.pass(61_000);
    assertReported(scene, carl, "c3", End.LOST);
  }

  @Test
  void aSessionThatNobodyKnowsIsLost() {
    Scene scene = Scene.of(1);
    report(scene, new SessionClaim("dora", new SessionRef(SessionRef.place(Scene.Q, 9, 9), 0), 1, 1, null), "c9");
    assertTold(scene, "c9", End.LOST);
  }
}
