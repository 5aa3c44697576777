package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Roster;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A cluster falls apart without anybody having been frozen, people come and go in both halves, and a node dies before the halves meet: then everybody knows the same, which is the truth. */
class SplitPresenceIT {
  private static final Duration NOTICED = Duration.ofSeconds(60);
  private static final Duration APART = Duration.ofSeconds(7);
  private static final Duration REUNION = Duration.ofSeconds(90);

  @RegisterExtension @Order(1) final Networks networks = Networks.of("a", "b", "c");
  @RegisterExtension @Order(2) final Nodes nodes = new Nodes();

  /** The halves come to the same terms for some shards, and for others either to a higher one, of which the other has never heard. */
  @Test
  void everybodyKnowsTheTruthWhenTheHalvesHaveMet() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(networks, "--set", "cluster.failure-timeout=6s", "--set", "gateway.limits.connections-per-ip=0");
    VestibuleProcess a = cluster.get(0);
    VestibuleProcess b = cluster.get(1);
    VestibuleProcess c = cluster.get(2);
    var roster = new Roster(nodes, IntStream.range(0, 30).mapToObj(i -> "room." + i).toArray(String[]::new));
    for (VestibuleProcess node : cluster) {
      roster.watch(node, "watcher-" + node.name());
      roster.enter(node, "resident-" + node.name());
    }
    roster.enter(a, "both");
    roster.enter(b, "both");
    roster.awaitTruth("before the split", cluster);

    networks.cut("a");
    Eventually.within(NOTICED, "a is alone", () -> a.members().equals(Set.of("a")));
    nodes.awaitOneCluster(List.of(b, c), NOTICED);
    long noticed = System.nanoTime();
    roster.enter(a, "late-a");
    roster.enter(c, "late-c");
    roster.leave("resident-a");
    // One of three takes itself for cut off, and tells its watchers nothing yet.
    roster.awaitTruth("in the other half", List.of(b, c));
    // Who loses sight of two of three at once takes itself for cut off, too.
    Nodes.awaitMoment(noticed, APART);
    c.signal("KILL");
    roster.gone(c);
    nodes.awaitOneCluster(List.of(b), NOTICED);
    roster.enter(b, "late-b");
    roster.awaitTruth("after one of them has died", List.of(b));

    networks.heal("a");
    List<VestibuleProcess> both = List.of(a, b);
    System.out.println("healed: one cluster after " + nodes.awaitOneCluster(both, REUNION).toMillis() + " ms");
    roster.awaitTruth("after the halves have met", both);
    roster.leave("late-a");
    roster.enter(b, "last");
    roster.awaitTruth("and goes on to do so", both);
    assertThat(roster.everLeft(a)).as("in her own half she was there all the time").doesNotContain("watcher-a", "both");
    assertThat(roster.everLeft(b)).doesNotContain("watcher-b", "resident-b", "both");
  }
}
