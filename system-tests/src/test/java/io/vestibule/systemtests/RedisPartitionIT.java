package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.Correspondence;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.Relay;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Durable topics with {@code store.on-loss: fallback}, where one of three nodes is cut off from the others while Redis is lost to all, or to one side only. The majority goes on in the store that it agrees
 * upon, and who is cut off acknowledges nothing, neither in Redis, if that is what it reaches, nor in its copy of the memory; when they have met, everything acknowledged is there once.
 */
class RedisPartitionIT {
  private static final Duration NOTICED = Duration.ofSeconds(60);
  private static final Duration REUNION = Duration.ofSeconds(90);
  private static final int SOME = 200;

  @RegisterExtension @Order(1) final Networks networks = Networks.of("a", "b", "c");
  @RegisterExtension @Order(2) final Redis redis = Redis.keeping();
  @RegisterExtension @Order(3) final Nodes nodes = new Nodes();

  private final Map<String, Relay> ways = new HashMap<>();
  private List<VestibuleProcess> all;
  private VestibuleProcess alone;
  private List<VestibuleProcess> majority;
  private Correspondence people;

  @AfterEach
  void close() throws IOException {
    for (Relay way : ways.values()) {
      way.close();
    }
  }

  private void start() throws Exception {
    redis.start();
    for (String name : networks.names()) {
      ways.put(name, new Relay(networks.host(name).ourAddress(), redis.port()));
    }
    all = networks.names().stream().map(this::launch).toList();
    for (VestibuleProcess node : all) {
      node.awaitReady();
    }
    nodes.awaitOneCluster(all, NOTICED);
    alone = all.get(0);
    majority = all.subList(1, 3);
    Correspondence.awaitStore(all, "ok", "redis");
    people = new Correspondence(nodes, IntStream.range(0, 6).mapToObj(i -> "durable.t" + i).toList(), Duration.ofMillis(40));
    for (VestibuleProcess node : all) {
      people.listen(node);
    }
    for (VestibuleProcess node : all) {
      people.publish(node);
    }
    people.awaitProgress(SOME);
  }

  private VestibuleProcess launch(String name) {
    try {
      return nodes.launch(networks, VestibuleProcess.JAR, name, "--set", "store.type=redis", "--set", "store.redis.url=redis://" + networks.host(name).ourAddress() + ":" + ways.get(name).port(), "--set",
          "store.on-loss=fallback", "--set", "cluster.expected-size=3", "--set", "cluster.failure-timeout=5s", "--set", "gateway.limits.messages-per-second=0", "--set",
          "gateway.limits.connections-per-ip=0", "--set", Correspondence.RULES);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
  }

  /** Cuts one off, and waits until everybody knows. */
  private void cut() {
    networks.cut(alone.name());
    people.cutOff(alone);
    Eventually.within(NOTICED, "it is alone", () -> alone.members().equals(Set.of(alone.name())));
    nodes.awaitOneCluster(majority, NOTICED);
  }

  /** Whoever is alone acknowledges nothing while the others do. */
  private void goOnWithoutIt() {
    int before = people.acknowledged(alone);
    for (VestibuleProcess node : majority) {
      people.awaitProgress(node, SOME);
    }
    assertThat(people.acknowledged(alone)).as("acknowledged by one that is cut off").isEqualTo(before);
  }

  private void heal() {
    networks.heal(alone.name());
    nodes.awaitOneCluster(all, REUNION);
  }

  private void judge(String what) throws Exception {
    people.awaitProgress(alone, SOME);
    people.end();
    Correspondence.Outcome outcome = people.judge();
    System.out.println("redis, " + what + ": " + outcome);
    assertThat(outcome.refused()).isPositive();
    assertThat(outcome.gaps()).isPositive();
  }

  /** The memory of the cluster falls apart while it is all that counts. */
  @Test
  void whoIsCutOffKeepsNothingInItsCopyOfTheMemory() throws Exception {
    start();
    redis.kill();
    Correspondence.awaitStore(all, "degraded", "memory");
    people.awaitProgress(SOME);
    cut();
    goOnWithoutIt();
    heal();
    people.awaitProgress(alone, SOME);
    redis.start();
    Correspondence.awaitStore(all, "ok", "redis");
    judge("lost for all, and one cut off");
  }

  /** The majority leaves Redis while somebody is cut off who reaches it. */
  @Test
  @EnabledIfSystemProperty(named = "thorough", matches = "true")
  void whoIsCutOffWithRedisKeepsNothingInIt() throws Exception {
    start();
    networks.cut(alone.name());
    majority.forEach(node -> ways.get(node.name()).shut());
    cut();
    Correspondence.awaitStore(majority, "degraded", "memory");
    goOnWithoutIt();
    heal();
    people.awaitProgress(alone, SOME);
    ways.values().forEach(Relay::open);
    Correspondence.awaitStore(all, "ok", "redis");
    judge("lost for the majority, and reached by one that is cut off");
  }

  /** The majority returns to Redis before they meet, so what the others have of the memory is old. */
  @Test
  @EnabledIfSystemProperty(named = "thorough", matches = "true")
  void whatIsBroughtBackMeanwhileIsNotBroughtAgain() throws Exception {
    start();
    redis.kill();
    Correspondence.awaitStore(all, "degraded", "memory");
    people.awaitProgress(SOME);
    ways.get(alone.name()).shut();
    cut();
    redis.start();
    Correspondence.awaitStore(majority, "ok", "redis");
    goOnWithoutIt();
    heal();
    ways.get(alone.name()).open();
    Correspondence.awaitStore(all, "ok", "redis");
    judge("back for the majority, while one is cut off");
  }
}
