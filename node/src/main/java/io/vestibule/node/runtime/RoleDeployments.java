package io.vestibule.node.runtime;

import io.vestibule.admission.AdmissionVerticle;
import io.vestibule.metrics.MetricsVerticle;
import io.vestibule.gateway.GatewayEnvironment;
import io.vestibule.gateway.GatewayVerticle;
import io.vestibule.node.config.NodeConfig;
import io.vestibule.node.config.Role;
import io.vestibule.presence.PresenceEnvironment;
import io.vestibule.presence.PresenceVerticle;
import java.util.List;

/** Every role that can be deployed, in the order of starting; stopping goes the other way, so the gateway, being last, says goodbye first. */
final class RoleDeployments {
  private RoleDeployments() {}

  /** The deployments of a node's roles. */
  static List<RoleDeployment> of(NodeConfig node) {
    return all().stream().filter(deployment -> node.runs(deployment.role())).toList();
  }

  private static List<RoleDeployment> all() {
    return List.of(
        RoleDeployment.single(Role.METRICS, node -> new MetricsVerticle(node.bus(), node.membership())),
        RoleDeployment.single(Role.ADMISSION, node -> new AdmissionVerticle(AdmissionWiring.of(node), node.config().admission())),
        RoleDeployment.single(Role.PRESENCE, node -> new PresenceVerticle(
            new PresenceEnvironment(node.bus(), node.membership(), node.ownership(), node.meters()), node.config().presence())),
        RoleDeployment.single(Role.GATEWAY, node -> new GatewayVerticle(node.gatewayConfig(), new GatewayEnvironment(node.bus(),
            node.membership(), node.meters(), node.developmentMode(), node.gatewayAdmission(), LogWiring.of(node), LogWiring.members(node), List.of(node.operations()::mount), node.listening(),
            node.config().node().leaveWithin()))));
  }
}
