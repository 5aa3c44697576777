package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.position;
import static io.vestibule.admission.core.Scene.ref;
import static io.vestibule.admission.core.Scene.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Away;
import org.junit.jupiter.api.Test;

/** Size, inflow, pauses, and the order of classes. */
class CapacityTest {

  @Test
  void withoutALimitNoSlotIsStoredButAllCountForALimitThatComes() {
    Scene scene = Scene.of(0);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.join("ben", "c2");
    assertThat(scene.store.slots).isEmpty();
    scene.hear(new QueueEvent.Resized(2, -1));
    assertThat(scene.join("carl", "c3")).isInstanceOf(Waiting.class);
    scene.leave(anna);
    assertThat(scene.told("c3")).hasSize(1);
    assertThat(scene.store.slots).hasSize(1);
  }

  @Test
  void aSmallerQueuePutsNobodyOutAndAdmitsNobodyUntilItIsSmaller() {
    Scene scene = Scene.of(3);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.join("carl", "c3");
    scene.hear(new QueueEvent.Resized(1, -1));
    assertThat(scene.status().connected()).isEqualTo(3);
    scene.join("dora", "c4");
    scene.leave(anna);
    scene.leave(ben);
    assertThat(scene.told("c4")).isEmpty();
    scene.hear(new QueueEvent.Resized(2, -1));
    assertThat(scene.told("c4")).hasSize(1);
    scene.failover();
    assertThat(scene.status().capacity()).as("set capacity survives").isEqualTo(2);
  }

  @Test
  void theNodesOfferIsALimitToo() {
    Scene scene = Scene.of(5);
    scene.hear(new QueueEvent.Offered(1));
    scene.join("anna", "c1");
    assertThat(scene.join("ben", "c2")).isInstanceOf(Waiting.class);
    scene.hear(new QueueEvent.Offered(0));
    assertThat(scene.told("c2")).hasSize(1);
    scene.hear(new QueueEvent.Offered(-1));
    assertThat(scene.join("carl", "c3")).as("no node takes anybody").isInstanceOf(Waiting.class);
  }

  @Test
  void aPausedQueueLetsPeopleWait() {
    Scene scene = Scene.of(5);
    scene.hear(new QueueEvent.Paused(true));
    assertThat(scene.join("anna", "c1")).isInstanceOf(Waiting.class);
    scene.failover();
    scene.open();
    assertThat(scene.told("c1")).isEmpty();
    scene.hear(new QueueEvent.Paused(false));
    assertThat(scene.told("c1")).hasSize(1);
  }

  @Test
  void inflowIsLimitedBesidesTheSize() {
    Scene scene = Scene.with(rules -> rules.capacity(1_000, 10));
    for (int i = 0; i < 200; i++) {
      scene.join("user" + i, "c" + i);
    }
    int atOnce = scene.status().connected();
    assertThat(atOnce).isLessThanOrEqualTo(3);
    scene.pass(10_000);
    assertThat(scene.status().connected() - atOnce).isBetween(95, 105);
  }

  @Test
  void aHigherClassPassesWithinItsCreditAndThoseItPassesAreToldWhy() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.join("ben", "c2");
    scene.pass(5_000);
    scene.join("carl", "c3");
    assertThat(position(scene.join("gina", "c4", "gold"))).as("10 s of credit").isEqualTo(1);
    scene.moved("c2");
    scene.pass(1_500);
    assertThat(scene.moved("c2")).singleElement().satisfies(moved -> {
      assertThat(moved.standing().position()).isEqualTo(2);
      assertThat(moved.standing().rose()).isEqualTo(Rise.PRIORITY);
    });
    scene.pass(6_000);
    assertThat(position(scene.join("gus", "c5", "gold"))).as("ben came more than 10 s ago").isEqualTo(3);
    scene.leave(anna);
    assertThat(scene.told("c4")).hasSize(1);
  }

  @Test
  void whoMayNotBeAdmittedNowIsSkippedUntilItMay() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), true));
    scene.leave(anna);
    assertThat(scene.told("c2")).isEmpty();
    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), false));
    assertThat(scene.told("c2")).hasSize(1);
  }

  /** Whose token has expired when its turn comes: its gateway finds that out last. */
  @Test
  void whoMayNotBeAdmittedWhenItIsToldKeepsTheSlotForItsGraceOnly() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.join("carl", "c3");
    scene.leave(anna);
    assertThat(scene.told("c2")).hasSize(1);
    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), true));
    assertThat(scene.core.status(scene.now).grace()).isEqualTo(1);
    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), false));
    assertThat(scene.told("c2")).as("told at once, not by the next survey").hasSize(1);
    assertThat(scene.core.status(scene.now).connected()).isEqualTo(1);

    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), true));
    scene.pass(61_000);
    assertThat(scene.told("c3")).as("nobody else waits for long because of it").hasSize(1);
    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), false));
    assertThat(scene.core.status(scene.now).waiting()).as("back in the line").isEqualTo(1);
  }

  @Test
  void whoMayNotBeAdmittedIsNotWaitedForWithoutEnd() {
    Scene scene = Scene.of(1);
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.ask(new Away(Scene.Q, ref(ben), socket("c2"), true));
    scene.failover();
    scene.open();
    scene.pass(301_000);
    assertThat(scene.core.status(scene.now).sessions()).isZero();
  }

  @Test
  void aLineOfManyCostsATickLittle() {
    Scene scene = Scene.with(rules -> rules.limits(1_000_000, 0));
    for (int i = 0; i < 20_000; i++) {
      scene.now += i % 2;
      assertThat(scene.join("user" + i, "c" + i)).isNotNull();
    }
    scene.pass(35_000);
    assertThat(scene.moved("c1")).as("nothing changed: told now and then").hasSizeBetween(1, 2);
    assertThat(scene.moved("c19000")).hasSizeBetween(1, 2);
    int told = 0;
    long next = scene.now + 30_000;
    while (scene.now < next) {
      scene.now += QueueEvent.Tick.MILLIS;
      told += scene.hear(new QueueEvent.Tick()).size();
    }
    assertThat(told).as("told in 30 s").isBetween(15_000, 40_000);
  }

  @Test
  void theClockMayGoBack() {
    Scene scene = Scene.of(1);
    scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.now -= 3_600_000;
    AdmissionAnswer carl = scene.join("carl", "c3");
    assertThat(position(carl)).isEqualTo(2);
    assertThat(Scene.claim(carl).joinedAtMs()).isGreaterThanOrEqualTo(Scene.claim(ben).joinedAtMs());
    scene.failover();
    scene.open();
    AdmissionAnswer dora = scene.join("dora", "c4");
    assertThat(Scene.claim(dora).joinedAtMs()).isGreaterThanOrEqualTo(Scene.claim(carl).joinedAtMs());
    assertThat(dora).isNotInstanceOf(Admitted.class);
  }

  @Test
  void aQueueWithoutLimitsMakesNobodyWaitHoweverStrainedTheNodesAre() {
    Scene scene = Scene.of(0);
    scene.hear(new QueueEvent.Strain(true));
    for (int i = 0; i < 100; i++) {
      assertThat(scene.join("user-" + i, "c" + i)).isInstanceOf(Admitted.class);
    }
  }
}
