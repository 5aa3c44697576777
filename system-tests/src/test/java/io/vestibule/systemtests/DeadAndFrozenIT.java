package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.Crowd;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Line;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of three nodes one dies and another freezes: the third is alone, and a minority. When the frozen one thaws there are two again, who have to find each other. */
@Tag("waits")
class DeadAndFrozenIT {
  private static final int CAPACITY = 10;
  private static final int GUESTS = 60;
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration ALL = Duration.ofSeconds(120);
  private static final Duration FREEZE = Duration.ofSeconds(20);

  /** It is 3 to 13 s, and 12 s are promised; it was up to 32 s when the two waited for each one that was dead or frozen. */
  private static final Duration LIMIT = Duration.ofSeconds(20);
  /** Where the data grid waits in vain for a backup: 5 s more for its merge, which it gives up, 5 s for the first call of the queue, and the 15 s in which who was frozen leads nothing. */
  private static final Duration WITHOUT_A_MERGE = Duration.ofSeconds(45);

  /** So many times as long as a door was held up it may be later: who is held up for a second may miss a call, which is given up after 5 s. */
  private static final int FOR_A_PAUSE = 5;

  @RegisterExtension final Nodes nodes = new Nodes();

  @ParameterizedTest(name = "the coordinator freezes: {0}")
  @MethodSource("io.vestibule.systemtests.harness.Thorough#both")
  void theyGoOnSoonAfterTheThaw(boolean coordinator) throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(3, "--set", "admission.capacity=" + CAPACITY, "--set", "cluster.expected-size=3",
        "--set", "admission.adaptive=false", "--set", "admission.ip-joins=0", "--set", "gateway.limits.connections-per-ip=0", "--set", "gateway.limits.auth-timeout=60s");
    VestibuleProcess leader = new Line(nodes, cluster).coordinator();
    VestibuleProcess frozen = cluster.stream().filter(node -> (node == leader) == coordinator).findFirst().orElseThrow();
    VestibuleProcess dead = cluster.stream().filter(node -> node != frozen && (node != leader || !coordinator)).findFirst().orElseThrow();
    VestibuleProcess third = cluster.stream().filter(node -> node != frozen && node != dead).findFirst().orElseThrow();
    try (var crowd = new Crowd(nodes, List.of(third), Duration.ofSeconds(2))) {
      crowd.come(GUESTS, ANSWER);
      dead.signal("KILL");
      frozen.signal("STOP");
      long stopped = System.nanoTime();
      Eventually.within(ALL, "the third knows that it is alone", () -> third.role("admission").getBoolean("minority"));
      System.out.println("alone after " + since(stopped) + " ms");
      Nodes.awaitMoment(stopped, FREEZE);
      frozen.signal("CONT");
      long thawed = System.nanoTime();
      crowd.letGo();
      Eventually.within(ALL, "the third sees two", () -> third.members().size() == 2);
      System.out.println("thawed: seen again after " + since(thawed) + " ms");
      crowd.awaitAdmissions(CAPACITY + 1, ALL);
      boolean merged = cluster.stream().noneMatch(node -> node.printed(line -> line.contains("While merging...")) > 0);
      long again = since(thawed);
      System.out.println("thawed: admissions again after " + again + " ms, a door was held up for " + crowd.heldUp().toMillis() + " ms at the longest");
      assertThat(again).as("ms until admissions go on").isLessThan((merged ? LIMIT : WITHOUT_A_MERGE).plus(crowd.heldUp().multipliedBy(FOR_A_PAUSE)).toMillis());
      crowd.awaitAdmissions(GUESTS, ALL);
      crowd.assertNobodyWasTurnedAway();
      crowd.assertNeverMoreThan(CAPACITY);
      crowd.assertInOrder(Duration.ofSeconds(4));
    }
  }

  private static long since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
  }
}
