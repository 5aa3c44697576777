package io.vestibule.node.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.NodeRef;
import io.vestibule.contract.message.HealthReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthPageTest {
  private static final NodeRef SELF = new NodeRef("1", "one", Set.of("presence", "admission"));
  private static final ClusterView VIEW = new ClusterView(1, SELF, List.of(SELF));
  private static final HealthReport WELL = HealthReport.of(true, new JsonObject().put("shards", 4));
  private static final HealthReport ILL = HealthReport.of(false, new JsonObject().put("error", "timeout"));

  @Test
  void isReadyWhenNothingStandsInTheWay() {
    var page = new HealthPage(VIEW, true, false, true, Map.of("presence", WELL));

    assertThat(page.ready()).isTrue();
    assertThat(page.summary()).isEqualTo(new JsonObject().put("status", "ready").put("obstacles", new JsonArray()));
  }

  @Test
  void namesEveryObstacle() {
    var page = new HealthPage(VIEW, false, true, true, Map.of("presence", ILL));

    assertThat(page.ready()).isFalse();
    assertThat(page.obstacles()).containsExactly("draining", "cluster_not_safe", "role_presence");
    assertThat(new HealthPage(VIEW, true, true, true, Map.of()).ready()).isFalse();
    assertThat(new HealthPage(VIEW, false, false, true, Map.of()).ready()).isFalse();
  }

  @Test
  void whereNobodyCanEnterItIsNotReady() {
    var gateway = new NodeRef("2", "two", Set.of("gateway"));
    var alone = new ClusterView(1, gateway, List.of(gateway));

    assertThat(new HealthPage(alone, true, false, true, Map.of("gateway", WELL)).obstacles()).containsExactly("admission");
    assertThat(new HealthPage(alone, true, false, false, Map.of("gateway", WELL)).ready()).isTrue();
    assertThat(new HealthPage(new ClusterView(2, gateway, List.of(gateway, SELF)), true, false, true, Map.of("gateway", WELL)).ready()).isTrue();
  }

  @Test
  void detailsShowRolesAndMembers() {
    var details = new HealthPage(VIEW, true, false, true, Map.of("presence", WELL)).details();

    assertThat(details.getJsonObject("roles").getJsonObject("presence").getJsonObject("details").getInteger("shards")).isEqualTo(4);
    assertThat(details.getJsonArray("members")).containsExactly(
        new JsonObject().put("id", "1").put("name", "one").put("roles", JsonArray.of("admission", "presence")));
  }

  @Test
  void durabilityIsWhatTheRoleSaysThatKeepsThings() {
    var keeping = HealthReport.of(true, new JsonObject().put("durability", "redis"));

    assertThat(new HealthPage(VIEW, true, false, true, Map.of("presence", WELL, "admission", keeping)).details().getString("durability")).isEqualTo("redis");
    assertThat(new HealthPage(VIEW, true, false, true, Map.of("presence", WELL)).details().getString("durability")).isNull();
  }

  @Test
  void whoComesMeanwhileSharesTheAnswer() {
    List<Promise<Integer>> calls = new ArrayList<>();
    var flight = new SingleFlight<>(() -> {
      calls.add(Promise.promise());
      return calls.get(calls.size() - 1).future();
    });

    Future<Integer> first = flight.get();
    Future<Integer> second = flight.get();
    calls.get(0).complete(1);
    Future<Integer> third = flight.get();
    calls.get(1).fail("broken");

    assertThat(List.of(first.result(), second.result())).containsExactly(1, 1);
    assertThat(third.failed()).isTrue();
    assertThat(calls).hasSize(2);
  }
}
