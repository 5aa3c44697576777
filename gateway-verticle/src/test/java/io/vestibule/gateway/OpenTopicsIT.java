package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whoever is authenticated may make himself a member of an open topic, and of no other. */
class OpenTopicsIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.messagesPerSecond = 0;
    config.topics.add(new TopicRuleConfig("open.*", "members", "members", true, null, null, null, null, null, null, null, null, null, true));
  });
  private static int rooms;

  private final String room = "open.room" + ++rooms;

  private static JsonObject ask(RawSocket socket, String type, String topic, String more) {
    return socket.send("{\"type\":\"" + type + "\",\"id\":\"" + type + "\",\"topic\":\"" + topic + "\"" + more + "}").await(frame -> type.equals(frame.getString("id")), "an answer to " + type);
  }

  private int members() {
    return TestCalls.call(gateway, "vestibule.members.get", new JsonObject().put("topic", room)).getJsonArray("members").size();
  }

  @Test
  void whoJoinsIsAMemberUntilHeLeaves() {
    try (RawSocket socket = gateway.open("ann"); RawSocket other = gateway.open("ann")) {
      assertThat(ask(socket, "subscribe", room, "").getString("reason")).isEqualTo("forbidden_subscribe");
      assertThat(ask(socket, "subscribe", room, ",\"join\":true").getString("type")).isEqualTo("subscribed");
      assertThat(members()).isEqualTo(1);
      assertThat(ask(socket, "subscribe", room, ",\"join\":true").getString("type")).as("asking again changes nothing").isEqualTo("subscribed");
      assertThat(ask(socket, "message", room, ",\"data\":1").getString("type")).isEqualTo("ack");
      assertThat(ask(other, "subscribe", room, "").getString("type")).isEqualTo("subscribed");
      assertThat(ask(socket, "unsubscribe", room, ",\"leave\":true").getString("type")).isEqualTo("unsubscribed");
      assertThat(members()).isZero();
      assertThat(other.await("unsubscribed").containsKey("id")).isFalse();
      assertThat(ask(socket, "subscribe", room, "").getString("reason")).isEqualTo("forbidden_subscribe");
      socket.send("{\"type\":\"ping\"}");
      assertThat(socket.text().type()).as("it was told once").isEqualTo("pong");
    }
  }

  @Test
  void whoJoinsHearsWhatComesFromThenOn() {
    TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", room).put("data", "before"));
    try (RawSocket socket = gateway.open("bob")) {
      ask(socket, "subscribe", room, ",\"join\":true");
      TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", room).put("data", "after"));
      assertThat(socket.await("message").getString("data")).isEqualTo("after");
    }
  }

  @Test
  void otherTopicsAreClosed() {
    String closed = "conversation.room" + rooms;
    try (RawSocket socket = gateway.open("cid")) {
      for (String topic : new String[] {closed, "board.x", "user.dan", "vestibule.x"}) {
        assertThat(ask(socket, "subscribe", topic, ",\"join\":true").getString("reason")).as(topic).isEqualTo("forbidden_subscribe");
      }
      assertThat(ask(socket, "subscribe", "open.*", ",\"join\":true").getString("reason")).isEqualTo("wildcard_in_publish");
      assertThat(ask(socket, "subscribe", room, ",\"join\":1").getString("reason")).isEqualTo("wrong_type");
      TestCalls.call(gateway, "vestibule.members.add", new JsonObject().put("topic", closed).put("users", new JsonArray().add("cid")));
      assertThat(ask(socket, "unsubscribe", closed, ",\"leave\":true").getString("reason")).as("nobody leaves it by himself").isEqualTo("forbidden_subscribe");
      GatewayFixture.until("the node has heard of it", () -> ask(socket, "subscribe", closed, "").getString("type").equals("subscribed"));
      assertThat(ask(socket, "unsubscribe", closed, "").getString("type")).isEqualTo("unsubscribed");
    }
  }

  @Test
  void aTokenNarrowsIt() {
    JsonObject caps = new JsonObject().put("caps", new JsonObject().put("subscribe", new JsonArray().add("board.*")));
    try (RawSocket socket = gateway.open()) {
      socket.authenticate(gateway.token("dan", caps, Duration.ofHours(1)));
      assertThat(ask(socket, "subscribe", room, ",\"join\":true").getString("reason")).isEqualTo("forbidden_subscribe");
      assertThat(members()).isZero();
    }
  }

  /** Each change is stored and told to all nodes, so one connection must not make them without end. */
  @Test
  void nobodyJoinsAndLeavesVeryOften() {
    try (RawSocket socket = gateway.open("fay")) {
      JsonObject answer = null;
      for (int i = 0; i < 100 && (answer == null || !"error".equals(answer.getString("type"))); i++) {
        answer = i % 2 == 0 ? ask(socket, "subscribe", room, ",\"join\":true") : ask(socket, "unsubscribe", room, ",\"leave\":true");
        assertThat(i).isLessThan(90);
      }
      assertThat(answer.getString("reason")).isEqualTo("rate_limited");
      assertThat(answer.getInteger("retryAfterMs")).isPositive();
      assertThat(answer.getJsonObject("details").getString("policy")).isEqualTo("membership-changes");
      assertThat(gateway.counter("vestibule.rate.limit.checks", "policy", "membership-changes", "outcome", "limited")).isEqualTo(1);
      assertThat(ask(socket, "message", "board.x", ",\"data\":1").getString("type")).as("all else goes on").isEqualTo("ack");
    }
  }

  @Test
  void aFullTopicAndALostStore() {
    TestCalls.call(gateway, "vestibule.members.add", new JsonObject().put("topic", room).put("users", new JsonArray(IntStream.range(0, 1_000).mapToObj(i -> "u" + i).toList())));
    try (RawSocket socket = gateway.open("eve")) {
      assertThat(ask(socket, "subscribe", room, ",\"join\":true").getString("reason")).isEqualTo("too_many_members");
      gateway.members.down.set(true);
      assertThat(ask(socket, "subscribe", room + "x", ",\"join\":true").getString("reason")).isEqualTo("store_unavailable");
      gateway.members.down.set(false);
      assertThat(ask(socket, "subscribe", room + "x", ",\"join\":true").getString("type")).isEqualTo("subscribed");
    }
  }
}
