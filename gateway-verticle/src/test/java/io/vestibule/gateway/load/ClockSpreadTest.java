package io.vestibule.gateway.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClockSpreadTest {
  private static final long HOUR_MS = 3_600_000;

  private final ClockSpread clocks = new ClockSpread();
  private long nowMs = 1_700_000_000_000L;

  private void hear(String node, long aheadMs) {
    clocks.hear(node, node, nowMs + aheadMs, nowMs);
  }

  @Test
  void isFromTheLatestToTheEarliestWithThisNodeAmongThem() {
    assertThat(clocks.apartMs()).isZero();
    assertThat(clocks.lastHourMs(nowMs)).isZero();
    hear("ahead", 3_000);
    assertThat(clocks.apartMs()).isEqualTo(3_000);
    hear("behind", -8_000);
    assertThat(clocks.apartMs()).isEqualTo(11_000);
    hear("between", 10);
    assertThat(clocks.apartMs()).isEqualTo(11_000);
    assertThat(clocks.lastHourMs(nowMs)).isEqualTo(11_000);
  }

  /** What was long on its way looks as if it came from a clock that is behind. */
  @Test
  void aLateMessageIsNoLateClock() {
    hear("a", -2);
    hear("a", -4_000);
    assertThat(clocks.apartMs()).isEqualTo(2);
    assertThat(clocks.lastHourMs(nowMs)).isEqualTo(2);
  }

  @Test
  void aClockThatWasSetIsRememberedForAnHour() {
    hear("a", 60_000);
    for (int i = 0; i < 10; i++) {
      hear("a", 5);
    }
    assertThat(clocks.apartMs()).isEqualTo(5);
    nowMs += HOUR_MS - 60_000;
    assertThat(clocks.lastHourMs(nowMs)).isEqualTo(60_000);
    nowMs += 60_000;
    hear("a", 5);
    assertThat(clocks.lastHourMs(nowMs)).isEqualTo(5);
  }

  @Test
  void soIsOneThatHasGone() {
    hear("gone", 60_000);
    hear("here", 7);
    clocks.keep("here"::equals);
    assertThat(clocks.apartMs()).isEqualTo(7);
    assertThat(clocks.lastHourMs(nowMs)).isEqualTo(60_000);
  }
}
