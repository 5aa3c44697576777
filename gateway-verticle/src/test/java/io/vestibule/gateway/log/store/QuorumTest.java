package io.vestibule.gateway.log.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.Majority;
import org.junit.jupiter.api.Test;

class QuorumTest {
  private static final Majority THREE = new Majority(3);

  private final Quorum quorum = new Quorum();

  private boolean refuses(boolean change, Majority majority, int members, long nowNanos) {
    return quorum.standing(majority, members, nowNanos).refuses(change);
  }

  @Test
  void aMinorityChangesNothing() {
    assertThat(refuses(true, THREE, 1, 0)).isTrue();
    assertThat(refuses(true, THREE, 2, 1)).isFalse();
    assertThat(refuses(true, THREE, 3, 2)).isFalse();
  }

  @Test
  void whoHasLostOneMayBeAboutToLoseTheOthers() {
    assertThat(refuses(true, THREE, 3, 0)).isFalse();
    assertThat(refuses(true, THREE, 2, 10)).isTrue();
    assertThat(refuses(true, THREE, 2, 9 + Quorum.SETTLING_NANOS)).isTrue();
    assertThat(refuses(true, THREE, 2, 10 + Quorum.SETTLING_NANOS)).isFalse();
    assertThat(refuses(true, THREE, 3, 20 + Quorum.SETTLING_NANOS)).as("who comes back takes nothing away").isFalse();
  }

  @Test
  void eachLossBeginsAnew() {
    Majority five = new Majority(5);
    assertThat(refuses(true, five, 5, 0)).isFalse();
    assertThat(refuses(true, five, 4, 10)).isTrue();
    assertThat(refuses(true, five, 3, 20)).isTrue();
    assertThat(refuses(true, five, 3, 10 + Quorum.SETTLING_NANOS)).isTrue();
    assertThat(refuses(true, five, 3, 20 + Quorum.SETTLING_NANOS)).isFalse();
  }

  @Test
  void whoHasPausedMayHaveBeenGivenUp() {
    assertThat(refuses(true, THREE, 3, 0)).isFalse();
    long woken = Quorum.PAUSE_NANOS + 1;
    assertThat(refuses(false, THREE, 3, woken)).isTrue();
    assertThat(refuses(true, THREE, 3, woken + 1)).isTrue();
    assertThat(refuses(false, THREE, 3, woken + Quorum.SETTLING_NANOS)).isFalse();
    assertThat(refuses(true, THREE, 3, woken + Quorum.SETTLING_NANOS)).isFalse();
  }

  @Test
  void aMinorityTellsNothing() {
    assertThat(refuses(false, THREE, 3, 0)).isFalse();
    assertThat(refuses(false, THREE, 2, 1)).as("it is a majority still").isFalse();
    assertThat(refuses(false, THREE, 1, 2)).isTrue();
  }

  @Test
  void whereNoMajorityIsRequiredEverybodyChanges() {
    assertThat(refuses(true, new Majority(1), 3, 0)).isFalse();
    assertThat(refuses(true, new Majority(1), 1, 1)).isFalse();
  }
}
