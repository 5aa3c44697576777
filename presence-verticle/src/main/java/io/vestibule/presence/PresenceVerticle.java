package io.vestibule.presence;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.Membership;
import io.vestibule.contract.message.HealthReport;

/** Who is where. It owns no shards yet, and says so in its health. */
public final class PresenceVerticle extends VerticleBase {
  /** The role of nodes that run this verticle. */
  public static final String ROLE = "presence";

  private final Bus bus;
  private final Membership membership;

  /**
   * A verticle to deploy once on a node with the role.
   *
   * @param bus the node's bus
   * @param membership the cluster as the node sees it
   */
  public PresenceVerticle(Bus bus, Membership membership) {
    this.bus = bus;
    this.membership = membership;
  }

  @Override
  public Future<?> start() {
    return new HealthService(bus).serve(ROLE, membership.self().id(), this::health);
  }

  private HealthReport health() {
    return HealthReport.of(true, new JsonObject().put("shards", 0).put("nodes", membership.nodesWithRole(ROLE).size()));
  }
}
