package io.vestibule.gateway.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.GatewayLoad;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class MovePlanTest {
  private static GatewayLoad load(int cpu, int lagMs) {
    return new GatewayLoad("n", "n", 0, 0, lagMs, 0, cpu, false, 0);
  }

  @Example
  void theOthersGetNoMoreThanTheyCanTake() {
    assertThat(MovePlan.of(0, 0, 600_000, 10_000, List.of(load(0, 0))).movedAtMs()).isEqualTo(20_000);
    assertThat(MovePlan.of(0, 0, 600_000, 10_000, List.of(load(0, 0), load(0, 0))).movedAtMs()).isEqualTo(10_000);
    assertThat(MovePlan.of(0, 0, 600_000, 10_000, List.of(load(500, 0))).movedAtMs()).as("half busy").isEqualTo(40_000);
    assertThat(MovePlan.of(0, 0, 600_000, 10_000, List.of(load(500, 200))).movedAtMs()).as("and late").isEqualTo(80_000);
    assertThat(MovePlan.of(0, 0, 600_000, 10_000, Arrays.asList((GatewayLoad) null)).movedAtMs()).as("unknown").isEqualTo(40_000);
  }

  @Example
  void withNowhereToGoNobodyMoves() {
    MovePlan plan = MovePlan.of(5, 100, 60_000, 10, List.of());
    assertThat(plan.moves()).isFalse();
    assertThat(plan.deadlineAtMs()).isEqualTo(60_005);
    assertThat(plan.deadlineEpochMs()).isEqualTo(60_100);
  }

  @Property
  void theWindowEndsBeforeTheDeadline(@ForAll @LongRange(min = 0, max = 1L << 40) long now, @ForAll @LongRange(min = 4, max = 1L << 32) long within,
      @ForAll @IntRange(min = 0, max = 1_000_000) int sockets, @ForAll @IntRange(min = 0, max = 1_000) int cpu, @ForAll @IntRange(min = 0, max = 1_000) int lag) {
    MovePlan plan = MovePlan.of(now, now, within, sockets, List.of(load(cpu, lag)));
    assertThat(plan.moves()).isTrue();
    assertThat(plan.movedAtMs()).isLessThanOrEqualTo(plan.deadlineAtMs() - within / 4);
    assertThat(plan.windowAt(now)).isBetween(1L, within);
    assertThat(plan.windowAt(plan.deadlineAtMs() + 1)).isEqualTo(1);
    MovePlan ended = plan.endedBy(now + within / 2);
    assertThat(ended.deadlineAtMs()).isEqualTo(now + within / 2);
    assertThat(ended.movedAtMs()).isLessThanOrEqualTo(ended.deadlineAtMs());
    assertThat(plan.endedBy(plan.deadlineAtMs() + 1)).as("never more time than was promised").isEqualTo(plan);
  }
}
