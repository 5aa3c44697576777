package io.vestibule.node.runtime;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxOptions;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterLauncher;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.ClusterView;
import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import io.vestibule.node.operations.Health;
import io.vestibule.node.operations.OperationsRoutes;
import io.vestibule.node.operations.OperationsServer;
import io.vestibule.node.operations.Scrape;
import io.vestibule.node.process.Version;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A running node: joined to the cluster, with the verticles of its roles deployed. Thread-safe. */
public final class Node {
  private static final int NOT_LISTENING = -1;

  private final VestibuleConfig config;
  private final Meters meters;
  private final ClusterNode cluster;
  private final Bus bus;
  private final Health health;
  private final AtomicInteger gatewayPort = new AtomicInteger(NOT_LISTENING);
  private final AtomicInteger operationsPort = new AtomicInteger(NOT_LISTENING);
  private final Deque<String> deployments = new ArrayDeque<>();

  private Node(VestibuleConfig config, Meters meters, ClusterNode cluster) {
    this.config = config;
    this.meters = meters;
    this.cluster = cluster;
    this.bus = new Bus(cluster.vertx(), config.cluster().requestTimeout(), meters.registry());
    List<String> roles = RoleDeployments.of(config.node()).stream().map(deployment -> deployment.role().slug()).toList();
    this.health = new Health(cluster, bus, roles, config);
  }

  /**
   * Joins the cluster and deploys the roles, one after the other.
   *
   * @return the node, serving; fails after having taken everything down again
   */
  public static Future<Node> start(VestibuleConfig config) {
    Set<String> roles = config.node().roles().stream().map(Role::slug).collect(Collectors.toSet());
    var options = new VertxOptions().setPreferNativeTransport(true);
    // A promise of no context: one of Vert.x would be completed on an event loop, which is gone after a failed start.
    Promise<Node> started = Promise.promise();
    ClusterLauncher.launch(config.cluster(), NodeName.of(config), roles, options)
        .map(cluster -> new Node(config, new Meters(Version.current()), cluster))
        .onSuccess(node -> node.deploy().onComplete(
            deployed -> started.complete(node),
            thrown -> node.stop().onComplete(stopped -> started.fail(thrown))))
        .onFailure(started::fail);
    return started.future();
  }

  private Future<Void> deploy() {
    return Future.all(secured(), admissionSecret()).compose(secrets -> {
      var scrape = Optional.of(new Scrape(cluster.vertx(), meters.registry())).filter(figures -> config.operations().metrics());
      var routes = new OperationsRoutes(health, scrape);
      var context = new NodeContext(secrets.resultAt(0), config.developmentMode(), secrets.resultAt(1), cluster, bus, meters.registry(), routes,
          gatewayPort::set);
      Future<Void> deployed = Future.succeededFuture();
      if (config.operations().ownPort()) {
        deployed = deployed.compose(done -> deployed(cluster.vertx().deployVerticle(
            new OperationsServer(config.operations(), routes, operationsPort::set), new DeploymentOptions())));
      }
      for (RoleDeployment deployment : RoleDeployments.of(config.node())) {
        deployed = deployed.compose(done -> deployed(deployment.deploy(context)));
      }
      return deployed;
    });
  }

  private Future<Void> deployed(Future<String> deployment) {
    return deployment.onSuccess(id -> {
      synchronized (deployments) {
        deployments.push(id);
      }
    }).mapEmpty();
  }

  private Future<VestibuleConfig> secured() {
    if (!config.developmentMode()) {
      return Future.succeededFuture(config);
    }
    return shared(SharedSecret.DEVELOPMENT).map(config::withSecret);
  }

  private Future<String> admissionSecret() {
    String configured = config.admission().secret();
    return configured.isEmpty() ? shared(SharedSecret.ADMISSION) : Future.succeededFuture(configured);
  }

  private Future<String> shared(SharedSecret secret) {
    return secret.get(cluster.vertx(), new SecureRandom(), config.cluster().requestTimeout().toMillis());
  }

  /**
   * Stops in good order: says it is not ready, takes the roles down in reverse (the gateway says goodbye to its clients), leaves the cluster.
   * A second call does nothing more. It takes as long as it takes; the caller has the deadline.
   */
  public Future<Void> stop() {
    health.drain();
    Future<Void> undeployed = Future.succeededFuture();
    for (String id = next(); id != null; id = next()) {
      String deployment = id;
      // A verticle that fails to stop must not keep the others from stopping.
      undeployed = undeployed.eventually(() -> cluster.vertx().undeploy(deployment)).otherwiseEmpty();
    }
    return undeployed.eventually(bus::close).eventually(cluster::close).onComplete(closed -> meters.close());
  }

  private String next() {
    synchronized (deployments) {
      return deployments.poll();
    }
  }

  /** Who is in the cluster. */
  public ClusterView view() {
    return cluster.membership().view();
  }

  /** The port that the gateway listens on; empty where there is none. */
  public OptionalInt gatewayPort() {
    return port(gatewayPort);
  }

  /** The port of operations' own; empty where there is none. */
  public OptionalInt operationsPort() {
    return port(operationsPort);
  }

  private static OptionalInt port(AtomicInteger port) {
    return port.get() == NOT_LISTENING ? OptionalInt.empty() : OptionalInt.of(port.get());
  }
}
