package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.util.List;
import java.util.stream.IntStream;

/** What clients do with durable topics that only servers can give them, for tests of such grants. */
final class GrantSteps {
  /** Nobody but servers may subscribe to these, or publish. */
  static final TopicRuleConfig SECRET = new TopicRuleConfig("secret.**", "servers", "servers", true, 1_000, null, null, null, null, null, null, null, null, null);

  private GrantSteps() {}

  static JsonObject recover(RawSocket socket, String topic, JsonObject place) {
    socket.send(new JsonObject().put("type", "subscribe").put("id", 1).put("topic", topic).put("recover", place));
    return socket.await(frame -> frame.containsKey("id"), "an answer");
  }

  /** Asks for what is behind a place, and all of that is to come. */
  static void recovers(RawSocket socket, String topic, JsonObject place) {
    assertThat(recover(socket, topic, place).getBoolean("recovered")).isTrue();
  }

  /** Asks for what is behind a place, and is told that nothing of it is to be had up to another one. */
  static void lacks(RawSocket socket, String topic, JsonObject place, JsonObject upTo) {
    assertThat(recover(socket, topic, place).getBoolean("recovered")).isFalse();
    isAGap(gap(socket, topic), place, upTo);
  }

  static void isAGap(JsonObject gap, JsonObject from, JsonObject to) {
    assertThat(gap.getJsonObject("from")).isEqualTo(from);
    assertThat(gap.getJsonObject("to")).isEqualTo(to);
  }

  /** Waits for the {@code subscribed} that nobody asked for. */
  static JsonObject granted(RawSocket socket, String topic) {
    return socket.await(frame -> "subscribed".equals(frame.getString("type")) && topic.equals(frame.getString("topic")), "subscribed to " + topic);
  }

  /** The next of a topic is a gap. */
  static JsonObject gap(RawSocket socket, String topic) {
    JsonObject gap = next(socket, topic);
    assertThat(gap.getString("type")).as("%s", gap).isEqualTo("gap");
    return gap;
  }

  /** The next of a topic are these numbers. */
  static void hears(RawSocket socket, String topic, int from, int to) {
    List<JsonObject> heard = IntStream.rangeClosed(from, to).mapToObj(any -> next(socket, topic)).toList();
    assertThat(heard).extracting(frame -> frame.getInteger("data")).as("%s", heard).isEqualTo(IntStream.rangeClosed(from, to).boxed().toList());
  }

  private static JsonObject next(RawSocket socket, String topic) {
    return socket.await(frame -> topic.equals(frame.getString("topic")), "something of " + topic);
  }
}
