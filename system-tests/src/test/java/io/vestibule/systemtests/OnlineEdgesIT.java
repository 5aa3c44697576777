package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ClusterConfig;
import io.vestibule.cluster.ClusterLauncher;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application on the bus hears who comes online and who goes offline, each once, though nodes come, are killed, freeze and thaw. */
@Tag("waits")
class OnlineEdgesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String PROBE = "probe-";
  private static final String COPIED = "vestibule_presence_updates_total{direction=\"said\",outcome=\"applied\"}";
  private static final int USERS = 20;

  @RegisterExtension final Nodes nodes = new Nodes();
  private final List<JsonObject> edges = new CopyOnWriteArrayList<>();
  private final Map<String, Client> clients = new TreeMap<>();
  private ClusterNode application;

  @AfterEach
  void close() {
    if (application != null) {
      await(application.close());
    }
  }

  @Test
  void eachComingAndGoingIsSaidOnce() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(2);
    join();
    awaitHeard(cluster);
    for (int i = 0; i < USERS; i++) {
      come("u" + i, cluster.get(i % 2));
    }
    awaitOnline("everybody has come");

    VestibuleProcess third = nodes.start("third");
    for (int i = 0; i < 5; i++) {
      go("u" + i);
      come("late" + i, third);
    }
    awaitOnline("some have gone and others have come while shards moved");

    // With a node its connections go, and the shards that it owned.
    awaitCopied(cluster.get(0));
    cluster.get(0).signal("KILL");
    for (int i = 6; i < USERS; i += 2) {
      clients.remove("u" + i);
    }
    awaitOnline("a node was killed");
    for (String user : List.copyOf(clients.keySet())) {
      go(user);
    }
    awaitOnline("everybody has gone");
  }

  @Test
  @EnabledIfSystemProperty(named = "thorough", matches = "true")
  void aNodeThatIsFrozenAndThawedSaysNothingAnew() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(3);
    join();
    awaitHeard(cluster);
    for (int i = 0; i < USERS; i++) {
      come("u" + i, cluster.get(i % 2));
    }
    Client frozen = nodes.connect(cluster.get(2), "frozen");
    clients.put("frozen", frozen);
    awaitOnline("everybody has come");

    awaitCopied(cluster.get(2));
    cluster.get(2).signal("STOP");
    long stopped = System.nanoTime();
    clients.remove("frozen");
    awaitOnline("who is on the frozen node is not there");
    go("u0");
    come("late", cluster.get(1));
    awaitOnline("meanwhile somebody goes and somebody comes");
    Nodes.awaitMoment(stopped, Duration.ofSeconds(20));
    cluster.get(2).signal("CONT");
    clients.put("frozen", frozen);
    awaitOnline("who is on the thawed node is there again");
    for (String user : List.copyOf(clients.keySet())) {
      go(user);
    }
    awaitOnline("everybody has gone");
  }

  private void join() {
    var config = new ClusterConfig(nodes.clusterName(), "127.0.0.1", "", nodes.clusterPort(), 20, 0, List.of(), "", 1, Duration.ofSeconds(3), Duration.ofSeconds(10),
        new ClusterConfig.Tls("", "", ""));
    application = await(ClusterLauncher.launch(config, "application", Set.of(), new VertxOptions().setEventLoopPoolSize(2)));
    await(application.vertx().eventBus().<JsonObject>consumer(Addresses.PRESENCE_CHANGED.name(), message -> edges.add(message.body())).completion());
  }

  /** A registration is known to other nodes a moment after it was made: there is a user of each owner whom the application has heard of. */
  private void awaitHeard(List<VestibuleProcess> cluster) throws InterruptedException {
    Eventually.within(LIMIT, "the application knows the nodes",
        () -> application.membership().knowsAll() && application.membership().nodesWithRole(ShardKinds.PRESENCE.role()).size() == cluster.size());
    ShardDirectory directory = new ShardDirectory(application.membership());
    Set<String> heard = new TreeSet<>();
    for (int i = 0; heard.size() < cluster.size(); i++) {
      assertThat(i).as("probes").isLessThan(200);
      String user = PROBE + i;
      String owner = directory.ownerOf(ShardKinds.PRESENCE, "user." + user).map(NodeRef::id).orElse("");
      if (!owner.isEmpty() && !heard.contains(owner)) {
        nodes.connect(cluster.get(0), user);
        try {
          Eventually.within(SECOND, user + " is said to be online", () -> edges.stream().anyMatch(edge -> edge.getString("userId").equals(user)));
          heard.add(owner);
        } catch (AssertionError notYet) {
          // The next one is.
        }
      }
    }
  }

  /**
   * The owner who comes next may say again what was said just now, unless it has been copied to him. Two beats (2 s), each of which carries all that is due, have been answered: what is answered within
   * a second of the first may be of the same.
   */
  private static void awaitCopied(VestibuleProcess owner) throws Exception {
    for (int beats = 0; beats < 2; beats++) {
      double before = owner.figure(COPIED);
      Eventually.within(LIMIT, owner.name() + " has copied what it said", () -> owner.figure(COPIED) > before);
      Nodes.awaitMoment(System.nanoTime(), SECOND);
    }
  }

  private void come(String user, VestibuleProcess node) throws InterruptedException {
    clients.put(user, nodes.connect(node, user));
  }

  private void go(String user) {
    clients.remove(user).close();
  }

  /** Adds up what was said: nothing twice, and in the end all that is so. */
  private void awaitOnline(String what) {
    Eventually.within(LIMIT, () -> what + ": " + added() + " instead of " + clients.keySet(), () -> added().equals(clients.keySet()));
  }

  private Set<String> added() {
    Set<String> online = new TreeSet<>();
    for (JsonObject edge : edges) {
      if (edge.getString("userId").startsWith(PROBE)) {
        continue;
      }
      assertThat(edge.getBoolean("online") ? online.add(edge.getString("userId")) : online.remove(edge.getString("userId"))).as("%s, which is news", edge).isTrue();
      assertThat(edge.getLong("at")).isPositive();
    }
    return online;
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
