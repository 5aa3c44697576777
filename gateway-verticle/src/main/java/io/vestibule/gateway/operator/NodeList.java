package io.vestibule.gateway.operator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.gateway.load.ClusterLoads;
import java.util.List;
import java.util.TreeSet;

/** The nodes of the cluster as an operator sees them. */
public final class NodeList {
  private static final double WHOLE = 1_000;

  private NodeList() {}

  /** All live nodes, as this one sees them; a gateway that has not spoken yet has no {@code gateway}. */
  public static JsonObject of(ClusterView view, ClusterLoads loads) {
    JsonArray nodes = new JsonArray();
    view.nodes().forEach(node -> nodes.add(node(node, loads)));
    return new JsonObject().put("self", view.self().id()).put("nodes", nodes);
  }

  private static JsonObject node(NodeRef node, ClusterLoads loads) {
    JsonObject json = new JsonObject().put("id", node.id()).put("name", node.name()).put("roles", new JsonArray(List.copyOf(new TreeSet<>(node.roles()))));
    loads.all().stream().filter(gateway -> gateway.node().id().equals(node.id())).findFirst()
        .flatMap(ClusterLoads.Gateway::load).ifPresent(load -> json.put("gateway", gateway(load)));
    return json;
  }

  private static JsonObject gateway(GatewayLoad load) {
    return new JsonObject()
        .put("draining", load.draining())
        .put("connections", load.connections())
        .put("maxConnections", load.maxConnections())
        .put("loopLagMs", load.loopLagMs())
        .put("heapAfterGc", load.heapAfterGc() / WHOLE)
        .put("cpu", load.cpu() / WHOLE);
  }
}
