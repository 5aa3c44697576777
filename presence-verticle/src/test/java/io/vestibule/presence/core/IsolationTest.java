package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IsolationTest {
  private static final long LOOK_MS = 100;

  private final Isolation isolation = new Isolation();
  private long nowMs;

  /** Looks again and again, until a time; the last answer. */
  private boolean isCutOff(int nodes, long untilMs) {
    boolean cutOff = isolation.isCutOff(nodes, nowMs);
    while (nowMs < untilMs) {
      nowMs += LOOK_MS;
      cutOff = isolation.isCutOff(nodes, nowMs);
    }
    return cutOff;
  }

  @Test
  void whoLosesSightOfMostAtOnceIsCutOffUntilTheyAreBackOrAMinuteIsOver() {
    assertThat(isCutOff(4, 0)).isFalse();
    assertThat(isCutOff(2, 100)).isFalse();
    assertThat(isCutOff(1, 200)).isTrue();
    assertThat(isCutOff(1, 30_000)).isTrue();
    assertThat(isCutOff(2, 30_500)).as("not all are back").isTrue();
    assertThat(isCutOff(4, 31_000)).as("they have just come back").isTrue();
    assertThat(isCutOff(4, 36_000)).isFalse();
    assertThat(isCutOff(1, 37_000)).isTrue();
    assertThat(isCutOff(1, 97_000)).isFalse();
    assertThat(isCutOff(1, 97_100)).isFalse();
  }

  @Test
  void whoIsLeftByOneAfterTheOtherOrByHalfIsNot() {
    assertThat(isCutOff(4, 0)).isFalse();
    assertThat(isCutOff(3, 1_000)).isFalse();
    assertThat(isCutOff(3, 6_000)).isFalse();
    assertThat(isCutOff(2, 7_000)).isFalse();
    assertThat(isCutOff(2, 12_000)).isFalse();
    assertThat(isCutOff(1, 13_000)).isFalse();
  }

  @Test
  void whoSeesMostOfThemAgainIsNotThoughOneIsGoneForGood() {
    assertThat(isCutOff(3, 10_000)).isFalse();
    assertThat(isCutOff(1, 20_000)).isTrue();
    assertThat(isCutOff(2, 24_900)).isTrue();
    assertThat(isCutOff(2, 25_100)).isFalse();
    assertThat(isCutOff(1, 40_000)).as("half of two").isFalse();
  }

  /** Of two nodes the other is half; and it is not missed at once. */
  @Test
  void whoWakesIsUntilItHasSeenAllTheOthersForAWhile() {
    assertThat(isCutOff(2, 10_000)).isFalse();
    nowMs += 20_000;
    assertThat(isCutOff(2, 44_000)).isTrue();
    assertThat(isCutOff(2, 45_000)).isFalse();
    assertThat(isCutOff(1, 50_000)).as("it is awake").isFalse();
  }

  @Test
  void whoWakesAndLosesSightOfAnybodyIsUntilTheyAreBackOrAMinuteIsOver() {
    assertThat(isCutOff(2, 10_000)).isFalse();
    nowMs += 20_000;
    assertThat(isCutOff(2, 35_000)).isTrue();
    assertThat(isCutOff(1, 80_000)).isTrue();
    assertThat(isCutOff(2, 84_000)).as("it has just come back").isTrue();
    assertThat(isCutOff(2, 86_000)).isFalse();
    nowMs += 20_000;
    assertThat(isCutOff(1, 165_000)).isTrue();
    assertThat(isCutOff(1, 166_100)).isFalse();
  }
}
