package io.vestibule.presence.bus;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.LocalTermStore;
import io.vestibule.cluster.ownership.OwnershipTimings;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.ownership.ShardOwnership;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.presence.PresenceFound.Found;
import io.vestibule.contract.presence.PresenceQuestion;
import io.vestibule.contract.presence.PresenceQuestion.Ask;
import io.vestibule.presence.PresenceConfig;
import io.vestibule.presence.PresenceEnvironment;
import io.vestibule.presence.PresenceVerticle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Presence nodes and gateways on one bus, each with its own view of the cluster. */
final class PresenceScene implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long TURN_NANOS = 5_000_000;

  final Vertx vertx = Vertx.vertx();
  final Bus bus = new Bus(vertx, Duration.ofSeconds(5), new SimpleMeterRegistry());
  final List<JsonObject> edges = new CopyOnWriteArrayList<>();
  private final LocalTermStore terms = new LocalTermStore();
  private final List<NodeRef> nodes = new ArrayList<>();
  private final List<HandMembership> memberships = new ArrayList<>();
  private final List<FakeGateway> gateways = new ArrayList<>();

  /** A node with the role presence. */
  record PresenceNode(NodeRef ref, HandMembership membership, ShardOwnership ownership, SimpleMeterRegistry meters, String deployment) {
    String id() {
      return ref.id();
    }
  }

  PresenceScene() {
    vertx.eventBus().<JsonObject>consumer(Addresses.PRESENCE_CHANGED.name(), message -> edges.add(message.body()));
  }

  PresenceNode presence(String id) {
    return presence(id, List.of());
  }

  /** Starts a presence node that does not know some of the others yet. */
  PresenceNode presence(String id, List<FakeGateway> strangers) {
    NodeRef ref = new NodeRef(id, id, Set.of(PresenceVerticle.ROLE));
    List<NodeRef> seen = new ArrayList<>(nodes);
    seen.add(ref);
    strangers.forEach(stranger -> seen.remove(stranger.ref));
    HandMembership membership = new HandMembership(ref, List.of(ref));
    membership.see(seen, strangers.isEmpty());
    join(ref, membership);
    var meters = new SimpleMeterRegistry();
    var ownership = new ShardOwnership(vertx, membership, terms, OwnershipTimings.forFailureTimeout(Duration.ofSeconds(10)), meters);
    var verticle = new PresenceVerticle(new PresenceEnvironment(bus, membership, ownership, meters), new PresenceConfig(Duration.ofMillis(20), 1_000, 100, Duration.ofDays(1), 6_400));
    return new PresenceNode(ref, membership, ownership, meters, await(vertx.deployVerticle(verticle)));
  }

  FakeGateway gateway(String id) {
    NodeRef ref = new NodeRef(id, id, Set.of(OwnedShards.GATEWAY));
    HandMembership membership = new HandMembership(ref, List.of(ref));
    FakeGateway gateway = new FakeGateway(ref, membership, bus);
    await(gateway.start());
    join(ref, membership);
    gateways.add(gateway);
    return gateway;
  }

  private void join(NodeRef ref, HandMembership membership) {
    nodes.add(ref);
    memberships.add(membership);
    for (HandMembership other : memberships) {
      if (other == membership && ref.roles().contains(PresenceVerticle.ROLE)) {
        continue;
      }
      other.see(List.copyOf(nodes), true);
    }
  }

  /** A node is gone, for all the others. */
  void gone(NodeRef ref) {
    nodes.remove(ref);
    memberships.removeIf(membership -> membership.self().equals(ref));
    gateways.removeIf(gateway -> gateway.ref.equals(ref));
    memberships.forEach(membership -> membership.see(List.copyOf(nodes), true));
  }

  /** A presence node ends as a kill would end it: the others see it go, and it says nothing more. */
  void kill(PresenceNode node) {
    await(vertx.undeploy(node.deployment()));
    gone(node.ref());
  }

  /** All know all. */
  void introduce(PresenceNode node) {
    node.membership().see(List.copyOf(nodes), true);
  }

  /** Asks the owner of a topic's shard. */
  Found find(FakeGateway by, String topic, String after, int limit) {
    return ask(owner(by, topic), topic, after, limit);
  }

  /** The node whose turn it is to own a topic's shard, as a gateway sees it. */
  String owner(FakeGateway by, String topic) {
    return new ShardDirectory(membershipOf(by)).ownerOf(ShardKinds.PRESENCE, topic).orElseThrow().id();
  }

  Found ask(String node, String topic, String after, int limit) {
    return await(bus.request(Addresses.PRESENCE_QUESTION.at(node), new PresenceQuestion(List.of(new Ask(topic, after, limit))), "flow")).found().get(0);
  }

  JsonObject health(PresenceNode node) {
    return await(new HealthService(bus).ask(PresenceVerticle.ROLE, node.id(), PATIENCE, "flow")).detailsJson();
  }

  private HandMembership membershipOf(FakeGateway gateway) {
    return memberships.stream().filter(membership -> membership.self().equals(gateway.ref)).findFirst().orElseThrow();
  }

  /** Waits for a condition, while the gateways speak. */
  void eventually(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List.copyOf(gateways).forEach(FakeGateway::speak);
      if (condition.getAsBoolean()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the condition did not come true within " + PATIENCE);
      }
      LockSupport.parkNanos(TURN_NANOS);
    }
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed.getCause() == null ? failed : failed.getCause());
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
