package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LimitStateTest {

  @Property
  void oneMoreIsThereWhenItSays(@ForAll @IntRange(min = 1, max = 5_000) int perMinute, @ForAll @IntRange(min = 0, max = 5_000) int taken) {
    Gcra limit = Gcra.perMinute(perMinute);
    long tat = 0;
    for (int i = 0; i < Math.min(taken, perMinute); i++) {
      tat = limit.take(tat, 0);
    }
    LimitState state = LimitState.of("p", limit, tat, 0);
    assertThat(state.remaining()).isEqualTo(perMinute - Math.min(taken, perMinute));
    assertThat(state.windowMs()).isBetween(59_000L, 60_000L);
    if (state.remaining() < perMinute) {
      assertThat(limit.remaining(tat, state.nextInMs() * 1_000)).isGreaterThan(state.remaining());
      assertThat(limit.remaining(tat, state.nextInMs() * 1_000 - 1_001)).as("and not a millisecond earlier").isEqualTo(state.remaining());
    }
    assertThat(limit.remaining(tat, state.fullInMs() * 1_000)).isEqualTo(perMinute);
    assertThat(state.fullInMs()).isLessThanOrEqualTo(state.windowMs());
  }

  @Example
  void whatAnotherNodeCountsIsToldAsItsOwnWouldBe() {
    LimitState state = LimitState.told("user-joins", 60, 57, 1_003_000, 60_000, 1_000_500);
    assertThat(state).isEqualTo(new LimitState("user-joins", 60, 57, 2_500, 60_000, 500));
    assertThat(LimitState.told("user-joins", 60, 0, 1_060_000, 60_000, 1_000_000).nextInMs()).isEqualTo(1_000);
  }

  @Example
  void clocksThatDifferTellNothingAbsurd() {
    assertThat(LimitState.told("p", 60, 70, 0, 60_000, 1_000_000).fullInMs()).isZero();
    assertThat(LimitState.told("p", 60, -1, 9_000_000, 60_000, 1_000_000)).isEqualTo(new LimitState("p", 60, 0, 60_000, 60_000, 1_000));
  }

  @Example
  void theOneWithTheLeastLeftBinds() {
    LimitState some = new LimitState("a", 10, 5, 1, 1, 1);
    LimitState few = new LimitState("b", 1_000, 4, 1, 1, 1);
    LimitState slow = new LimitState("c", 1_000, 4, 1, 1, 2);
    assertThat(LimitState.binding(List.of(some, few, slow))).contains(slow);
    assertThat(LimitState.binding(List.of())).isEmpty();
  }
}
