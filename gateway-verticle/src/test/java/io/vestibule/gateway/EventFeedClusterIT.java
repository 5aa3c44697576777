package io.vestibule.gateway;

import static io.vestibule.gateway.TwoGateways.FIRST;
import static io.vestibule.gateway.TwoGateways.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.GatewayCommand.Drain;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The event feed on two nodes: events, figures, and a node that is emptied. */
class EventFeedClusterIT {
  private static final JsonObject MAY_ASK = new JsonObject("{\"caps\":{\"api\":[\"stats\"]}}");

  @AutoClose
  private final TwoGateways cluster = TwoGateways.start();

  private RawSocket guest(String node) {
    RawSocket guest = RawSocket.connect(cluster.port(node)).upgrade("/events/subscribe");
    assertThat(guest.text().type()).isEqualTo("connection");
    return guest;
  }

  private JsonObject stats(String node) throws Exception {
    return new JsonObject(cluster.get(node, "/events/stats", MAY_ASK).body());
  }

  private static JsonObject figures(int active, int total, int delivered) {
    return new JsonObject().put("connections", new JsonObject().put("active", active).put("total", total)).put("messages", new JsonObject().put("delivered", delivered));
  }

  @Test
  void eventsReachAllNodesAndAreCounted() throws Exception {
    RawSocket gone = guest(FIRST);
    gone.close();
    try (RawSocket one = guest(FIRST); RawSocket two = guest(FIRST); RawSocket three = guest(SECOND)) {
      GatewayFixture.await(cluster.bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", "public.a").put("data", 1), "test"));
      for (RawSocket guest : List.of(one, two, three)) {
        assertThat(guest.text().json().getInteger("data")).isEqualTo(1);
      }
      JsonObject all = new JsonObject().put("feed", "events").mergeIn(figures(3, 4, 3)).put("node", figures(2, 3, 2)).put("nodes", 2).put("unreachable", new JsonArray());
      GatewayFixture.until("it is as it should be", () -> asked(FIRST).equals(all));
      assertThat(stats(SECOND)).isEqualTo(all.copy().put("node", figures(1, 1, 1)));
      assertThat(GatewayFixture.await(cluster.bus.requestJson(Addresses.STATS, new JsonObject().put("feed", "events"), "test")).getJsonObject("connections"))
          .isEqualTo(figures(3, 4, 3).getJsonObject("connections"));
      GatewayFixture.await(cluster.stop(SECOND));
      assertThat(stats(FIRST)).isEqualTo(all.copy().mergeIn(figures(2, 3, 2)).put("nodes", 1).put("unreachable", JsonArray.of("second")));
    }
  }

  private JsonObject asked(String node) {
    try {
      return stats(node);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void figuresAreNotForEverybody() throws Exception {
    assertThat(cluster.get(FIRST, "/events/stats", null).statusCode()).isEqualTo(401);
    assertThat(new JsonObject(cluster.get(FIRST, "/events/stats", new JsonObject()).body()).getString("reason")).isEqualTo("forbidden_call");
    assertThat(new JsonObject(cluster.get(FIRST, "/events/stats?feed=events", MAY_ASK).body()).getString("reason")).isEqualTo("unknown_field");
  }

  @Test
  void aNodeThatDrainsSendsGuestsAwayLongBeforeTheDeadline() throws Exception {
    RawSocket leaves = guest(FIRST);
    cluster.command(FIRST, new Drain(60_000, false));
    List<RawSocket.Received> last = leaves.rest();
    JsonObject closing = ((RawSocket.Text) last.get(0)).json();
    assertThat(closing.getString("type")).isEqualTo("closing");
    assertThat(closing.getJsonObject("data").getInteger("code")).isEqualTo(1012);
    assertThat(closing.getJsonObject("data").getBoolean("reconnect")).isTrue();
    assertThat(last).contains(new RawSocket.Goodbye(1012, "restarting"));
    try (RawSocket refused = RawSocket.connect(cluster.port(FIRST)); RawSocket elsewhere = guest(SECOND)) {
      assertThat(refused.request("/events/subscribe")).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after: 1");
      elsewhere.send("{\"type\":\"ping\"}");
      elsewhere.await("pong");
    }
  }

  @Test
  void whereAllNodesDrainGuestsStayToTheDeadlineAndNoneComes() throws Exception {
    RawSocket stays = guest(FIRST);
    long began = System.nanoTime();
    cluster.command(FIRST, new Drain(2_000, true));
    try (RawSocket refused = RawSocket.connect(cluster.port(FIRST))) {
      String head = refused.request("/events/subscribe");
      assertThat(new JsonObject(refused.readBody(head)).getString("reason")).isEqualTo("draining");
    }
    assertThat(stays.rest()).contains(new RawSocket.Goodbye(1012, "restarting"));
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1_900));
  }
}
