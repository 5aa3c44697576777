package io.vestibule.admission.core;

import static io.vestibule.admission.core.Scene.claim;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.core.QueueEffect.SessionEnded;
import io.vestibule.contract.admission.AdmissionAnswer;
import org.junit.jupiter.api.Test;

/** How long sessions last, as figures tell it. */
class SessionTimeTest {
  @Test
  void itCountsFromTheEntryToTheEndOverDropsAndFailovers() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    AdmissionAnswer ben = scene.join("ben", "c2");
    scene.pass(10_000);
    scene.drop(anna, "c1");
    scene.pass(20_000);
    AdmissionAnswer back = scene.resume(claim(anna), "c3");
    scene.failover();
    scene.open();
    scene.pass(5_000);
    assertThat(scene.ended).isEmpty();
    scene.leave(back);
    assertThat(scene.ended).containsExactly(new SessionEnded("left", 35_000));
    scene.pass(7_000);
    scene.leave(ben);
    assertThat(scene.ended).as("not from the join, but from the slot").hasSize(2).last().isEqualTo(new SessionEnded("left", 7_000));
  }

  @Test
  void whoDoesNotComeBackWasThereUntilItsSocketWasGone() {
    Scene scene = Scene.of(1);
    AdmissionAnswer anna = scene.join("anna", "c1");
    scene.pass(10_000);
    scene.drop(anna, "c1");
    scene.pass(301_000);
    assertThat(scene.ended).containsExactly(new SessionEnded("expired", 10_000));
  }

  @Test
  void whoWasNeverInHasNoSession() {
    Scene scene = Scene.of(1);
    scene.join("anna", "c1");
    scene.leave(scene.join("ben", "c2"));
    AdmissionAnswer http = scene.joinHttp("carl");
    scene.leave(http);
    assertThat(scene.ended).isEmpty();
  }

  @Test
  void eachOfAUsersSessionsCounts() {
    Scene scene = Scene.of(1);
    scene.join("anna", "c1");
    scene.pass(1_000);
    scene.join("anna", "c2");
    scene.pass(1_000);
    scene.hear(new QueueEvent.Revoked("anna", null));
    assertThat(scene.ended).containsExactlyInAnyOrder(new SessionEnded("revoked", 2_000), new SessionEnded("revoked", 1_000));
  }
}
