package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.claim;
import static io.vestibule.admission.core.Scene.position;
import static io.vestibule.admission.core.Scene.reason;
import static io.vestibule.admission.core.Scene.ref;
import static io.vestibule.admission.core.Scene.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Away;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionNotice.Unawaited;
import io.vestibule.contract.error.ErrorReason;
import org.junit.jupiter.api.Test;

/** Dropping, and coming back by token. */
class ReturningTest {

  @Test
  void aDropKeepsTheSlotAndTheStateForItsHolder() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.join("ben", "c2");
    assertThat(scene.ask(new Save(Scene.Q, ref(anna), socket("c1"), 1, "{\"a\":1}"))).isInstanceOf(Done.class);
    scene.drop(anna, "c1");
    scene.pass(59_000);
    assertThat(scene.told("c2")).isEmpty();
    assertThat(scene.resume(claim(anna), "c3")).isInstanceOfSatisfying(Admitted.class, admitted -> {
      assertThat(admitted.resumed()).isTrue();
      assertThat(admitted.state()).isEqualTo("{\"a\":1}");
      assertThat(admitted.version()).isEqualTo(1);
      assertThat(admitted.claim().generation()).isEqualTo(claim(anna).generation() + 1);
    });
  }

  @Test
  void afterTheGraceTheSlotIsTheNextOnesAndWhoComesBackStandsWhereItsJoiningTimeSays() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.ask(new Save(Scene.Q, ref(anna), socket("c1"), 1, "{}"));
    scene.pass(1_000);
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.pass(1_000);
    scene.join("carl", "c3");
    scene.drop(anna, "c1");
    scene.pass(60_100);
    assertThat(scene.told("c2")).hasSize(1);

    AdmissionAnswer back = scene.resume(claim(anna), "c4");
    assertThat(position(back)).as("before carl").isEqualTo(1);
    assertThat(claim(back).joinedAtMs()).isEqualTo(claim(anna).joinedAtMs());
    scene.leave(ben);
    assertThat(scene.told("c4")).singleElement().isInstanceOfSatisfying(Promoted.class, promoted -> {
      assertThat(promoted.admitted().resumed()).isTrue();
      assertThat(promoted.admitted().state()).isEqualTo("{}");
    });
  }

  @Test
  void afterTheSessionsTimeThereIsNothingToComeBackTo() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.drop(anna, "c1");
    scene.pass(300_100);
    assertThat(reason(scene.resume(claim(anna), "c2"))).isEqualTo("expired");
    assertThat(scene.store.places).isEmpty();
    assertThat(scene.store.slots).isEmpty();
  }

  @Test
  void theSessionIsTakenOverFromItsOldSocket() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    assertThat(scene.resume(claim(anna), "c2")).isInstanceOf(Admitted.class);
    assertThat(scene.told("c1")).containsExactly(new Ended(Scene.Q, "c1", End.TAKEN_OVER));
    scene.drop(anna, "c1");
    assertThat(scene.status().connected()).as("the old socket's end means nothing").isOne();
  }

  /** The gateway of a socket that is gone may still say that its user is there. */
  @Test
  void theGatewayThatItDroppedAtHearsWhenNobodyWillComeBackToIt() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.drop(anna, "c1");
    assertThat(scene.told("c1")).isEmpty();
    AdmissionAnswer back = scene.resume(claim(anna), "c2");
    assertThat(scene.told("c1")).containsExactly(new Unawaited(Scene.Q, "c1", true));
    scene.resume(claim(anna), "c2");
    assertThat(scene.told("c1")).as("it was told").isEmpty();
    scene.leave(back);
    assertThat(scene.told("c1")).as("she has left at once after she came back").containsExactly(new Unawaited(Scene.Q, "c1", false));
    assertThat(scene.told("c2")).containsExactly(new Ended(Scene.Q, "c2", End.LEFT));

    AdmissionAnswer ben = scene.join("ben", "c3");
    AdmissionAnswer elsewhere = scene.resume(claim(ben), "c4");
    assertThat(scene.told("c3")).containsExactly(new Ended(Scene.Q, "c3", End.TAKEN_OVER));
    scene.drop(elsewhere, "c4");
    scene.leave(elsewhere);
    assertThat(scene.told("c3")).isEmpty();
    assertThat(scene.told("c4")).containsExactly(new Unawaited(Scene.Q, "c4", false));
  }

  @Test
  void whoseTimeIsOverOrWhoOnlyWaitedIsNotSpokenOf() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.drop(ben, "c2");
    scene.resume(claim(ben), "c3");
    assertThat(scene.told("c2")).isEmpty();
    scene.drop(anna, "c1");
    scene.pass(300_100);
    assertThat(scene.told("c1")).isEmpty();
  }

  @Test
  void whoComesBackToTheSameSocketIsAwaitedThere() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.drop(anna, "c1");
    scene.resume(claim(anna), "c1");
    assertThat(scene.told("c1")).isEmpty();
  }

  @Test
  void aReplyThatIsNeverReadLosesNobodyHoweverOften() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.drop(anna, "c1");
    for (int i = 2; i < 6; i++) {
      AdmissionAnswer unread = scene.resume(claim(anna), "c" + i);
      assertThat(unread).isInstanceOf(Admitted.class);
      scene.drop(unread, "c" + i);
    }
    AdmissionAnswer read = scene.resume(claim(anna), "c9");
    scene.ask(new Confirm(Scene.Q, ref(read), claim(read).generation()));
    assertThat(reason(scene.resume(claim(anna), "c10"))).isEqualTo("used");
  }

  @Test
  void aCallThatIsRepeatedUsesTheTokenOnce() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.drop(anna, "c1");
    AdmissionAnswer back = scene.resume(claim(anna), "c2");
    scene.ask(new Confirm(Scene.Q, ref(back), claim(back).generation()));
    assertThat(scene.resume(claim(anna), "c2")).isEqualTo(back);
  }

  @Test
  void failedAttemptsAreSlowedDownAndTheFifthEndsTheSession() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer back = scene.resume(claim(anna), "c2");
    scene.ask(new Confirm(Scene.Q, ref(back), claim(back).generation()));

    long[] delays = {1_000, 2_000, 4_000, 8_000};
    for (int i = 0; i < 4; i++) {
      assertThat(scene.resume(claim(anna), "old" + i)).isEqualTo(refusedUsed(delays[i], i + 1));
      assertThat(reason(scene.resume(claim(anna), "soon" + i))).isEqualTo("too_soon");
      scene.pass(delays[i]);
    }
    assertThat(reason(scene.resume(claim(anna), "old5"))).isEqualTo("too_many_attempts");
    assertThat(scene.told("c2")).hasSize(1);
    assertThat(reason(scene.resume(claim(back), "c6"))).isEqualTo("too_many_attempts");
    assertThat(scene.store.slots).isEmpty();
  }

  private static Refused refusedUsed(long delayMs, int attempt) {
    return new Refused(ErrorReason.RESUME_USED, delayMs, attempt, 5 - attempt, AdmissionAnswer.Quota.NONE);
  }

  @Test
  void theNewestTokenPassesWhateverAnOldOneDid() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer back = scene.resume(claim(anna), "c2");
    scene.ask(new Confirm(Scene.Q, ref(back), claim(back).generation()));
    scene.resume(claim(anna), "old");
    assertThat(scene.resume(claim(back), "c3")).isInstanceOf(Admitted.class);
  }

  @Test
  void savesOfAnotherSocketOldOnesAndLargeOnesChangeNothing() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.ask(new Save(Scene.Q, ref(anna), socket("c1"), 5, "new"));
    assertThat(scene.ask(new Save(Scene.Q, ref(anna), socket("c1"), 4, "old"))).isInstanceOf(Done.class);
    assertThat(scene.ask(new Save(Scene.Q, ref(anna), socket("c9"), 6, "other"))).isInstanceOf(Done.class);
    assertThat(reason(scene.ask(new Save(Scene.Q, ref(anna), socket("c1"), 7, "é".repeat(600))))).isEqualTo("session_too_large");
    assertThat(scene.resume(claim(anna), "c2")).isInstanceOfSatisfying(Admitted.class, admitted -> assertThat(admitted.state()).isEqualTo("new"));
  }

  /** Its token had run out on its socket, and its slot went to the next. */
  @Test
  void whoJoinsAgainAfterItsGraceIsNotTakenForIn() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.join("ben", "c2");
    scene.ask(new Away(Scene.Q, ref(anna), socket("c1"), true));
    scene.pass(61_000);
    assertThat(scene.told("c2")).as("who has the slot now").hasSize(1);
    assertThat(scene.join("anna", "c1")).isInstanceOf(Waiting.class);
    assertThat(scene.status().waiting()).isOne();
  }

  @Test
  void aWaiterWhoDropsIsSkippedKeepsItsPlaceForAWhileAndOthersAreToldWhyTheyRise() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.join("carl", "c3");
    scene.drop(ben, "c2");
    scene.pass(2_000);
    assertThat(scene.moved("c3")).last().satisfies(moved -> assertThat(moved.standing().position()).isEqualTo(1));
    AdmissionAnswer back = scene.resume(claim(ben), "c4");
    assertThat(position(back)).isEqualTo(1);
    scene.pass(2_000);
    assertThat(scene.moved("c3")).last().satisfies(moved -> {
      assertThat(moved.standing().position()).isEqualTo(2);
      assertThat(moved.standing().rose()).isEqualTo(AdmissionAnswer.Rise.RETURNED);
    });
    scene.drop(back, "c4");
    scene.leave(anna);
    assertThat(scene.told("c3")).as("the one who is there").hasSize(1);
    scene.pass(60_100);
    assertThat(reason(scene.resume(claim(back), "c5"))).isEqualTo("expired");
    assertThat(scene.counted("abandoned")).isOne();
  }

  @Test
  void aPromotionThatFindsNobodyWaitsForItsHolderAndThenGoesToTheNext() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.join("carl", "c3");
    scene.leave(anna);
    scene.hear(new QueueEvent.NobodyThere(Scene.GATEWAY, "c2"));
    scene.pass(29_000);
    assertThat(scene.status().admitted()).isOne();
    AdmissionAnswer back = scene.resume(claim(ben), "c4");
    assertThat(back).isInstanceOf(Admitted.class);
    scene.leave(back);
    scene.hear(new QueueEvent.NobodyThere(Scene.GATEWAY, "c3"));
    scene.join("dora", "c5");
    scene.pass(30_100);
    assertThat(scene.told("c5")).hasSize(1);
    assertThat(scene.counted("claim_expired")).isOne();
  }

  @Test
  void whoWaitsOverHttpPollsAndOpensASocketInTime() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.joinHttp("ben");
    assertThat(ben).isInstanceOfSatisfying(Waiting.class, waiting -> assertThat(waiting.standing().pollAfterMs()).isPositive());
    assertThat(scene.joinHttp("ben")).as("joining again changes nothing").isEqualTo(ben);
    scene.leave(anna);
    assertThat(scene.poll(ben)).isInstanceOfSatisfying(Admitted.class, admitted -> assertThat(admitted.claimByMs()).isEqualTo(scene.now + 30_000));
    scene.pass(29_900);
    assertThat(scene.resume(claim(ben), "c2")).isInstanceOfSatisfying(Admitted.class, admitted -> assertThat(admitted.claimByMs()).isZero());
    assertThat(scene.counted("claimed")).isOne();
    scene.pass(30_000);
    assertThat(scene.status().connected()).isOne();
  }

  @Test
  void whoDoesNotPollIsAwayAndThenGone() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.joinHttp("ben");
    for (int i = 0; i < 10; i++) {
      scene.pass(1_000);
      assertThat(scene.hear(new QueueEvent.Asked(1_000 + i, Scene.GATEWAY, new Poll(Scene.Q, claim(ben))))).as("asking stores nothing").hasSize(1);
    }
    assertThat(scene.status().waiting()).isOne();
    scene.pass(10_000);
    assertThat(scene.status().away()).isOne();
    scene.leave(anna);
    assertThat(scene.status().admitted()).isZero();
    assertThat(scene.poll(ben)).isInstanceOf(Admitted.class);
  }

  /** Whoever has an old token of somebody cannot use up that one's attempts to join with it. */
  @Test
  void tokensThatOpenNothingTakeNothingFromTheUsersLimit() {
    Scene scene = Scene.with(rules -> rules.limits(10, 5));
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer again = scene.resume(Scene.claim(anna), "c2");
    scene.ask(new Confirm(Scene.Q, Scene.ref(again), Scene.claim(again).generation()));
    scene.drop(again, "c2");
    assertThat(Scene.reason(scene.resume(Scene.claim(anna), "e1"))).isEqualTo("used");
    AdmissionAnswer back = scene.resume(Scene.claim(again), "c3");
    scene.leave(back);
    for (int i = 0; i < 20; i++) {
      assertThat(Scene.reason(scene.resume(Scene.claim(back), "e2" + i))).isEqualTo("expired");
    }
    assertThat(scene.join("anna", "c4")).isInstanceOf(Admitted.class);
    assertThat(scene.join("anna", "c5")).isInstanceOf(Admitted.class);
    assertThat(Scene.reason(scene.join("anna", "c6"))).as("her own: five").isEqualTo("too_many_joins");
  }
}
