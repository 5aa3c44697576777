package io.vestibule.admission;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Membership;
import io.vestibule.contract.message.HealthReport;

/** The waiting line. It holds no queues yet: everybody is admitted, and its health says so. */
public final class AdmissionVerticle extends VerticleBase {
  /** The role of nodes that run this verticle. */
  public static final String ROLE = "admission";

  private final Bus bus;
  private final Membership membership;
  private final AdmissionConfig config;

  /**
   * A verticle to deploy once on a node with the role.
   *
   * @param bus the node's bus
   * @param membership the cluster as the node sees it
   * @param config the {@code admission} part of the configuration
   */
  public AdmissionVerticle(Bus bus, Membership membership, AdmissionConfig config) {
    this.bus = bus;
    this.membership = membership;
    this.config = config;
  }

  @Override
  public Future<?> start() {
    return new HealthService(bus).serve(ROLE, membership.self().id(), this::health);
  }

  private HealthReport health() {
    return HealthReport.of(true, new JsonObject()
        .put("queues", 0)
        .put("capacity", config.capacity())
        .put("enforced", false)
        .put("nodes", membership.nodesWithRole(ROLE).size()));
  }
}
