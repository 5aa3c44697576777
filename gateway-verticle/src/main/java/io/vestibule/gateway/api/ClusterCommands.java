package io.vestibule.gateway.api;

import io.vertx.core.Future;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.GatewayCommand;
import io.vestibule.contract.message.GatewayOutcome;
import io.vestibule.gateway.GatewayVerticle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells every gateway node of the cluster what to do with its connections. Any thread. */
public final class ClusterCommands {
  /** How long a node has to answer; longer than {@link NodeCommands#DEADLINE}, so that a node with a stuck event loop can say so itself. */
  static final Duration DEADLINE = Duration.ofSeconds(3);

  private final Bus bus;
  private final Membership membership;

  public ClusterCommands(Bus bus, Membership membership) {
    this.bus = bus;
    this.membership = membership;
  }

  /**
   * What a command did.
   *
   * @param connections how many it touched
   * @param nodes how many nodes answered
   * @param unreachable the names of the nodes that did not; their connections may or may not have heard of it
   */
  public record Reach(int connections, int nodes, List<String> unreachable) {
    public Reach {
      unreachable = List.copyOf(unreachable);
    }
  }

  /**
   * Tells all nodes at once. A node that does not answer in time is named in what is returned.
   *
   * @return fails only where a node refused the command, with its own words; others may have done it
   */
  public Future<Reach> tell(GatewayCommand command, String correlationId) {
    List<NodeRef> nodes = membership.nodesWithRole(GatewayVerticle.ROLE);
    List<Future<GatewayOutcome>> answers = nodes.stream()
        .map(node -> bus.request(Addresses.GATEWAY_COMMAND.at(node.id()), command, DEADLINE, correlationId)).toList();
    return Future.join(answers).transform((all, some) -> refusal(answers)
        .<Future<Reach>>map(Future::failedFuture).orElseGet(() -> Future.succeededFuture(reach(nodes, answers))));
  }

  /** What is wrong with the command itself, and not with a node. */
  private static Optional<Throwable> refusal(List<Future<GatewayOutcome>> answers) {
    return answers.stream().map(Future::cause).filter(thrown -> thrown instanceof Failure failure && !failure.reason().temporary()).findFirst();
  }

  private static Reach reach(List<NodeRef> nodes, List<Future<GatewayOutcome>> answers) {
    int connections = 0;
    List<String> unreachable = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (answers.get(i).succeeded()) {
        connections += answers.get(i).result().connections();
      } else {
        unreachable.add(nodes.get(i).name());
      }
    }
    return new Reach(connections, nodes.size() - unreachable.size(), unreachable);
  }
}
