package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;

/** What clients do that come back to durable topics, for tests of that. */
final class RecoverSteps {
  private RecoverSteps() {}

  /** Publishes these numbers, each as a message of its own; the last of the answers. */
  static JsonObject publish(RawSocket socket, String topic, int from, int to) {
    for (int data = from; data <= to; data++) {
      socket.send(new JsonObject().put("type", "message").put("id", topic + data).put("topic", topic).put("data", data));
    }
    return socket.await(frame -> "ack".equals(frame.getString("type")) && (topic + to).equals(frame.getValue("id")), "the last ack");
  }

  /** Asks for a topic, or a pattern, from what is given as {@code recover} on. */
  static RawSocket ask(RawSocket socket, String topic, Object recover) {
    return socket.send(new JsonObject().put("type", "subscribe").put("id", "s").put("topic", topic).put("recover", recover));
  }

  /** Comes back to a session, with the places that it has. */
  static JsonObject resume(RawSocket socket, JsonObject success, JsonObject offsets) {
    socket.send(new JsonObject().put("type", "reconnect_attempt").put("token", success.getString("resumeToken")).put("offsets", offsets));
    JsonObject answer = socket.text().json();
    assertThat(answer.getString("type")).as("%s", answer).isEqualTo("reconnect_success");
    return answer;
  }

  /** Where in its topic a frame is. */
  static JsonObject place(JsonObject frame) {
    return place(frame, frame.getLong("offset"));
  }

  /** A place in the epoch that a frame has. */
  static JsonObject place(JsonObject frame, long offset) {
    return new JsonObject().put("epoch", frame.getString("epoch")).put("offset", offset);
  }

  /** The user's own topic has a gap of its own, up to a second later, where a test has lost the store. */
  static JsonObject next(RawSocket socket) {
    return socket.await(any -> !any.getString("topic", "").startsWith("user."), "something of another topic than the user's own");
  }

  static List<Integer> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).boxed().toList();
  }
}
