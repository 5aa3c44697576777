package io.vestibule.gateway;

import static io.vestibule.gateway.RecoverSteps.numbers;
import static io.vestibule.gateway.RecoverSteps.place;
import static io.vestibule.gateway.RecoverSteps.resume;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Coming back with {@code offsets}, on the node that one was on and on another: nothing of the durable topics is missing, and nothing comes twice. */
class ResumeOffsetsIT {
  @AutoClose
  @RegisterExtension
  static TwoGateways gateways = TwoGateways.durable();
  private static int topics;

  private final String topic = "durable.o" + ++topics;
  private final String user = "ann" + topics;

  private void publish(int from, int to) {
    try (RawSocket bob = gateways.open(TwoGateways.FIRST)) {
      gateways.authenticate(bob, "bob");
      for (int data = from; data <= to; data++) {
        bob.send(new JsonObject().put("type", "message").put("id", data).put("topic", topic).put("data", data));
        bob.await("ack");
      }
    }
  }

  private JsonObject begin(RawSocket socket) {
    JsonObject success = gateways.authenticate(socket, user);
    assertThat(success.getString("type")).isEqualTo("auth_success");
    JsonObject subscribed = socket.send(new JsonObject().put("type", "subscribe").put("topic", topic)).await(frame -> topic.equals(frame.getString("topic")), "subscribed");
    socket.send(new JsonObject().put("type", "subscribe").put("topic", "plain")).await(frame -> "plain".equals(frame.getString("topic")), "subscribed");
    GatewayFixture.until("the session is saved", () -> {
      String state = gateways.coordinator.stateOf(success.getString("sessionId"));
      return state != null && state.contains(topic) && state.contains("plain");
    });
    return success.put("head", subscribed);
  }

  private static List<Integer> hears(RawSocket socket, int messages) {
    List<Integer> data = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      data.add(socket.await(frame -> List.of("message", "gap").contains(frame.getString("type")), "a message").getInteger("data"));
    }
    return data;
  }

  @Test
  void whatWasMissedComesOnAnotherNodeAndWhatIsNewBehindIt() {
    JsonObject success;
    JsonObject last;
    publish(1, 2);
    try (RawSocket socket = gateways.open(TwoGateways.FIRST)) {
      success = begin(socket);
      publish(3, 4);
      assertThat(hears(socket, 1)).containsExactly(3);
      last = socket.await("message");
    }
    publish(5, 150);
    try (RawSocket socket = gateways.open(TwoGateways.SECOND)) {
      JsonObject answer = resume(socket, success, new JsonObject().put(topic, place(last)).put("durable.other", place(last)).put("*", place(last)));
      assertThat(answer.getJsonObject("recovered")).isEqualTo(new JsonObject().put(topic, true).put("plain", false));
      assertThat(hears(socket, 146)).isEqualTo(numbers(5, 150));
      publish(151, 153);
      assertThat(hears(socket, 3)).containsExactly(151, 152, 153);
    }
  }

  @Test
  void whatCannotBeHadIsAGapAndWithoutAPlaceItGoesOnFromNow() {
    JsonObject success;
    publish(1, 2);
    try (RawSocket socket = gateways.open(TwoGateways.FIRST)) {
      success = begin(socket);
    }
    publish(3, 3);
    try (RawSocket socket = gateways.open(TwoGateways.SECOND)) {
      JsonObject elsewhere = new JsonObject().put("epoch", "zzz").put("offset", 2);
      JsonObject answer = resume(socket, success, new JsonObject().put(topic, elsewhere));
      assertThat(answer.getJsonObject("recovered").getBoolean(topic)).isFalse();
      assertThat(socket.await("gap").getJsonObject("from")).isEqualTo(elsewhere);
      assertThat(hears(socket, 3)).containsExactly(1, 2, 3);
      success = answer;
      socket.send(new JsonObject().put("type", "ping")).await("pong");
    }
    publish(4, 4);
    try (RawSocket socket = gateways.open(TwoGateways.FIRST)) {
      JsonObject answer = resume(socket, success, new JsonObject());
      assertThat(answer.getJsonObject("recovered").getBoolean(topic)).isFalse();
      publish(5, 5);
      assertThat(hears(socket, 1)).containsExactly(5);
    }
  }

  @Test
  void aLogThatCannotBeReadIsLeftOutAndGoesOnWhenItCan() {
    JsonObject success;
    publish(1, 2);
    try (RawSocket socket = gateways.open(TwoGateways.FIRST)) {
      success = begin(socket);
    }
    publish(3, 3);
    gateways.log.unreadable.set(true);
    try (RawSocket socket = gateways.open(TwoGateways.SECOND)) {
      JsonObject answer = resume(socket, success, new JsonObject().put(topic, place(success.getJsonObject("head"))));
      assertThat(answer.getJsonObject("recovered").containsKey(topic)).isFalse();
      assertThat(answer.getJsonArray("restored")).contains(topic);
      gateways.log.unreadable.set(false);
      JsonObject later = socket.await(frame -> "subscribed".equals(frame.getString("type")) && topic.equals(frame.getString("topic")), "it goes on");
      assertThat(later.getBoolean("recovered")).isTrue();
      assertThat(hears(socket, 1)).containsExactly(3);
      publish(4, 4);
      assertThat(hears(socket, 1)).containsExactly(4);
    }
  }
}
