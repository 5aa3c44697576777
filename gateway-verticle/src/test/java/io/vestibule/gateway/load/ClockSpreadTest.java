package io.vestibule.gateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClockSpreadTest {
  private static final long NOW = 1_700_000_000_000L;

  private final ClockSpread clocks = new ClockSpread();

  private void hear(String node, long aheadMs) {
    clocks.hear(node, node, NOW + aheadMs, NOW);
  }

  @Test
  void isFromTheLatestToTheEarliestWithThisNodeAmongThem() {
    assertThat(clocks.apartMs()).isZero();
    hear("ahead", 3_000);
    assertThat(clocks.apartMs()).isEqualTo(3_000);
    hear("behind", -8_000);
    assertThat(clocks.apartMs()).isEqualTo(11_000);
    hear("between", 10);
    assertThat(clocks.apartMs()).isEqualTo(11_000);
  }

  /** What was long on its way looks as if it came from a clock that is behind. */
  @Test
  void aLateMessageIsNoLateClock() {
    hear("a", -2);
    hear("a", -4_000);
    assertThat(clocks.apartMs()).isEqualTo(2);
  }

  @Test
  void aClockThatWasSetIsKnownAfterAFewMore() {
    hear("a", 60_000);
    for (int i = 0; i < 10; i++) {
      hear("a", 5);
    }
    assertThat(clocks.apartMs()).isEqualTo(5);
  }

  @Test
  void remembersAThousandOfThoseThatHaveGone() {
    hear("gone", 60_000);
    for (int i = 0; i < 999; i++) {
      hear("n" + i, 0);
      assertThat(clocks.apartMs()).isEqualTo(60_000);
    }
    hear("one more", 0);
    assertThat(clocks.apartMs()).as("the one that was not heard for the longest time goes").isZero();
  }
}
