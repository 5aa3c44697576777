package io.vestibule.systemtests.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.check.CheckRun.Outcome;
import io.vestibule.systemtests.check.Verdict.Promise;
import io.vestibule.systemtests.check.Verdict.Violation;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Durable topics while nodes are killed, frozen and cut off, connections cut, and Redis stopped: every acknowledged message reaches every subscriber once and in order. Short here; how long by
 * {@code -Dvestibule.check.*}, see docs/durable.md.
 */
class DurableCheckIT {
  @RegisterExtension final Nodes nodes = new Nodes();
  @TempDir Path folder;
  private Networks networks;
  private Redis redis;

  @AfterEach
  void remove() throws Exception {
    nodes.close();
    if (redis != null) {
      redis.close();
    }
    if (networks != null) {
      networks.close();
    }
  }

  @Test
  void inTheClustersMemory() throws Exception {
    keepsItsPromises(Settings.isAsked() ? Settings.asked(false) : Settings.small(false));
  }

  @Test
  void inRedis() throws Exception {
    keepsItsPromises(Settings.isAsked() ? Settings.asked(true) : Settings.small(true));
  }

  /** Else all of this would prove nothing. */
  @Test
  void nodesThatDoNotRepairGapsAreFoundOut() throws Exception {
    Outcome outcome = play(Settings.oneFreeze(), BrokenJar.withoutGapRepair(folder), Duration.ofSeconds(10));
    assertThat(outcome.repairs()).isZero();
    assertThat(outcome.verdict().violations()).extracting(Violation::promise).contains(Promise.LOST);
  }

  private void keepsItsPromises(Settings settings) throws Exception {
    Outcome outcome = play(settings, VestibuleProcess.JAR, Duration.ofSeconds(60));
    assertThat(outcome.verdict().summary()).as("seed %d", settings.seed()).isEmpty();
    // A run in which one of these did not happen has proved nothing. The cluster's memory refuses nothing as long as it is one.
    assertThat(outcome.repairs()).as("repairs").isPositive();
    assertThat(outcome.verdict().counts().recoveries()).as("recoveries").isPositive();
    assertThat(outcome.verdict().counts().duplicates()).as("duplicates refused").isPositive();
    if (settings.redis() || settings.partitions() > 0) {
      assertThat(outcome.verdict().counts().refused()).as("refusals").isPositive();
    }
  }

  private Outcome play(Settings settings, Path jar, Duration drained) throws Exception {
    Path rules = Files.writeString(folder.resolve("rules.yaml"), Topics.RULES);
    List<Fault> plan = Fault.plan(settings, Bed.NAMES, Bed.FAILURE_MS);
    if (Networks.obstacle().isEmpty()) {
      networks = Networks.of(Bed.NAMES.toArray(String[]::new));
      networks.make();
    } else {
      System.out.println("check: without partitions; " + Networks.obstacle().orElseThrow());
      plan = plan.stream().filter(fault -> !(fault instanceof Fault.Partition)).toList();
    }
    if (settings.redis()) {
      redis = networks == null ? Redis.keeping() : Redis.keeping(networks.names().stream().map(name -> networks.host(name).ourAddress()).toArray(String[]::new));
    }
    return new CheckRun(settings, new Bed(nodes, networks, redis, jar, rules), plan, drained).play();
  }
}
