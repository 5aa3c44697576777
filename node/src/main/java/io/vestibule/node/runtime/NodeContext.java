package io.vestibule.node.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vestibule.admission.AdmissionConfig;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.ShardOwnership;
import io.vestibule.gateway.GatewayAdmissionConfig;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.admission.SlotLeases;
import io.vestibule.node.config.VestibuleConfig;
import io.vestibule.node.operations.OperationsRoutes;
import java.util.function.IntConsumer;

/**
 * What a role is built from. The configuration is complete: in development mode it has the secret that the cluster shares.
 *
 * @param config of this node
 * @param developmentMode no auth was configured
 * @param resumeSecrets of resume tokens; the same on all nodes
 * @param cluster this process as a node
 * @param ownership decides which node owns which shard
 * @param bus the only way onto the event bus
 * @param meters where figures go
 * @param operations health and metrics, to be mounted by whoever listens
 * @param listening told the port that the gateway really listens on, once it does
 */
public record NodeContext(
    VestibuleConfig config,
    boolean developmentMode,
    ResumeSecrets resumeSecrets,
    ClusterNode cluster,
    ShardOwnership ownership,
    Bus bus,
    MeterRegistry meters,
    OperationsRoutes operations,
    IntConsumer listening) {

  public Vertx vertx() {
    return cluster.vertx();
  }

  public Membership membership() {
    return cluster.membership();
  }

  /** This node. */
  public NodeRef self() {
    return cluster.membership().self();
  }

  /** What the gateway has to know of the waiting line. */
  public GatewayAdmissionConfig gatewayAdmission() {
    AdmissionConfig admission = config.admission();
    return new GatewayAdmissionConfig(admission.whenUnavailable() == AdmissionConfig.Unavailable.OPEN, admission.sessionTtl(),
        admission.maxSessionState(), resumeSecrets, config.cluster().name(), admission.ipJoins(), admission.slotGrace(),
        SlotLeases.patience(admission.slotGrace(), config.cluster().failureTimeout()));
  }

  /** What the gateway is configured with. */
  public GatewayConfig gatewayConfig() {
    return config.gatewayConfig();
  }
}
