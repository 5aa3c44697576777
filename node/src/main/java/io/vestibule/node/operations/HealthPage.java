package io.vestibule.node.operations;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ClusterView;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.node.config.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/**
 * How a node is, at one moment.
 *
 * @param view the cluster as the node sees it
 * @param safe the node has joined, and what it holds has its backup elsewhere
 * @param draining it is going away
 * @param needsAdmission it has sockets that nobody is let in on without a node that leads queues
 * @param reports what the verticle of each role says, an unhealthy report with an {@code error} where it did not answer
 */
record HealthPage(ClusterView view, boolean safe, boolean draining, boolean needsAdmission, Map<String, HealthReport> reports) {
  private static final String ADMISSION = Role.ADMISSION.slug();
  private static final String DURABILITY = "durability";

  /** Why the node is not ready; empty when it is. */
  List<String> obstacles() {
    var obstacles = new ArrayList<String>();
    if (draining) {
      obstacles.add("draining");
    }
    if (!safe) {
      obstacles.add("cluster_not_safe");
    }
    if (needsAdmission && view.nodes().stream().noneMatch(node -> node.roles().contains(ADMISSION))) {
      obstacles.add(ADMISSION);
    }
    reports.forEach((role, report) -> {
      if (!report.healthy()) {
        obstacles.add("role_" + role);
      }
    });
    return obstacles;
  }

  boolean ready() {
    return obstacles().isEmpty();
  }

  /** Where what the cluster keeps is kept, as the role says that keeps it; null where this node does not run it, or it does not answer. */
  private Object durability() {
    return reports.values().stream().map(report -> report.detailsJson().getValue(DURABILITY)).filter(Objects::nonNull).findFirst().orElse(null);
  }

  /** The answer of {@code /health/ready}. */
  JsonObject summary() {
    return new JsonObject().put("status", ready() ? "ready" : "not_ready").put("obstacles", new JsonArray(obstacles()));
  }

  /** What {@code /health} adds to it. */
  JsonObject details() {
    var roles = new JsonObject();
    reports.forEach((role, report) ->
        roles.put(role, new JsonObject().put("healthy", report.healthy()).put("details", report.detailsJson())));
    var members = new JsonArray();
    view.nodes().forEach(node -> members.add(
        new JsonObject().put("id", node.id()).put("name", node.name()).put("roles", new JsonArray(List.copyOf(new TreeSet<>(node.roles()))))));
    return summary()
        .put("node", new JsonObject().put("id", view.self().id()).put("name", view.self().name()))
        .put("roles", roles)
        .put("members", members)
        .put(DURABILITY, durability());
  }
}
