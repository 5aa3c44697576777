package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;

import com.hazelcast.map.IMap;
import io.vertx.core.Vertx;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.gateway.log.core.StoreChoice.Phase;
import io.vestibule.gateway.log.core.StoreChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Gateways of one cluster that have their logs in Redis, and go on without it. */
final class TwoStores implements AutoCloseable {
  static final long MEMORY = 64L << 20;
  /** Of a command to a Redis that a test loses. */
  static final Duration TIMEOUT = Duration.ofSeconds(1);
  static final Duration DEADLINE = Duration.ofSeconds(20);
  /** Nobody listens there. */
  static final String NOWHERE = "redis://127.0.0.1:1";

  final TestCluster grid = new TestCluster();
  final List<ClusterNode> nodes;
  final List<FallbackTopicLog> logs = new ArrayList<>();
  final AtomicInteger brought = new AtomicInteger();
  final String name = "test {" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + "}";

  private final Majority majority;

  TwoStores(int count) {
    this(count, 1);
  }

  /**
   * So many gateways.
   *
   * @param expected {@code cluster.expected-size}
   */
  TwoStores(int count, int expected) {
    majority = new Majority(expected);
    nodes = IntStream.range(0, count).mapToObj(i -> grid.start("node" + i, "gateway")).toList();
    eventually(() -> nodes.stream().allMatch(node -> node.membership().knowsAll() && node.membership().nodesWithRole("gateway").size() == count));
  }

  /** The log of the next node. */
  FallbackTopicLog open(String url) {
    FallbackTopicLog log = open(nodes.get(logs.size()), name, url, TIMEOUT);
    logs.add(log);
    return log;
  }

  FallbackTopicLog open(ClusterNode node, String keys, String url, Duration timeout) {
    Vertx vertx = node.vertx();
    var surroundings = new FallbackTopicLog.Surroundings(node.membership().self().id(),
        () -> node.membership().nodesWithRole("gateway").stream().map(NodeRef::id).collect(Collectors.toSet()), node.membership()::knowsAll, majority, brought::addAndGet);
    return new FallbackTopicLog(vertx, node.hazelcast(), new RedisTopicLog(vertx, new RedisLink(vertx, url, timeout), keys, MEMORY, timeout), surroundings, MEMORY, timeout, DEADLINE);
  }

  /** Ends a node at once, and its log with it. */
  void kill(int node) {
    await(logs.remove(node).close());
    grid.kill(nodes.get(node));
  }

  void awaitPhase(Phase phase) {
    eventually(() -> logs.stream().map(FallbackTopicLog::choice).allMatch(choice -> choice != null && choice.phase() == phase));
  }

  StoreChoice choice() {
    return logs.get(0).choice();
  }

  /** The logs that the cluster keeps in its memory. */
  IMap<String, ShardEntry> kept() {
    return nodes.get(0).hazelcast().getMap(HazelcastSettings.LOGS_MAP);
  }

  /** As when halves of a cluster meet, of which the other has kept this. */
  void meet(StoreChoice other) {
    IMap<String, ChoiceEntry> choices = nodes.get(0).hazelcast().getMap(HazelcastSettings.STORE_MAP);
    choices.set("choice", new ChoiceEntry(choice().joinedWith(other)));
  }

  @Override
  public void close() {
    logs.forEach(log -> await(log.close()));
    grid.close();
  }
}
