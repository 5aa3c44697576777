package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The messaging feed brings all conversations that somebody is a member of: neither the bound of subscriptions nor that of what a session remembers keeps any from him. */
class ManyConversationsIT {
  private static final int MANY = 60;

  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.presence = true;
    config.subscriptions = 5;
    config.maxSessionState = 2_048;
  });

  private static Set<String> makeMember(String user) {
    Set<String> rooms = IntStream.range(0, MANY).mapToObj(i -> user + "-a-conversation-with-a-long-name-" + i).collect(Collectors.toCollection(TreeSet::new));
    rooms.forEach(room -> TestCalls.call(gateway, "vestibule.members.add", new JsonObject().put("topic", "conversation." + room).put("users", JsonArray.of(user))));
    return rooms;
  }

  private static RawSocket open(String token) {
    return RawSocket.connect(gateway.port()).upgrade("/messages/subscribe?token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
  }

  private static Set<String> joined(RawSocket socket, int many) {
    Set<String> joined = new TreeSet<>();
    while (joined.size() < many) {
      joined.add(socket.await("conversation.joined").getJsonObject("data").getString("conversationId"));
    }
    return joined;
  }

  @Test
  void allAreBroughtAlsoToWhoComesBack() {
    Set<String> rooms = makeMember("ann");
    String token;
    try (RawSocket socket = open(gateway.token("ann"))) {
      token = socket.await("connection").getJsonObject("data").getString("resumeToken");
      assertThat(joined(socket, MANY)).isEqualTo(rooms);
      JsonObject set = new JsonObject().put("userId", "ann").put("attributes", new JsonObject().put("mark", "m".repeat(500)));
      assertThat(TestCalls.call(gateway, "vestibule.session.set", set).getInteger("connections")).as("there is room for what the application says").isEqualTo(1);
    }
    try (RawSocket socket = open(token)) {
      assertThat(socket.await("connection").getJsonObject("data").getJsonArray("restored")).isEmpty();
      assertThat(joined(socket, MANY)).isEqualTo(rooms);
      TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", "conversation." + rooms.iterator().next()).put("data", 1));
      assertThat(socket.await("message.new").getJsonObject("data").getInteger("content")).isEqualTo(1);
    }
  }

  @Test
  void whoComesFromTheCoreDialectHearsThemAll() {
    Set<String> rooms = makeMember("bob");
    String token;
    try (RawSocket core = gateway.open()) {
      token = core.send(new JsonObject().put("type", "auth").put("token", gateway.token("bob"))).await("auth_success").getString("resumeToken");
      core.subscribe("conversation." + rooms.iterator().next());
    }
    try (RawSocket socket = open(token)) {
      socket.await("connection");
      assertThat(joined(socket, MANY)).isEqualTo(rooms);
    }
  }

  @Test
  void oneOfThemEndsAndBeginsAgain() {
    Set<String> rooms = makeMember("dan");
    try (RawSocket socket = open(gateway.token("dan"))) {
      assertThat(joined(socket, MANY)).isEqualTo(rooms);
      for (String room : List.copyOf(rooms).subList(MANY - 3, MANY)) {
        JsonObject one = new JsonObject().put("topic", "conversation." + room).put("users", JsonArray.of("dan"));
        TestCalls.call(gateway, "vestibule.members.remove", one);
        assertThat(socket.await("conversation.left").getJsonObject("data").getString("conversationId")).isEqualTo(room);
        TestCalls.call(gateway, "vestibule.members.add", one);
        assertThat(socket.await("conversation.joined").getJsonObject("data").getString("conversationId")).isEqualTo(room);
        TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", "conversation." + room).put("data", room));
        assertThat(socket.await("message.new").getJsonObject("data").getString("content")).isEqualTo(room);
      }
    }
  }

  @Test
  void theyAreBroughtWhenTheStoreIsBack() {
    Set<String> rooms = makeMember("cid");
    gateway.members.down.set(true);
    try (RawSocket socket = open(gateway.token("cid"))) {
      socket.await("connection");
      gateway.members.down.set(false);
      assertThat(joined(socket, MANY)).isEqualTo(rooms);
    }
  }
}
