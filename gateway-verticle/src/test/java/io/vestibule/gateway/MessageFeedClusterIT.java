package io.vestibule.gateway;

import static io.vestibule.gateway.TwoGateways.FIRST;
import static io.vestibule.gateway.TwoGateways.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.GatewayCommand.Drain;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The messaging feed on two nodes: one conversation, and a node that is emptied. */
class MessageFeedClusterIT {
  @AutoClose
  private final TwoGateways cluster = TwoGateways.start();

  @BeforeEach
  void members() throws Exception {
    GatewayFixture.await(cluster.bus.requestJson(Addresses.MEMBERS_ADD, new JsonObject().put("topic", "conversation.a").put("users", JsonArray.of("ann", "bob")), "test"));
  }

  private RawSocket open(String node, String token) {
    return RawSocket.connect(cluster.port(node)).upgrade("/messages/subscribe?token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
  }

  private static JsonObject data(RawSocket socket, String type) {
    return socket.await(type).getJsonObject("data");
  }

  private static void send(RawSocket socket, String type, JsonObject data) {
    socket.send(new JsonObject().put("type", type).put("data", data.put("conversationId", "a")));
  }

  @Test
  void aConversationIsOneOnAllNodesAndGoesOnWhereOneIsEmptied() throws Exception {
    RawSocket ann = open(FIRST, cluster.token("ann"));
    String resumeToken = data(ann, "connection").getString("resumeToken");
    data(ann, "conversation.joined");
    try (RawSocket bob = open(SECOND, cluster.token("bob"))) {
      data(bob, "conversation.joined");
      send(bob, "message.send", new JsonObject().put("content", 1));
      assertThat(data(ann, "message.new").getInteger("content")).isEqualTo(1);
      send(ann, "message.read", new JsonObject().put("offset", 1));
      assertThat(data(bob, "message.read").getString("userId")).isEqualTo("ann");
      send(ann, "typing.start", new JsonObject());
      assertThat(data(bob, "typing.start").getString("userId")).isEqualTo("ann");
      cluster.command(FIRST, new Drain(8_000, false));
      List<RawSocket.Received> last = ann.rest();
      assertThat(last).contains(new RawSocket.Goodbye(1012, "restarting"));
      assertThat(((RawSocket.Text) last.get(last.size() - 3)).json().getString("type")).isEqualTo("closing");
      send(bob, "message.send", new JsonObject().put("content", 2));
      try (RawSocket again = open(SECOND, resumeToken)) {
        assertThat(data(again, "connection").getString("userId")).isEqualTo("ann");
        assertThat(again.await(frame -> "message.new".equals(frame.getString("type")) && frame.getJsonObject("data").getInteger("content") == 2, "what came meanwhile")).isNotNull();
        JsonObject stats = new JsonObject(cluster.get(SECOND, "/messages/stats", new JsonObject("{\"caps\":{\"api\":[\"stats\"]}}")).body());
        assertThat(stats.getJsonObject("connections")).isEqualTo(new JsonObject().put("active", 2).put("total", 3));
      }
    }
  }
}
