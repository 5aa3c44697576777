package io.vestibule.systemtests.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;

/** The three nodes of a run, and what is done to them. */
final class Bed implements Doors {
  static final List<String> NAMES = List.of("a", "b", "c");
  static final long FAILURE_MS = 5_000;
  private static final Duration WHOLE = Duration.ofSeconds(120);
  private static final List<String> COUNTERS = List.of("vestibule_log_read_total", "vestibule_log_gaps_total", "vestibule_log_renewed_total");

  private final Nodes nodes;
  private final Networks networks;
  private final Redis redis;
  private final Path jar;
  private final Path rules;
  private final Map<String, VestibuleProcess> running = new ConcurrentSkipListMap<>();
  private final Set<String> shut = ConcurrentHashMap.newKeySet();
  private final Map<VestibuleProcess, Map<String, Double>> counted = new ConcurrentHashMap<>();

  /**
   * Nodes that are not started.
   *
   * @param networks made, or null where nodes cannot be cut off
   * @param redis null for the cluster's memory
   * @param rules a file of the configuration
   */
  Bed(Nodes nodes, Networks networks, Redis redis, Path jar, Path rules) {
    this.nodes = nodes;
    this.networks = networks;
    this.redis = redis;
    this.jar = jar;
    this.rules = rules;
  }

  void start() throws IOException, InterruptedException {
    if (redis != null) {
      redis.start();
    }
    for (String name : NAMES) {
      running.put(name, launch(name));
    }
    for (VestibuleProcess node : running.values()) {
      node.awaitReady();
    }
    awaitWhole();
  }

  private VestibuleProcess launch(String name) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--conf", rules.toString()));
    for (String setting : List.of("cluster.expected-size=3", "cluster.failure-timeout=" + FAILURE_MS + "ms", "store.memory=1GiB", "gateway.limits.messages-per-second=0", "gateway.limits.connections-per-ip=0",
        "gateway.limits.auth-timeout=60s", "admission.ip-joins=0", "admission.user-joins=0", "admission.max-connections-per-user=0")) {
      arguments.addAll(List.of("--set", setting));
    }
    if (redis != null) {
      arguments.addAll(List.of("--set", "store.type=redis", "--set", "store.redis.url=" + (networks == null ? redis.url() : redis.url(networks.host(name).ourAddress()))));
    }
    String[] all = arguments.toArray(String[]::new);
    return networks == null ? nodes.launch(jar, name, all) : nodes.launch(networks, jar, name, all);
  }

  private void awaitWhole() {
    List<VestibuleProcess> all = List.copyOf(running.values());
    nodes.awaitOneCluster(all, WHOLE);
    // A node that is ready has the backups of what it has, so the next may die.
    nodes.awaitReady(all, WHOLE);
  }

  @Override
  public String any(RandomGenerator random) {
    List<String> open = running.keySet().stream().filter(name -> !shut.contains(name)).toList();
    return running.get(open.get(random.nextInt(open.size()))).url();
  }

  @Override
  public String token(String user) {
    return nodes.token(user);
  }

  /**
   * Does it, and puts it in order again.
   *
   * @return what happened: a machine that is held up freezes a node for longer
   */
  Fault suffer(Fault fault) throws IOException, InterruptedException {
    Fault happened = fault;
    if (fault instanceof Fault.Kill kill) {
      count();
      shut.add(kill.node());
      running.get(kill.node()).signal("KILL");
      running.get(kill.node()).awaitExit(WHOLE);
      VestibuleProcess anew = launch(kill.node());
      anew.awaitReady();
      running.put(kill.node(), anew);
      shut.remove(kill.node());
    } else if (fault instanceof Fault.Freeze freeze) {
      shut.add(freeze.node());
      long began = System.nanoTime();
      running.get(freeze.node()).signal("STOP");
      Nodes.awaitMoment(System.nanoTime(), Duration.ofMillis(freeze.ms()));
      running.get(freeze.node()).signal("CONT");
      happened = new Fault.Freeze(freeze.node(), Duration.ofNanos(System.nanoTime() - began).toMillis());
      shut.remove(freeze.node());
    } else if (fault instanceof Fault.Partition partition) {
      networks.cut(partition.node());
      Nodes.awaitMoment(System.nanoTime(), Duration.ofMillis(partition.ms()));
      networks.heal(partition.node());
    } else if (fault instanceof Fault.Outage outage) {
      redis.kill();
      Nodes.awaitMoment(System.nanoTime(), Duration.ofMillis(outage.ms()));
      redis.start();
    }
    awaitWhole();
    return happened;
  }

  /** Notes the counters of the nodes that answer. */
  void count() {
    running.forEach((name, node) -> {
      if (!shut.contains(name)) {
        try {
          Map<String, Double> values = new ConcurrentHashMap<>();
          node.get("/metrics").body().lines().filter(line -> COUNTERS.stream().anyMatch(line::startsWith))
              .forEach(line -> values.merge(line.substring(0, line.indexOf(line.contains("{") ? '{' : ' ')), Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)), Double::sum));
          counted.put(node, values);
        } catch (IOException notNow) {
          // What it said last counts.
        } catch (InterruptedException stopped) {
          Thread.currentThread().interrupt();
        }
      }
    });
  }

  /** What a counter is on all nodes together, those that were killed with what they said last. */
  long counted(String counter) {
    return counted.values().stream().mapToLong(values -> values.getOrDefault(counter, 0.0).longValue()).sum();
  }

  /** Where the log of a topic ends, as its newest message says. */
  Place head(String topic) throws IOException, InterruptedException {
    var answer = running.get(NAMES.get(0)).post("/api/history", Nodes.API_KEY, new JsonObject().put("topic", topic).put("limit", 1).put("reverse", true));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonArray messages = new JsonObject(answer.body()).getJsonArray("messages");
    return messages.isEmpty() ? Place.NONE : Place.of(messages.getJsonObject(0));
  }
}
