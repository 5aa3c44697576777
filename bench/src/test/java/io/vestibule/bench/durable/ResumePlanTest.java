package io.vestibule.bench.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vestibule.bench.client.SourceAddresses;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResumePlanTest {
  @Test
  void topicsAreSharedEvenlyAndInManyWays() {
    ResumePlan plan = plan(10_000, 3, 300, 0);
    int[] subscribers = new int[300];
    Set<Set<Integer>> ways = new HashSet<>();
    for (int i = 0; i < plan.connections(); i++) {
      List<Integer> topics = plan.topicsOf(i);
      assertThat(topics).hasSize(3).doesNotHaveDuplicates();
      topics.forEach(topic -> subscribers[topic]++);
      ways.add(new HashSet<>(topics));
    }
    assertThat(Arrays.stream(subscribers).min().getAsInt()).isGreaterThan(90);
    assertThat(Arrays.stream(subscribers).max().getAsInt()).isLessThan(110);
    assertThat(ways).hasSizeGreaterThan(5_000);
    assertThat(plan(5, 3, 3, 0).topicsOf(4)).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void halfOfThoseOfANodeComeBackToTheOther() {
    ResumePlan plan = plan(100, 1, 1, 0);
    assertThat(IntStream.range(0, 100).filter(i -> plan.site().nodeOf(i) == plan.nodeAfter(i)).count()).isEqualTo(50);
    assertThat(IntStream.range(0, 100).filter(i -> plan.nodeAfter(i) == 0).count()).isEqualTo(50);
    assertThat(IntStream.range(0, 2).map(node -> plan.site().shareOf(node, 101)).toArray()).containsExactly(51, 50);
  }

  @Test
  void theyComeBackAtOnceOrAtARate() {
    assertThat(plan(10, 1, 1, 0).dueNanos(9)).isEqualTo(1_000_000_000);
    assertThat(plan(10, 1, 1, 2).dueNanos(3)).isEqualTo(2_500_000_000L);
    assertThat(Pace.dueNanos(50, 100)).isEqualTo(500_000_000);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> plan(0, 1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> plan(1, 2, 1, 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("topics");
    assertThatThrownBy(() -> plan(1, 1, 1, -1)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("return-rate");
    assertThatThrownBy(() -> new DurablePlan(site(), 1, 20_000, 2, 1, 0, 64, Duration.ZERO, Duration.ofSeconds(1), 1)).isInstanceOf(IllegalArgumentException.class);
  }

  private static ResumePlan plan(int connections, int each, int topics, double returnRate) {
    return new ResumePlan(site(), connections, each, topics, 1, 100, 64, Duration.ofSeconds(1), returnRate, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);
  }

  private static Site site() {
    Target target = Target.of(URI.create("ws://127.0.0.1:1/ws"), SourceAddresses.any());
    return new Site(List.of(target, target), Tokens.fixed("t"), () -> null);
  }
}
