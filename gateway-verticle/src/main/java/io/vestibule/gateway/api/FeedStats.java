package io.vestibule.gateway.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.FeedQuery;
import io.vestibule.contract.message.FeedReport;
import io.vestibule.contract.message.FeedReport.Figures;
import io.vestibule.gateway.GatewayVerticle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** How a feed is, on this node and on all together. Any thread. */
public final class FeedStats {
  /** How long a node has to answer. */
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  private final Bus bus;
  private final Membership membership;
  private final Supplier<FeedReport> own;

  /**
   * The figures.
   *
   * @param own those of this node
   */
  public FeedStats(Bus bus, Membership membership, Supplier<FeedReport> own) {
    this.bus = bus;
    this.membership = membership;
    this.own = own;
  }

  /** Asks all nodes at once; one that does not answer in time is named. */
  Future<JsonObject> of(String feed, String correlationId) {
    List<NodeRef> others = membership.nodesWithRole(GatewayVerticle.ROLE).stream().filter(node -> !node.id().equals(membership.self().id())).toList();
    List<Future<FeedReport>> asked = others.stream()
        .map(node -> bus.request(Addresses.FEEDS.at(node.id()), new FeedQuery(), DEADLINE, correlationId)).toList();
    return Future.join(asked).transform((all, some) -> {
      List<FeedReport> reports = new ArrayList<>(List.of(own.get()));
      JsonArray unreachable = new JsonArray();
      for (int i = 0; i < asked.size(); i++) {
        if (asked.get(i).succeeded()) {
          reports.add(asked.get(i).result());
        } else {
          unreachable.add(others.get(i).name());
        }
      }
      JsonObject answer = new JsonObject().put("feed", feed).mergeIn(figures(feed, reports)).put("node", figures(feed, reports.subList(0, 1)));
      return Future.succeededFuture(answer.put("nodes", reports.size()).put("unreachable", unreachable));
    });
  }

  private static JsonObject figures(String feed, List<FeedReport> reports) {
    List<Figures> all = reports.stream().flatMap(report -> report.of(feed).stream()).toList();
    return new JsonObject()
        .put("connections", new JsonObject().put("active", all.stream().mapToLong(Figures::active).sum()).put("total", all.stream().mapToLong(Figures::opened).sum()))
        .put("messages", new JsonObject().put("delivered", all.stream().mapToLong(Figures::delivered).sum()));
  }
}
