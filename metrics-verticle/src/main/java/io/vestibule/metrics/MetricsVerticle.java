package io.vestibule.metrics;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Membership;
import io.vestibule.contract.message.HealthReport;

/** The figures of the whole cluster. Each node still serves its own, and this verticle knows how many there are to ask. */
public final class MetricsVerticle extends VerticleBase {
  /** The role of nodes that run this verticle. */
  public static final String ROLE = "metrics";

  private final Bus bus;
  private final Membership membership;

  /**
   * A verticle to deploy once on a node with the role.
   *
   * @param bus the node's bus
   * @param membership the cluster as the node sees it
   */
  public MetricsVerticle(Bus bus, Membership membership) {
    this.bus = bus;
    this.membership = membership;
  }

  @Override
  public Future<?> start() {
    return new HealthService(bus).serve(ROLE, membership.self().id(), this::health);
  }

  private HealthReport health() {
    return HealthReport.of(true, new JsonObject().put("nodes", membership.view().nodes().size()));
  }
}
