package io.vestibule.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeftBehindTest {
  private static final long LOOK_MS = 500;

  private final LeftBehind left = new LeftBehind();
  private long nowMs;

  /** Looks again and again, until a time; the last answer. */
  private boolean isLeftBehind(int nodes, long untilMs) {
    boolean is = left.look(nodes, nowMs);
    while (nowMs < untilMs) {
      nowMs += LOOK_MS;
      is = left.look(nodes, nowMs);
    }
    return is;
  }

  @Test
  void whoWakesAndIsAloneWaitsUntilTheOthersAreThereAgain() {
    assertThat(isLeftBehind(3, 10_000)).isFalse();
    nowMs += 20_000;
    assertThat(isLeftBehind(3, 32_000)).as("it has not noticed yet").isFalse();
    assertThat(isLeftBehind(1, 35_000)).isTrue();
    assertThat(isLeftBehind(3, 38_000)).isFalse();
    assertThat(isLeftBehind(1, 80_000)).as("it is awake, and they have gone").isFalse();
  }

  @Test
  void oneOfTheOthersIsEnough() {
    assertThat(isLeftBehind(3, 10_000)).isFalse();
    nowMs += 20_000;
    assertThat(isLeftBehind(2, 31_000)).isTrue();
    assertThat(isLeftBehind(1, 34_000)).isTrue();
    assertThat(isLeftBehind(2, 37_000)).isFalse();
  }

  @Test
  void whereNobodyComesItWaitsForAWhileOnly() {
    assertThat(isLeftBehind(2, 10_000)).isFalse();
    nowMs += 20_000;
    assertThat(isLeftBehind(1, 44_500)).isTrue();
    assertThat(isLeftBehind(1, 46_000)).isFalse();
  }

  @Test
  void whoHasAlwaysBeenAloneWaitsForNobody() {
    assertThat(isLeftBehind(1, 10_000)).isFalse();
    nowMs += 20_000;
    assertThat(isLeftBehind(1, 31_000)).isFalse();
  }
}
