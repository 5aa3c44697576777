package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What somebody hears on the messaging feed follows from what he is a member of and what his token permits, whenever one of these changes. */
class MessageFeedMembershipIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.topics.add(new TopicRuleConfig("conversation.lobby", "authenticated", "members", true, null, null, null, null, null, null, null, null, null, null));
    config.topics.add(new TopicRuleConfig("conversation.open", "members", "members", true, null, null, null, null, null, null, null, null, null, true));
  });
  private static int people;

  private final String user = "user" + ++people;
  private final String room = "room" + people;

  private void members(String call, String conversation) {
    TestCalls.call(gateway, "vestibule.members." + call, new JsonObject().put("topic", "conversation." + conversation).put("users", JsonArray.of(user)));
  }

  private static void publish(String conversation, Object data) {
    TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", "conversation." + conversation).put("data", data));
  }

  private RawSocket come() {
    RawSocket socket = RawSocket.connect(gateway.port()).upgrade("/messages/subscribe?token=" + gateway.token(user));
    socket.await("connection");
    return socket;
  }

  private static void say(RawSocket socket, String type, JsonObject data) {
    socket.send(new JsonObject().put("type", type).put("data", data));
  }

  private static String conversation(RawSocket socket, String type) {
    return socket.await(type).getJsonObject("data").getString("conversationId");
  }

  /** All that comes until a ping that is sent now is answered. */
  private static List<JsonObject> all(RawSocket socket) {
    return until(socket.send("{\"type\":\"ping\"}"), frame -> "pong".equals(frame.getString("type")));
  }

  /** All that comes up to a frame. */
  private static List<JsonObject> until(RawSocket socket, Predicate<JsonObject> last) {
    List<JsonObject> all = new ArrayList<>();
    socket.await(frame -> {
      all.add(frame);
      return last.test(frame);
    }, "the last of them");
    return all;
  }

  private static long count(List<JsonObject> frames, String type) {
    return frames.stream().filter(frame -> type.equals(frame.getString("type"))).count();
  }

  @Test
  void aTokenThatPermitsMoreBringsMore() {
    members("add", room);
    members("add", room + "b");
    try (RawSocket socket = come()) {
      assertThat(List.of(conversation(socket, "conversation.joined"), conversation(socket, "conversation.joined"))).containsExactlyInAnyOrder(room, room + "b");
      JsonObject caps = new JsonObject().put("caps", new JsonObject().put("subscribe", JsonArray.of("conversation." + room)));
      say(socket, "refresh", new JsonObject().put("token", gateway.token(user, caps, Duration.ofHours(1))));
      assertThat(conversation(socket, "conversation.left")).isEqualTo(room + "b");
      say(socket, "refresh", new JsonObject().put("token", gateway.token(user)));
      assertThat(conversation(socket, "conversation.joined")).isEqualTo(room + "b");
      publish(room + "b", 1);
      assertThat(conversation(socket, "message.new")).isEqualTo(room + "b");
    }
  }

  @Test
  void whoIsNoMemberAnyMoreHearsNothingAlsoOfWhatOthersMayHear() {
    members("add", "lobby");
    try (RawSocket socket = come(); RawSocket core = gateway.open(user).subscribe("conversation.lobby")) {
      assertThat(conversation(socket, "conversation.joined")).isEqualTo("lobby");
      members("remove", "lobby");
      assertThat(conversation(socket, "conversation.left")).isEqualTo("lobby");
      publish("lobby", 1);
      assertThat(core.await("message").getInteger("data")).as("the core dialect asks for topics, and may have this one").isEqualTo(1);
      assertThat(count(all(socket), "message.new")).isZero();
    }
  }

  @Test
  void whoJoinsIsToldSoOnce() {
    try (RawSocket socket = come(); RawSocket other = come()) {
      for (int i = 0; i < 5; i++) {
        say(socket, "conversation.join", new JsonObject().put("conversationId", "open"));
        assertThat(conversation(other, "conversation.joined")).isEqualTo("open");
        say(socket, "message.send", new JsonObject().put("conversationId", "open").put("content", i).put("clientId", user + i));
        // What others say before his own is stored may come before it.
        List<JsonObject> heard = until(socket, frame -> "message.sent".equals(frame.getString("type")));
        publish("open", "after");
        heard.addAll(until(socket, frame -> "message.new".equals(frame.getString("type")) && "after".equals(frame.getJsonObject("data").getValue("content"))));
        assertThat(count(heard, "conversation.joined")).isEqualTo(1);
        assertThat(count(heard, "message.new")).isEqualTo(2);
        say(socket, "conversation.leave", new JsonObject().put("conversationId", "open"));
        assertThat(conversation(socket, "conversation.left")).isEqualTo("open");
        assertThat(conversation(other, "conversation.left")).isEqualTo("open");
      }
    }
  }

  @Test
  void whoCannotLeaveGoesOnHearing() {
    try (RawSocket socket = come(); RawSocket core = gateway.open(user)) {
      say(socket, "conversation.join", new JsonObject().put("conversationId", "open"));
      assertThat(conversation(socket, "conversation.joined")).isEqualTo("open");
      core.subscribe("conversation.open");
      gateway.members.down.set(true);
      say(socket, "conversation.leave", new JsonObject().put("conversationId", "open"));
      core.send("{\"type\":\"unsubscribe\",\"id\":\"u\",\"topic\":\"conversation.open\",\"leave\":true}");
      assertThat(socket.await("error").getJsonObject("data").getString("reason")).isEqualTo("store_unavailable");
      assertThat(core.await("error").getString("reason")).isEqualTo("store_unavailable");
      gateway.members.down.set(false);
      publish("open", user);
      socket.await(frame -> "message.new".equals(frame.getString("type")) && user.equals(frame.getJsonObject("data").getValue("content")), "what he is owed");
      core.await(frame -> "message".equals(frame.getString("type")) && user.equals(frame.getValue("data")), "what he is owed");
    }
  }

  @Test
  void anErrorNamesWhatItIsAbout() {
    try (RawSocket socket = come()) {
      say(socket, "message.send", new JsonObject().put("conversationId", room).put("clientId", "mine"));
      JsonObject error = socket.await("error").getJsonObject("data");
      assertThat(error.getString("reason")).isEqualTo("missing_field");
      assertThat(error.getString("conversationId")).isEqualTo(room);
      assertThat(error.getString("clientId")).isEqualTo("mine");
    }
  }
}
