package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.presence.TestPresenceOwner;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What clients of presence send and are told, for tests of it. */
final class PresenceSteps {
  /** Unlike {@link RawSocket#text} it loses its patience where nothing but pings comes. */
  static final Predicate<JsonObject> ANY = frame -> true;

  private PresenceSteps() {}

  static TopicRuleConfig rule(String pattern, boolean presence, Duration grace) {
    return new TopicRuleConfig(pattern, "authenticated", "authenticated", null, null, null, null, presence, grace, null, null, null, null, null);
  }

  static JsonObject frame(String type, String topic) {
    return new JsonObject().put("type", type).put("topic", topic);
  }

  static JsonObject watching(String topic) {
    return frame("subscribe", topic).put("presence", true).put("id", 7);
  }

  /** Subscribes and watches; the state that comes. */
  static JsonObject watch(RawSocket socket, String topic) {
    JsonObject subscribed = socket.send(watching(topic)).await(ANY, "a frame");
    assertThat(subscribed.getString("type")).isEqualTo("subscribed");
    assertThat(subscribed.getInteger("id")).isEqualTo(7);
    JsonObject state = socket.await(ANY, "a frame");
    assertThat(state.getString("type")).isEqualTo("presence_state");
    assertThat(state.getString("topic")).isEqualTo(topic);
    assertThat(state.containsKey("id")).isFalse();
    return state;
  }

  static Set<String> users(JsonArray members) {
    Set<String> users = new TreeSet<>();
    members.forEach(member -> users.add(((JsonObject) member).getString("userId")));
    return users;
  }

  static JsonObject diff(RawSocket socket) {
    JsonObject diff = socket.await(ANY, "a frame");
    assertThat(diff.getString("type")).as("%s", diff).isEqualTo("presence_diff");
    return diff;
  }

  /** Waits until a user is in a topic with so many connections, or is not: -1. */
  static void untilSaid(TestPresenceOwner owner, String topic, String user, int connections) {
    GatewayFixture.until(user + " is in " + topic + " with " + connections, () -> {
      var here = owner.said(topic, user);
      return connections < 0 ? here == null : here != null && here.connections() == connections;
    });
  }
}
