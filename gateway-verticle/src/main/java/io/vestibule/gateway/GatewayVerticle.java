package io.vestibule.gateway;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.HealthService;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.gateway.auth.KeySource;
import java.util.ArrayList;
import java.util.List;

/**
 * The gateway of a node: opens the keys, starts an instance on each event loop, answers for their health. Undeployed, it says goodbye to every client first.
 */
public final class GatewayVerticle extends VerticleBase {
  /** The role of nodes that run this verticle. */
  public static final String ROLE = "gateway";

  /** Vert.x gives all servers that ask for the same negative port one free port together; each that asks for 0 gets its own. */
  private static final int ANY_FREE_PORT = -1;

  private final GatewayConfig config;
  private final GatewayEnvironment environment;
  private final List<GatewayInstance> instances = new ArrayList<>();
  private GatewayNode node;

  public GatewayVerticle(GatewayConfig config, GatewayEnvironment environment) {
    this.config = config;
    this.environment = environment;
  }

  @Override
  public Future<?> start() {
    int wanted = config.gateway().instances();
    int count = wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors();
    return KeySource.open(vertx, config.auth()).compose(keys -> {
      node = new GatewayNode(config, environment, keys);
      int port = config.gateway().http().port() == 0 ? ANY_FREE_PORT : config.gateway().http().port();
      return deploy(port)
          .compose(first -> deployMore(count - 1, port))
          .compose(all -> new HealthService(environment.bus())
              .serve(ROLE, environment.membership().self().id(), this::health))
          .onSuccess(serving -> environment.listening().accept(port()));
    }).recover(failed -> stop().transform(stopped -> Future.failedFuture(failed)));
  }

  private Future<GatewayInstance> deploy(int port) {
    GatewayInstance instance = new GatewayInstance(node, port);
    return vertx.deployVerticle(instance, new DeploymentOptions()).map(id -> {
      instances.add(instance);
      return instance;
    });
  }

  private Future<?> deployMore(int count, int port) {
    List<Future<GatewayInstance>> more = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      more.add(deploy(port));
    }
    return Future.all(more);
  }

  /** The port that clients connect to, once started. */
  public int port() {
    return instances.get(0).port();
  }

  private HealthReport health() {
    return HealthReport.of(!node.draining() && node.keys.ready(), new JsonObject()
        .put("connections", node.meters.connections())
        .put("draining", node.draining())
        .put("keys", node.keys.ready())
        .put("port", port()));
  }

  /** Takes no new sockets from now on; those that are open stay. */
  public void refuseNew() {
    node.drain();
  }

  @Override
  public Future<?> stop() {
    // The instances are its children, which Vert.x stops first.
    return node == null ? Future.succeededFuture() : node.keys.close();
  }
}
