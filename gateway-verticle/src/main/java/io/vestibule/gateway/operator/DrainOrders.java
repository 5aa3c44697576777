package io.vestibule.gateway.operator;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayOutcome;
import io.vestibule.gateway.GatewayVerticle;
import java.time.Duration;
import java.util.List;

/** Tells gateway nodes to drain and to serve again, wherever they are. Any thread. */
public final class DrainOrders {
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private final Bus bus;
  private final Membership membership;

  public DrainOrders(Bus bus, Membership membership) {
    this.bus = bus;
    this.membership = membership;
  }

  /**
   * Which nodes are meant.
   *
   * @param node name or id, or null for this one
   * @param cluster all of them; {@code node} is null then
   */
  public record Target(String node, boolean cluster) {}

  /**
   * Gives an order.
   *
   * @return the nodes that do it, with the connections they have, and the names of those that did not answer; fails where nobody did, and with {@code not_found} where there is no
   *     such node
   */
  public Future<JsonObject> order(Target target, GatewayCommand command, String correlationId) {
    List<NodeRef> nodes;
    try {
      nodes = meant(target);
    } catch (Failure unknown) {
      return Future.failedFuture(unknown);
    }
    return Round.ask(nodes, node -> bus.request(Addresses.GATEWAY_COMMAND.at(node.id()), command, DEADLINE, correlationId))
        .compose(round -> round.answers().isEmpty() ? Future.failedFuture(silent(round)) : Future.succeededFuture(told(round)));
  }

  private List<NodeRef> meant(Target target) {
    List<NodeRef> all = membership.nodesWithRole(GatewayVerticle.ROLE);
    if (target.cluster) {
      return all;
    }
    String wanted = target.node == null ? membership.self().id() : target.node;
    List<NodeRef> found = all.stream().filter(node -> node.id().equals(wanted) || node.name().equals(wanted)).toList();
    if (found.isEmpty()) {
      throw Failure.of(ErrorReason.NOT_FOUND, "No gateway node has this name or id.").with("field", "node")
          .with("known", all.stream().map(NodeRef::name).toList());
    }
    if (found.size() > 1) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "node", "More than one node has this name; use the id.")
          .with("known", found.stream().map(NodeRef::id).toList());
    }
    return found;
  }

  private static Failure silent(Round<GatewayOutcome> round) {
    return Failure.of(ErrorReason.UNAVAILABLE, "The node does not answer.").with("unreachable", round.failures().keySet().stream().map(NodeRef::name).toList());
  }

  private static JsonObject told(Round<GatewayOutcome> round) {
    JsonArray nodes = new JsonArray();
    round.answers().forEach((node, outcome) ->
        nodes.add(new JsonObject().put("id", node.id()).put("name", node.name()).put("connections", outcome.connections())));
    return new JsonObject().put("nodes", nodes).put("unreachable", round.unreachable());
  }
}
