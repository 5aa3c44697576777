package io.vestibule.gateway.operator;

import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.admission.QueueReport;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What operators ask of the coordinators. Each node with the role is asked, because who leads which queue may change at any moment; it does what concerns its own. Any thread. */
public final class QueueOrders {
  private static final String ROLE = "admission";
  private static final Duration DEADLINE = Duration.ofSeconds(3);
  private static final long RETRY_MS = 2_000;
  private static final String HINDRANCE = "hindrance";

  private final Bus bus;
  private final Membership membership;

  public QueueOrders(Bus bus, Membership membership) {
    this.bus = bus;
    this.membership = membership;
  }

  /** How all queues stand that those who answer are configured with; fails with {@code admission_unavailable} where no node could be asked. */
  public Future<JsonObject> status(String correlationId) {
    return ask(new QueueOrder.Status(), correlationId).map(round -> {
      List<JsonObject> queues = new ArrayList<>();
      round.answers().forEach((node, report) -> queuesOf(report.queues()).forEach(led -> queues.add(named(led, node).put("coordinator", node.name()))));
      Set<String> named = queues.stream().map(QueueOrders::nameOf).collect(Collectors.toSet());
      // What some node is configured with, and none that answers leads; the one that should and cannot knows most of it.
      List<JsonObject> unled = new ArrayList<>();
      round.answers().forEach((node, report) -> queuesOf(report.others()).forEach(other -> unled.add(named(other, node))));
      unled.sort(Comparator.comparing(other -> other.getValue(HINDRANCE) == null));
      unled.stream().filter(other -> named.add(nameOf(other))).forEach(queues::add);
      queues.sort(Comparator.comparing(QueueOrders::nameOf));
      return round.told().put("queues", new JsonArray(queues));
    });
  }

  /** Nodes name themselves by their ids. */
  private static JsonObject named(JsonObject queue, NodeRef node) {
    if (queue.getValue(HINDRANCE) instanceof JsonObject why) {
      why.put("node", node.name());
    }
    return queue;
  }

  private static String nameOf(JsonObject queue) {
    return queue.getString("queue", "");
  }

  private static List<JsonObject> queuesOf(String json) {
    try {
      return new JsonArray(json).stream().map(JsonObject.class::cast).toList();
    } catch (DecodeException | ClassCastException otherVersion) {
      return List.of();
    }
  }

  /** Gives an order that concerns one queue; fails with {@code unknown_queue}, or with {@code admission_unavailable} where nobody who answered leads it. */
  public Future<JsonObject> order(QueueOrder order, String correlationId) {
    return ask(order, correlationId).compose(round -> {
      if (touched(round) > 0) {
        return Future.succeededFuture(round.told());
      }
      Failure said = round.failures().values().stream().filter(failure -> !failure.reason().temporary()).findFirst()
          .orElseGet(() -> unavailable("Nobody who answered leads this queue.", round));
      return Future.failedFuture(said);
    });
  }

  /**
   * Ends sessions, in all queues. Whose sessions they are is not known here, so any node that did not do it may be the one that has them.
   *
   * @return how many; fails with {@code admission_unavailable} unless every node did it, and the details say what was done
   */
  public Future<JsonObject> revoke(QueueOrder.Revoke order, String correlationId) {
    return ask(order, correlationId).compose(round -> round.failures().isEmpty()
        ? Future.succeededFuture(round.told().put("sessions", touched(round)))
        : Future.failedFuture(unavailable("Not every node with the role admission could do it; give the order again.", round)
            .with("nodes", round.answers().size()).with("sessions", touched(round))));
  }

  private static int touched(Round<QueueReport> round) {
    return round.answers().values().stream().mapToInt(QueueReport::touched).sum();
  }

  private Future<Round<QueueReport>> ask(QueueOrder order, String correlationId) {
    List<NodeRef> nodes = membership.nodesWithRole(ROLE);
    return Round.ask(nodes, node -> bus.request(Addresses.ADMISSION_ORDER.at(node.id()), order, DEADLINE, correlationId)).compose(round -> {
      boolean nobody = round.answers().isEmpty() && round.failures().values().stream().allMatch(failure -> failure.reason().temporary());
      return nobody ? Future.failedFuture(unavailable("No node with the role admission answers.", round)) : Future.succeededFuture(round);
    });
  }

  private static Failure unavailable(String message, Round<?> round) {
    return Failure.of(ErrorReason.ADMISSION_UNAVAILABLE, message).retryAfter(RETRY_MS)
        .with("unreachable", round.failures().keySet().stream().map(NodeRef::name).toList());
  }
}
