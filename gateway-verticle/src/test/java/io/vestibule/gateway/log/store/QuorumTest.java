package io.vestibule.gateway.log.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.Majority;
import org.junit.jupiter.api.Test;

class QuorumTest {
  private static final Majority THREE = new Majority(3);

  private final Quorum quorum = new Quorum();

  @Test
  void aMinorityChangesNothing() {
    assertThat(quorum.refusesChange(THREE, 1, 0)).isTrue();
    assertThat(quorum.refusesChange(THREE, 2, 1)).isFalse();
    assertThat(quorum.refusesChange(THREE, 3, 2)).isFalse();
  }

  @Test
  void whoHasLostOneMayBeAboutToLoseTheOthers() {
    assertThat(quorum.refusesChange(THREE, 3, 0)).isFalse();
    assertThat(quorum.refusesChange(THREE, 2, 10)).isTrue();
    assertThat(quorum.refusesChange(THREE, 2, 9 + Quorum.SETTLING_NANOS)).isTrue();
    assertThat(quorum.refusesChange(THREE, 2, 10 + Quorum.SETTLING_NANOS)).isFalse();
    assertThat(quorum.refusesChange(THREE, 3, 20 + Quorum.SETTLING_NANOS)).as("who comes back takes nothing away").isFalse();
  }

  @Test
  void eachLossBeginsAnew() {
    Majority five = new Majority(5);
    assertThat(quorum.refusesChange(five, 5, 0)).isFalse();
    assertThat(quorum.refusesChange(five, 4, 10)).isTrue();
    assertThat(quorum.refusesChange(five, 3, 20)).isTrue();
    assertThat(quorum.refusesChange(five, 3, 10 + Quorum.SETTLING_NANOS)).isTrue();
    assertThat(quorum.refusesChange(five, 3, 20 + Quorum.SETTLING_NANOS)).isFalse();
  }

  @Test
  void whoHasPausedMayHaveBeenGivenUp() {
    assertThat(quorum.refusesChange(THREE, 3, 0)).isFalse();
    long woken = Quorum.PAUSE_NANOS + 1;
    assertThat(quorum.refusesRead(THREE, 3, woken)).isTrue();
    assertThat(quorum.refusesChange(THREE, 3, woken + 1)).isTrue();
    assertThat(quorum.refusesRead(THREE, 3, woken + Quorum.SETTLING_NANOS)).isFalse();
    assertThat(quorum.refusesChange(THREE, 3, woken + Quorum.SETTLING_NANOS)).isFalse();
  }

  @Test
  void aMinorityTellsNothing() {
    assertThat(quorum.refusesRead(THREE, 3, 0)).isFalse();
    assertThat(quorum.refusesRead(THREE, 2, 1)).as("it is a majority still").isFalse();
    assertThat(quorum.refusesRead(THREE, 1, 2)).isTrue();
  }

  @Test
  void whereNoMajorityIsRequiredEverybodyChanges() {
    assertThat(quorum.refusesChange(new Majority(1), 3, 0)).isFalse();
    assertThat(quorum.refusesChange(new Majority(1), 1, 1)).isFalse();
  }
}
