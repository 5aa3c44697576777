package io.vestibule.node.runtime;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxOptions;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterLauncher;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.hazelcast.HazelcastTermStore;
import io.vestibule.cluster.ownership.DatedTermStore;
import io.vestibule.cluster.ownership.MajorityTermStore;
import io.vestibule.cluster.ownership.OwnershipTimings;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.ownership.ShardOwnership;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.node.config.Role;
import io.vestibule.node.config.VestibuleConfig;
import io.vestibule.node.operations.Health;
import io.vestibule.node.operations.OperationsRoutes;
import io.vestibule.node.operations.OperationsServer;
import io.vestibule.node.operations.Scrape;
import io.vestibule.node.process.ProcessFailure;
import io.vestibule.node.process.Version;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A node: joined to the cluster, then with the verticles of its roles deployed. Thread-safe. */
public final class Node {
  private static final int NOT_LISTENING = -1;

  private final VestibuleConfig config;
  private final Meters meters;
  private final ClusterNode cluster;
  private final Bus bus;
  private final ShardOwnership ownership;
  private final Health health;
  private final AtomicInteger gatewayPort = new AtomicInteger(NOT_LISTENING);
  private final AtomicInteger operationsPort = new AtomicInteger(NOT_LISTENING);
  private final Deque<String> deployments = new ArrayDeque<>();
  /** Null where the secret is configured, and until it is known. */
  private volatile MadeUpSecrets madeUp;
  private volatile Future<Void> deployed = Future.succeededFuture();
  /** Null until it is stopped. */
  private volatile Future<Void> stopped;

  private Node(VestibuleConfig config, Meters meters, ClusterNode cluster) {
    this.config = config;
    this.meters = meters;
    this.cluster = cluster;
    this.bus = new Bus(cluster.vertx(), config.cluster().requestTimeout(), meters.registry());
    this.ownership = ownership(config, cluster, meters);
    List<String> roles = RoleDeployments.of(config.node()).stream().map(deployment -> deployment.role().slug()).toList();
    this.health = new Health(cluster, bus, roles, config);
  }

  private static ShardOwnership ownership(VestibuleConfig config, ClusterNode cluster, Meters meters) {
    var timings = OwnershipTimings.forFailureTimeout(config.cluster().failureTimeout());
    var terms = new HazelcastTermStore(cluster.vertx(), cluster.hazelcast(), timings.storeDeadline());
    var majority = new Majority(config.cluster().expectedSize());
    var guarded = new MajorityTermStore(new DatedTermStore(terms, System::currentTimeMillis), Set.of(ShardKinds.QUEUES), () -> cluster.isMinority(majority) || cluster.isLeftBehind());
    return new ShardOwnership(cluster.vertx(), cluster.membership(), guarded, timings, meters.registry());
  }

  /**
   * Joins the cluster.
   *
   * @return the node, which does not serve yet; fails with a {@link ProcessFailure} where it must not work with the nodes that are there
   */
  public static Future<Node> join(VestibuleConfig config) {
    Set<String> roles = config.node().roles().stream().map(Role::slug).collect(Collectors.toSet());
    var options = new VertxOptions().setPreferNativeTransport(true);
    Mode mode = Mode.of(config);
    return ClusterLauncher.launch(config.cluster(), NodeName.of(config), roles, mode.slug(), options, UnaryOperator.identity())
        .compose(cluster -> mode.goesWith(cluster.modesOfOthers()) ? Future.succeededFuture(cluster)
            : cluster.close().transform(left -> Future.failedFuture(mode.refusal(config.cluster().name()))))
        .map(cluster -> new Node(config, new Meters(Version.current()), cluster));
  }

  /**
   * Deploys the roles, one after the other; no further one once the node is being stopped. Once only.
   *
   * @return done when the node serves; fails after having taken everything down again
   */
  public Future<Void> serve() {
    // A promise of no context: one of Vert.x would be completed on an event loop, which is gone after a failed start.
    Promise<Void> serving = Promise.promise();
    deployed = deploy();
    deployed.onComplete(serving::complete, thrown -> stop().onComplete(stopped -> serving.fail(thrown)));
    return serving.future();
  }

  private Future<Void> deploy() {
    return Future.all(secured(), resumeSecrets()).compose(secrets -> {
      var scrape = Optional.of(new Scrape(cluster.vertx(), meters.registry())).filter(figures -> config.operations().metrics());
      var routes = new OperationsRoutes(health, scrape);
      var context = new NodeContext(secrets.resultAt(0), config.developmentMode(), secrets.resultAt(1), cluster, ownership, bus, meters.registry(),
          routes, gatewayPort::set);
      Future<Void> all = Future.succeededFuture();
      if (config.operations().ownPort()) {
        all = all.compose(done -> unlessStopping(() -> cluster.vertx().deployVerticle(
            new OperationsServer(config.operations(), routes, operationsPort::set), new DeploymentOptions())));
      }
      for (RoleDeployment deployment : RoleDeployments.of(config.node())) {
        all = all.compose(done -> unlessStopping(() -> deployment.deploy(context)));
      }
      return all;
    });
  }

  private Future<Void> unlessStopping(Supplier<Future<String>> deployment) {
    if (stopped != null) {
      return Future.failedFuture("the node is being stopped");
    }
    return deployment.get().onSuccess(id -> {
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

  private Future<ResumeSecrets> resumeSecrets() {
    String configured = config.admission().secret();
    if (!configured.isEmpty()) {
      return Future.succeededFuture(ResumeSecrets.of(configured));
    }
    return shared(SharedSecret.ADMISSION).compose(secret -> SharedSecret.ADMISSION.shared(cluster.vertx()).map(map -> {
      madeUp = MadeUpSecrets.start(cluster.vertx(), map, secret, config.cluster().requestTimeout().toMillis());
      return madeUp;
    }));
  }

  private Future<String> shared(SharedSecret secret) {
    return secret.get(cluster.vertx(), new SecureRandom(), config.cluster().requestTimeout().toMillis());
  }

  /**
   * Stops in good order: says it is not ready, takes the roles down in reverse (the gateway says goodbye to its clients), leaves the cluster. While the roles are
   * being deployed it waits for the one that is on its way. A second call does nothing more. It takes as long as it takes; the caller has the deadline.
   */
  public synchronized Future<Void> stop() {
    if (stopped == null) {
      health.drain();
      // Known before anything of it happens: it keeps the deployment that is on its way from being followed by another.
      Promise<Void> begin = Promise.promise();
      stopped = begin.future().compose(now -> deployed.otherwiseEmpty()).eventually(this::undeploy).eventually(ownership::close)
          .eventually(bus::close).eventually(cluster::close)
          .onComplete(closed -> meters.close());
      begin.complete();
    }
    return stopped;
  }

  private Future<Void> undeploy() {
    if (madeUp != null) {
      madeUp.close();
    }
    Future<Void> undeployed = Future.succeededFuture();
    for (String id = next(); id != null; id = next()) {
      String deployment = id;
      // A verticle that fails to stop must not keep the others from stopping.
      undeployed = undeployed.eventually(() -> cluster.vertx().undeploy(deployment)).otherwiseEmpty();
    }
    return undeployed;
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
