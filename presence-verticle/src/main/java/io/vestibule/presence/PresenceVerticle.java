package io.vestibule.presence;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.presence.bus.PresenceBus;

/** Who is where: owns the shards of topics that are this node's turn. One instance a node. */
public final class PresenceVerticle extends VerticleBase {
  /** The role of nodes that run this verticle. */
  public static final String ROLE = ShardKinds.PRESENCE.role();

  private final PresenceEnvironment environment;
  private final PresenceConfig config;
  private PresenceBus presence;
  private Registration health;

  /**
   * A verticle to deploy once on a node with the role.
   *
   * @param config the {@code presence} part of the configuration
   */
  public PresenceVerticle(PresenceEnvironment environment, PresenceConfig config) {
    this.environment = environment;
    this.config = config;
  }

  @Override
  public Future<?> start() {
    presence = new PresenceBus(vertx, environment, config);
    return presence.start()
        .compose(started -> new HealthService(environment.bus()).serve(ROLE, environment.membership().self().id(), () -> HealthReport.of(true, presence.health())))
        .onSuccess(served -> health = served);
  }

  @Override
  public Future<?> stop() {
    Future<Void> silent = health == null ? Future.succeededFuture() : health.close();
    return silent.eventually(presence::stop);
  }
}
