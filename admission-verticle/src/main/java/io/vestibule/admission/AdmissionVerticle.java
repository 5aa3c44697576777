package io.vestibule.admission;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vestibule.admission.bus.AdmissionBus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Registration;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.message.HealthReport;

/** The waiting line: leads the queues that are this node's turn. One instance a node. */
public final class AdmissionVerticle extends VerticleBase {
  /** The role of nodes that run this verticle. */
  public static final String ROLE = ShardKinds.QUEUES.role();

  private final AdmissionEnvironment environment;
  private final AdmissionConfig config;
  private AdmissionBus line;
  private Registration health;

  /**
   * A verticle to deploy once on a node with the role.
   *
   * @param config the {@code admission} part of the configuration
   */
  public AdmissionVerticle(AdmissionEnvironment environment, AdmissionConfig config) {
    this.environment = environment;
    this.config = config;
  }

  @Override
  public Future<?> start() {
    line = new AdmissionBus(vertx, environment, ConfiguredQueues.of(config), config.adaptive());
    return line.start()
        .compose(started -> new HealthService(environment.bus()).serve(ROLE, environment.membership().self().id(),
            () -> HealthReport.of(line.isHealthy(), line.health())))
        .onSuccess(served -> health = served);
  }

  @Override
  public Future<?> stop() {
    Future<Void> silent = health == null ? Future.succeededFuture() : health.close();
    return silent.eventually(line::stop).eventually(environment.store()::close);
  }
}
