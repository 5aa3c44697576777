package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IsolationTest {
  private final Isolation isolation = new Isolation();

  @Test
  void whoLosesSightOfMostAtOnceIsCutOffUntilTheyAreBackOrAMinuteIsOver() {
    assertThat(isolation.isCutOff(4, 0)).isFalse();
    assertThat(isolation.isCutOff(2, 100)).isFalse();
    assertThat(isolation.isCutOff(1, 200)).isTrue();
    assertThat(isolation.isCutOff(1, 30_000)).isTrue();
    assertThat(isolation.isCutOff(2, 30_500)).as("not all are back").isTrue();
    assertThat(isolation.isCutOff(4, 31_000)).as("they have just come back").isTrue();
    assertThat(isolation.isCutOff(4, 36_000)).isFalse();
    assertThat(isolation.isCutOff(1, 37_000)).isTrue();
    assertThat(isolation.isCutOff(1, 97_000)).isFalse();
    assertThat(isolation.isCutOff(1, 97_100)).isFalse();
  }

  @Test
  void whoIsLeftByOneAfterTheOtherOrByHalfIsNot() {
    assertThat(isolation.isCutOff(4, 0)).isFalse();
    assertThat(isolation.isCutOff(3, 1_000)).isFalse();
    assertThat(isolation.isCutOff(3, 6_000)).isFalse();
    assertThat(isolation.isCutOff(2, 7_000)).isFalse();
    assertThat(isolation.isCutOff(2, 12_000)).isFalse();
    assertThat(isolation.isCutOff(1, 13_000)).isFalse();
  }
}
