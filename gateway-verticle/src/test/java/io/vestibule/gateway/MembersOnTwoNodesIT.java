package io.vestibule.gateway;

import static io.vestibule.gateway.TwoGateways.FIRST;
import static io.vestibule.gateway.TwoGateways.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.JsonAddress;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Who is a member is known on every node at once. */
class MembersOnTwoNodesIT {
  private static final String ROOM = "conversation.two";

  @AutoClose
  private static TwoGateways gateways = TwoGateways.start();

  private static void call(JsonAddress address, String user) throws Exception {
    GatewayFixture.await(gateways.bus.requestJson(address, new JsonObject().put("topic", ROOM).put("users", new JsonArray().add(user)), "test"));
  }

  private static JsonObject subscribe(RawSocket socket, String topic) {
    return socket.send(new JsonObject().put("type", "subscribe").put("id", 1).put("topic", topic)).await(frame -> frame.containsKey("id"), "an answer");
  }

  private static RawSocket open(String node, String user) {
    RawSocket socket = gateways.open(node);
    gateways.authenticate(socket, user);
    socket.await("subscribed");
    return socket;
  }

  @Test
  void aRemovalEndsSubscriptionsOnEveryNode() throws Exception {
    call(Addresses.MEMBERS_ADD, "ann");
    call(Addresses.MEMBERS_ADD, "bob");
    try (RawSocket one = open(FIRST, "ann"); RawSocket two = open(SECOND, "ann"); RawSocket wild = open(SECOND, "ann"); RawSocket bob = open(SECOND, "bob")) {
      for (RawSocket socket : new RawSocket[] {one, two, bob}) {
        assertThat(subscribe(socket, ROOM).getString("type")).isEqualTo("subscribed");
      }
      assertThat(subscribe(wild, "conversation.*").getString("type")).isEqualTo("subscribed");
      call(Addresses.MEMBERS_REMOVE, "ann");
      assertThat(one.await("unsubscribed").getString("topic")).isEqualTo(ROOM);
      assertThat(two.await("unsubscribed").getString("topic")).isEqualTo(ROOM);
      GatewayFixture.await(gateways.bus.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", ROOM).put("data", "after"), "test"));
      assertThat(bob.await("message").getString("data")).isEqualTo("after");
      wild.send("{\"type\":\"ping\"}");
      assertThat(wild.text().type()).isEqualTo("pong");
      assertThat(subscribe(two, ROOM).getString("reason")).isEqualTo("forbidden_subscribe");
      call(Addresses.MEMBERS_ADD, "ann");
      GatewayFixture.until("both nodes have heard of it", () -> subscribe(one, ROOM).getString("type").equals("subscribed") && subscribe(two, ROOM).getString("type").equals("subscribed"));
    }
  }

  /** A server is bound by no members; whoever it has subscribed is told all the same when somebody's membership ends. */
  @Test
  void whatAServerGaveEndsWithTheMembership() throws Exception {
    call(Addresses.MEMBERS_ADD, "cid");
    try (RawSocket socket = open(SECOND, "cid")) {
      GatewayFixture.await(gateways.bus.requestJson(Addresses.SUBSCRIBE, new JsonObject().put("userId", "cid").put("topic", ROOM), "test"));
      assertThat(socket.await("subscribed").getString("topic")).isEqualTo(ROOM);
      call(Addresses.MEMBERS_REMOVE, "cid");
      assertThat(socket.await("unsubscribed").getString("topic")).isEqualTo(ROOM);
    }
  }
}
