package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.claim;
import static io.vestibule.admission.core.Scene.position;
import static io.vestibule.admission.core.Scene.reason;
import static io.vestibule.admission.core.Scene.ref;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionNotice.Requeued;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.AdmissionNotice.Unawaited;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.admission.SocketReport.Awaited;
import io.vestibule.contract.admission.SocketReport.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Coordinators and gateways that die, and what sockets say. */
class FailoverTest {

  private static Socket socket(AdmissionAnswer answer, String connection, boolean admitted) {
    return new Socket(Scene.Q, connection, claim(answer), admitted, 0);
  }

  private static void report(Scene scene, Socket... sockets) {
    scene.hear(new QueueEvent.Reported(Scene.GATEWAY, new SocketReport(List.of(sockets), List.of())));
  }

  @Test
  void anotherCoordinatorKnowsEverythingAndAdmitsNobodyBeforeItIsOpen() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    AdmissionAnswer carl = scene.join("carl", "c3");
    assertThat(scene.failover()).isEmpty();
    report(scene, socket(anna, "c1", true), socket(ben, "c2", false), socket(carl, "c3", false));
    scene.leave(anna);
    assertThat(scene.told("c2")).isEmpty();
    scene.open();
    assertThat(scene.told("c2")).hasSize(1);
    AdmissionAnswer dora = scene.join("dora", "c4");
    assertThat(position(dora)).isEqualTo(2);
    assertThat(ref(dora).place()).as("named by the new term").startsWith("2-");
  }

  private static Socket waiter(AdmissionAnswer answer, String connection, long position) {
    return new Socket(Scene.Q, connection, claim(answer), false, position);
  }

  @Test
  void whoStandsFurtherBackThanAnEarlierCoordinatorSaidIsToldWhy() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.now += 1_000;
    AdmissionAnswer carl = scene.join("carl", "c3");
    assertThat(position(carl)).isEqualTo(2);
    scene.drop(ben, "c2");
    scene.pass(1_000);
    assertThat(scene.moved("c3")).singleElement().satisfies(moved -> assertThat(moved.standing().position()).isOne());
    scene.failover();
    report(scene, socket(anna, "c1", true), waiter(carl, "c3", 1));
    scene.open();
    scene.resume(claim(ben), "c4");
    scene.pass(1_000);
    assertThat(scene.moved("c3")).singleElement().satisfies(moved -> {
      assertThat(moved.standing().position()).isEqualTo(2);
      assertThat(moved.standing().rose()).isEqualTo(Rise.RETURNED);
    });
  }

  @Test
  void whoCameFirstByItsClassBeforeTheTakeoverIsTheReasonAfterIt() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    assertThat(position(ben)).isOne();
    AdmissionAnswer greta = scene.join("greta", "c3", "gold");
    scene.failover();
    report(scene, socket(anna, "c1", true), waiter(ben, "c2", 1), waiter(greta, "c3", 1));
    scene.open().pass(1_000);
    assertThat(scene.moved("c2")).singleElement().satisfies(moved -> {
      assertThat(moved.standing().position()).isEqualTo(2);
      assertThat(moved.standing().rose()).isEqualTo(Rise.PRIORITY);
    });
    assertThat(scene.moved("c3")).allSatisfy(moved -> assertThat(moved.standing().rose()).isNull());
  }

  @Test
  void whoHasNoSocketAnyMoreIsInGraceOnce() {
    Scene scene = Scene.of(2);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.failover();
    report(scene, socket(anna, "c1", true));
    scene.open();
    assertThat(scene.status().grace()).isOne();
    scene.pass(59_000);
    scene.hear(new QueueEvent.Alive(Set.of(Scene.GATEWAY)));
    assertThat(scene.resume(claim(ben), "c3")).isInstanceOf(Admitted.class);
  }

  private static void awaits(Scene scene, AdmissionAnswer answer, String connection) {
    scene.hear(new QueueEvent.Reported(Scene.GATEWAY, new SocketReport(List.of(), List.of(new Awaited(Scene.Q, connection, claim(answer))))));
  }

  /** No coordinator remembers what socket a session had before another one led. */
  @Test
  void aGatewayThatStillShowsSomebodyAsAwayHearsWhenHeHasGoneOn() {
    Scene scene = Scene.of(3);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.drop(anna, "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.drop(ben, "c2");
    scene.failover();
    scene.open();
    awaits(scene, anna, "c1");
    assertThat(scene.told("c1")).as("he may come back").isEmpty();
    AdmissionAnswer back = scene.resume(claim(anna), "c3");
    assertThat(scene.told("c1")).as("at once, since it was said where he had been").containsExactly(new Unawaited(Scene.Q, "c1", true));
    scene.resume(claim(ben), "c4");
    assertThat(scene.told("c2")).as("it was not said of him").isEmpty();
    awaits(scene, ben, "c2");
    assertThat(scene.told("c2")).containsExactly(new Unawaited(Scene.Q, "c2", true));

    scene.drop(back, "c3");
    awaits(scene, anna, "c1");
    assertThat(scene.told("c1")).as("another gateway speaks for her, with a newer token").containsExactly(new Unawaited(Scene.Q, "c1", false));
    scene.leave(back);
    awaits(scene, back, "c3");
    assertThat(scene.told("c3")).as("once when she left, once when it was asked").containsExactly(new Unawaited(Scene.Q, "c3", false), new Unawaited(Scene.Q, "c3", false));
  }

  @Test
  void whoHasDroppedWithoutItsBeingHeardIsNotSpokenOf() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    awaits(scene, anna, "c1");
    assertThat(scene.told("c1")).isEmpty();
    scene.failover();
    scene.open();
    awaits(scene, anna, "c1");
    assertThat(scene.told("c1")).isEmpty();
  }

  @Test
  void aCoordinatorWhoseClockIsBehindKeepsNoSlotLongerThanItsTime() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.drop(anna, "c1");
    scene.now -= 90_000;
    scene.failover();
    report(scene, socket(ben, "c2", false));
    scene.open().pass(59_000);
    assertThat(scene.told("c2")).isEmpty();
    scene.pass(1_100);
    assertThat(scene.told("c2")).singleElement().isInstanceOf(Promoted.class);
  }

  @Test
  void whatThePromotedMissedIsToldAgain() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.leave(anna);
    scene.told("c2");
    scene.pass(5_000);
    report(scene, socket(ben, "c2", false));
    assertThat(scene.told("c2")).singleElement().isInstanceOf(Promoted.class);
    scene.pass(5_000);
    report(scene, socket(ben, "c2", true));
    assertThat(scene.told("c2")).isEmpty();
  }

  @Test
  void aPromiseWhoseSlotWasNotStoredIsMadeAgain() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.store.slots.clear();
    scene.failover();
    assertThat(scene.store.slots).containsEntry(0, new SlotHolder(ref(anna).place(), "anna"));
    report(scene, socket(anna, "c1", true));
    assertThat(scene.open().status().connected()).isOne();
    assertThat(scene.told("c1")).isEmpty();
  }

  @Test
  void aTokenThatWasReplacedStaysReplaced() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.failover();
    scene.open();
    AdmissionAnswer back = scene.resume(claim(anna), "c2");
    scene.ask(new Confirm(Scene.Q, ref(back), claim(back).generation()));
    scene.failover();
    scene.open();
    assertThat(reason(scene.resume(claim(anna), "c3"))).isEqualTo("used");
  }

  @Test
  void aSlotOfNobodyIsGivenBack() {
    Scene scene = Scene.of(1);
    scene.store.slots.put(0, new SlotHolder("0-9", "nobody"));
    scene.failover();
    assertThat(scene.store.slots).isEmpty();
  }

  @Test
  void placesThatWereLostWithEveryCopyComeBackWithTheirSocketsAndTokens() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.pass(1_000);
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.pass(1_000);
    AdmissionAnswer carl = scene.join("carl", "c3");
    scene.store.places.clear();
    scene.store.slots.clear();
    scene.failover();
    report(scene, socket(carl, "c3", false), socket(anna, "c1", true));
    scene.open();
    assertThat(scene.status().connected()).isOne();
    assertThat(scene.told("c1")).isEmpty();
    assertThat(scene.resume(claim(ben), "c4")).isInstanceOfSatisfying(Waiting.class, waiting -> {
      assertThat(waiting.standing().position()).as("before carl").isEqualTo(1);
      assertThat(waiting.claim().session()).isEqualTo(ref(ben));
    });
  }

  @Test
  void whoBelievesToBeInAndIsNotWaitsAgain() {
    Scene scene = Scene.of(2);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.hear(new QueueEvent.Resized(1, -1));
    scene.store.places.remove(ref(ben).place());
    scene.store.slots.values().removeIf(holder -> holder.user().equals("ben"));
    scene.failover();
    report(scene, socket(anna, "c1", true), socket(ben, "c2", true));
    assertThat(scene.told("c2")).singleElement().isInstanceOf(Requeued.class);
    scene.open();
    scene.leave(anna);
    assertThat(scene.told("c2")).singleElement().isInstanceOfSatisfying(Promoted.class, promoted -> assertThat(promoted.admitted().resumed()).isTrue());
  }

  @Test
  void aTokenOfAPlaceThatEndedHereBringsNothingBack() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.leave(anna);
    scene.told("c1");
    assertThat(reason(scene.resume(claim(anna), "c2"))).isEqualTo("expired");
    report(scene, socket(anna, "c1", true));
    assertThat(scene.told("c1")).containsExactly(new Ended(Scene.Q, "c1", End.LEFT));
    scene.failover();
    scene.open();
    scene.pass(300_000);
    assertThat(reason(scene.resume(claim(anna), "c3"))).as("long after the takeover").isEqualTo("expired");
    SessionClaim strange = new SessionClaim("anna", new SessionRef("no place", 0), 1, 0, null);
    assertThat(reason(scene.resume(strange, "c4"))).isEqualTo("expired");
  }

  @Test
  void aDeadGatewaysPeopleComeBackElsewhereAtFullCapacity() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.pass(5_000);
    scene.hear(new QueueEvent.Alive(Set.of("g2")));
    assertThat(scene.status().grace()).isOne();
    assertThat(scene.status().away()).isOne();
    assertThat(scene.resume(claim(anna), "c3")).isInstanceOf(Admitted.class);
    assertThat(position(scene.resume(claim(ben), "c4"))).isEqualTo(1);
  }

  /** What was learnt is stored now and then, and only while somebody waits. */
  @Test
  void whatWasLearntForTheEstimatesIsKept() {
    Scene scene = Scene.of(1);
    AdmissionAnswer in = scene.join("user-0", "c0");
    scene.pass(60_000);
    assertThat(scene.store.queue.experience()).as("nobody waited").isNull();
    List<AdmissionAnswer> line = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      line.add(scene.join("user-" + i, "c" + i));
    }
    int written = 0;
    QueueRecord last = scene.store.queue;
    for (int i = 0; i < 60; i++) {
      scene.leave(in);
      in = line.get(i);
      for (int tick = 0; tick < 20; tick++) {
        scene.pass(100);
        written += scene.store.queue == last ? 0 : 1;
        last = scene.store.queue;
      }
    }
    assertThat(written).as("in two minutes").isBetween(10, 13);
    long etaMs = standing(scene.join("late", "late")).etaMs();
    assertThat(etaMs).isCloseTo(82_000, within(10_000L));

    scene.failover();
    scene.open();
    assertThat(standing(scene.join("later", "later")).etaMs()).as("one more stands before it").isCloseTo(etaMs + 2_000, within(5_000L));
    assertThat(scene.status().admissionsPerSecond()).isCloseTo(0.5, within(0.05));
    scene.hear(new QueueEvent.Resized(1, 7));
    scene.hear(new QueueEvent.Paused(true));
    assertThat(scene.store.queue.experience()).as("an operator's order does not end it").isNotNull();
  }

  private static Standing standing(AdmissionAnswer answer) {
    return ((Waiting) answer).standing();
  }

  @Test
  void aReportThatWasMadeBeforeAJoinEndsNothing() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    report(scene);
    assertThat(scene.status().connected()).isOne();
    scene.pass(5_000);
    report(scene);
    assertThat(scene.status().grace()).as("a Detach was lost").isOne();
    assertThat(scene.resume(claim(anna), "c2")).isInstanceOf(Admitted.class);
  }

  /** Its number was the highest, and the place lives on without it. */
  @Test
  void aSessionThatWasRevokedStaysSoAfterAFailover() {
    Scene scene = Scene.of(5);
    scene.join("anna", "c1");
    AdmissionAnswer second = scene.join("anna", "c2");
    scene.hear(new QueueEvent.Revoked(null, Scene.ref(second).id()));
    assertThat(Scene.reason(scene.resume(Scene.claim(second), "c3"))).isEqualTo("revoked");
    scene.failover();
    scene.open();
    assertThat(Scene.reason(scene.resume(Scene.claim(second), "c4"))).isEqualTo("expired");
    assertThat(scene.status().sessions()).isOne();
  }
}
