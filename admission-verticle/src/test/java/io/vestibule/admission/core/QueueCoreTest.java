package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.claim;
import static io.vestibule.admission.core.Scene.position;
import static io.vestibule.admission.core.Scene.reason;
import static io.vestibule.admission.core.Scene.ref;
import static io.vestibule.admission.core.Scene.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import org.junit.jupiter.api.Test;

/** Joining, and coming in. */
class QueueCoreTest {

  @Test
  void thereIsRoomOrOneWaitsAndIsPromotedOnTheSameSocket() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    assertThat(anna).isInstanceOfSatisfying(Admitted.class, admitted -> assertThat(admitted.resumed()).isFalse());
    AdmissionAnswer ben = scene.join("ben", "c2");
    assertThat(position(ben)).isEqualTo(1);
    assertThat(position(scene.join("carl", "c3"))).isEqualTo(2);

    scene.leave(anna);

    assertThat(scene.told("c2")).singleElement().isInstanceOfSatisfying(Promoted.class, promoted -> assertThat(promoted.admitted().claim()).isEqualTo(claim(ben)));
    assertThat(scene.told("c3")).isEmpty();
    assertThat(scene.store.slots).hasSize(1).containsValue(new SlotHolder(ref(ben).place(), "ben"));
    assertThat(scene.store.places).hasSize(2).doesNotContainKey(ref(anna).place());
  }

  @Test
  void nobodyIsToldBeforeTheSlotIsStored() {
    Scene scene = Scene.of(1);
    scene.storing = false;
    assertThat(scene.join("anna", "c1")).isNull();
    assertThat(scene.join("ben", "c2")).isInstanceOf(Waiting.class);
    scene.stored();
    assertThat(scene.answers.get(1L)).isInstanceOf(Admitted.class);
  }

  @Test
  void aSlotThatTurnsOutToBeTakenIsMadeFreeAndNobodyIsToldOfIt() {
    Scene scene = Scene.of(1);
    scene.store.slots.put(0, new SlotHolder("0-77", "nobody"));
    assertThat(scene.join("anna", "c1")).isInstanceOf(Admitted.class);
    assertThat(scene.told("c1")).isEmpty();
    assertThat(scene.store.slots).hasSize(1).containsValue(new SlotHolder(SessionRef.place(Scene.Q, 1, 1), "anna"));
    assertThat(scene.counted("slot_conflicts")).isOne();
  }

  @Test
  void whoLeavesBeforeTheStoreAnswersKeepsTheSlotUntilThen() {
    Scene scene = Scene.of(1);
    scene.storing = false;
    scene.join("anna", "c1");
    scene.join("ben", "c2");
    scene.hear(new QueueEvent.Revoked("anna", null));
    assertThat(reason(scene.answers.get(1L))).isEqualTo("revoked");
    assertThat(scene.status().connected()).isZero();
    scene.storing = true;
    scene.stored();
    assertThat(scene.told("c2")).hasSize(1);
    assertThat(scene.store.slots).hasSize(1);
  }

  @Test
  void aCallThatIsRepeatedMakesNoSecondSession() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    assertThat(scene.join("anna", "c1")).isEqualTo(anna);
    assertThat(scene.status().sessions()).isOne();
  }

  @Test
  void twoTabsShareOnePlaceAndOneSlot() {
    Scene scene = Scene.of(1);
    AdmissionAnswer first = scene.join("anna", "c1");
    scene.join("ben", "c2");
    AdmissionAnswer second = scene.join("anna", "c3");
    assertThat(second).isInstanceOf(Admitted.class);
    assertThat(ref(second).place()).isEqualTo(ref(first).place());
    assertThat(scene.store.slots).hasSize(1);
    scene.leave(first);
    assertThat(scene.told("c2")).isEmpty();
    scene.leave(second);
    assertThat(scene.told("c2")).hasSize(1);
  }

  @Test
  void twoTabsThatWaitArePromotedTogether() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    assertThat(position(scene.join("ben", "c2"))).isEqualTo(1);
    assertThat(position(scene.join("ben", "c3"))).isEqualTo(1);
    scene.leave(anna);
    assertThat(scene.told("c2")).hasSize(1);
    assertThat(scene.told("c3")).hasSize(1);
  }

  @Test
  void oneConnectionTooManyIsRefused() {
    Scene scene = Scene.with(rules -> rules.connections(2, false));
    scene.join("anna", "c1");
    scene.join("anna", "c2");
    assertThat(reason(scene.join("anna", "c3"))).isEqualTo("too_many_user_connections");
    assertThat(scene.ask(new Join(Scene.Q, "anna", "a4", socket("c4"), null, 3, "default", null))).as("the token permits three").isInstanceOf(Admitted.class);
    assertThat(scene.ask(new Join(Scene.Q, "anna", "a5", socket("c5"), null, 0, "default", null))).as("the token permits any number").isInstanceOf(Admitted.class);
  }

  @Test
  void orItTakesTheRoomOfTheOldest() {
    Scene scene = Scene.with(rules -> rules.connections(1, true));
    scene.join("anna", "c1");
    assertThat(scene.join("anna", "c2")).isInstanceOf(Admitted.class);
    assertThat(scene.told("c1")).containsExactly(new Ended(Scene.Q, "c1", End.REPLACED));
    assertThat(scene.status().sessions()).isOne();
    assertThat(scene.store.slots).hasSize(1);
  }

  @Test
  void whoWaitsOverHttpCountsAsTheConnectionItIsGoingToOpen() {
    Scene scene = Scene.with(rules -> rules.connections(2, false));
    AdmissionAnswer http = scene.joinHttp("ann");
    scene.join("ann", "a1");
    assertThat(Scene.reason(scene.join("ann", "a2"))).isEqualTo("too_many_user_connections");
    assertThat(scene.resume(Scene.claim(http), "a3")).isInstanceOf(Admitted.class);
    assertThat(Scene.reason(scene.joinHttp("ann"))).isEqualTo("too_many_user_connections");
  }

  @Test
  void aFreshJoinGetsInAtFullCapacityIfTheUserLeftASlotBehind() {
    Scene scene = Scene.with(rules -> rules.connections(1, false));
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.join("ben", "c2");
    scene.drop(anna, "c1");
    AdmissionAnswer again = scene.join("anna", "c3");
    assertThat(again).isInstanceOf(Admitted.class);
    assertThat(reason(scene.resume(claim(anna), "c4"))).as("its oldest session in GRACE has ended").isEqualTo("expired");
    assertThat(scene.told("c2")).isEmpty();
  }

  @Test
  void aLineThatIsFullRefusesNewPlacesOnly() {
    Scene scene = Scene.with(rules -> rules.limits(1, 0));
    scene.join("anna", "c1");
    scene.join("ben", "c2");
    assertThat(reason(scene.join("carl", "c3"))).isEqualTo("line_full");
    assertThat(scene.join("ben", "c4")).isInstanceOf(Waiting.class);
  }

  @Test
  void whoJoinsOverAndOverAtHttpIsTurnedAwayAndKeepsItsPlace() {
    Scene scene = Scene.with(rules -> rules.limits(10, 2));
    scene.join("anna", "c1");
    AdmissionAnswer ben = scene.joinHttp("ben");
    assertThat(scene.joinHttp("ben")).isInstanceOfSatisfying(Waiting.class, again -> {
      assertThat(Scene.claim(again)).isEqualTo(Scene.claim(ben));
      assertThat(again.quota().remaining()).isZero();
    });
    assertThat(reason(scene.joinHttp("ben"))).isEqualTo("too_many_joins");
    assertThat(scene.poll(ben)).isInstanceOf(Waiting.class);
    assertThat(scene.status().waiting()).isOne();
  }

  @Test
  void aSocketIsToldThatItsSessionLeftOverHttp() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.join("ben", "c2");
    scene.leave(anna);
    assertThat(scene.told("c1")).singleElement().isInstanceOfSatisfying(Ended.class, ended -> assertThat(ended.end()).isEqualTo(End.LEFT));
    assertThat(scene.told("c2")).hasSize(1);
  }

  @Test
  void anOperatorIsToldHowManySessionsEnded() {
    Scene scene = Scene.of(1);
    scene.join("anna", "c1");
    scene.join("anna", "c2");
    scene.hear(new QueueEvent.Revoked("anna", null));
    assertThat(scene.counted("revoked")).isEqualTo(2);
  }

  @Test
  void aUserWhoTriesTooOftenIsTurnedAwayForAWhile() {
    Scene scene = Scene.with(rules -> rules.limits(10, 2));
    assertThat(scene.join("anna", "c1")).isInstanceOfSatisfying(Admitted.class, admitted -> assertThat(admitted.quota().remaining()).isEqualTo(1));
    scene.join("anna", "c2");
    assertThat(scene.join("anna", "c3")).isInstanceOfSatisfying(Refused.class, refused -> {
      assertThat(refused.reason().slug()).isEqualTo("too_many_joins");
      assertThat(refused.retryAfterMs()).isBetween(1L, 30_000L);
    });
    assertThat(scene.join("anna", "c1")).as("a repeated call costs nothing").isInstanceOf(Admitted.class);
    assertThat(scene.join("ben", "c4")).as("another user is not concerned").isInstanceOf(Waiting.class);
  }

  @Test
  void whatIsRevokedStaysRevokedInAFailover() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.hear(new QueueEvent.Revoked("anna", null));
    assertThat(scene.told("c1")).containsExactly(new Ended(Scene.Q, "c1", End.REVOKED));
    assertThat(scene.told("c2")).hasSize(1);
    assertThat(reason(scene.resume(claim(anna), "c3"))).isEqualTo("revoked");
    scene.failover();
    scene.open();
    assertThat(reason(scene.resume(claim(anna), "c4"))).isEqualTo("revoked");
    scene.hear(new QueueEvent.Revoked(null, ref(ben).id()));
    scene.pass(300_000).pass(300_000);
    assertThat(scene.store.places).isEmpty();
  }
}
