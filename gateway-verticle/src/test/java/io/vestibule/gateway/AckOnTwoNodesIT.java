package io.vestibule.gateway;

import static io.vestibule.gateway.TwoGateways.FIRST;
import static io.vestibule.gateway.TwoGateways.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.JsonAddress;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorRead;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a device acknowledges on one node it does not get again on another, and what it has not, it gets there. */
class AckOnTwoNodesIT {
  @AutoClose
  private static TwoGateways gateways = TwoGateways.durable();
  private static int tests;

  private final String user = "ack" + ++tests;
  private final String own = "user." + user;
  private final String room = "conversation.ack" + tests;

  private static void call(JsonAddress address, JsonObject call) throws Exception {
    GatewayFixture.await(gateways.bus.requestJson(address, call, "test"));
  }

  private static void publish(String topic, int from, int to) throws Exception {
    for (int data = from; data <= to; data++) {
      call(Addresses.PUBLISH, new JsonObject().put("topic", topic).put("data", data));
    }
  }

  /** Somebody who is in; what the server says of his own topic is still to be read. */
  private RawSocket open(String node, String device) {
    RawSocket socket = gateways.open(node).send(new JsonObject().put("type", "auth").put("token", gateways.token(user)).put("device", device));
    socket.await("auth_success");
    return socket;
  }

  private JsonObject begins(RawSocket socket) {
    return socket.await(frame -> "subscribed".equals(frame.getString("type")) && own.equals(frame.getString("topic")), "where the own topic begins");
  }

  private RawSocket subscribe(RawSocket socket) {
    JsonObject subscribed = socket.send(new JsonObject().put("type", "subscribe").put("topic", room)).await(frame -> room.equals(frame.getString("topic")), "an answer");
    assertThat(subscribed.getString("type")).isEqualTo("subscribed");
    assertThat(subscribed.getBoolean("recovered")).isTrue();
    return socket;
  }

  /** Nothing else of the topic comes before or between them, and nothing has come behind them when the server answers. */
  private static void hears(RawSocket socket, String topic, int from, int to) {
    List<Integer> heard = IntStream.rangeClosed(from, to).mapToObj(any -> next(socket, topic).getInteger("data")).toList();
    assertThat(heard).isEqualTo(IntStream.rangeClosed(from, to).boxed().toList());
    socket.send(new JsonObject().put("type", "ping").put("id", "p"));
    assertThat(next(socket, topic).getString("type")).isEqualTo("pong");
  }

  private static JsonObject next(RawSocket socket, String topic) {
    return socket.await(frame -> topic.equals(frame.getString("topic")) && !"receipt".equals(frame.getString("type")) || "pong".equals(frame.getString("type")), "what is next");
  }

  private static RawSocket ack(RawSocket socket, String topic, long offset) {
    return socket.send(new JsonObject().put("type", "ack").put("topic", topic).put("offset", offset));
  }

  private void ownIsWritten(String device, long offset) {
    GatewayFixture.until("the log knows it", () -> {
      try {
        Cursor cursor = GatewayFixture.await(gateways.log.read(new CursorRead(own, "device/" + device, 0, 0, System.currentTimeMillis()))).cursor();
        return cursor != null && cursor.name().equals("device/" + device) && cursor.offset() == offset;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  private void roomIsWritten(String device, long offset) {
    GatewayFixture.until("the log knows it", () -> {
      try {
        return GatewayFixture.await(gateways.log.cursors(room)).stream().anyMatch(cursor -> cursor.name().equals(Cursor.device(user, device)) && cursor.offset() == offset);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void ofTheOwnTopic() throws Exception {
    publish(own, 1, 3);
    try (RawSocket phone = open(FIRST, "phone")) {
      begins(phone);
      hears(phone, own, 1, 3);
      ack(phone, own, 2);
    }
    ownIsWritten("phone", 2);
    publish(own, 4, 4);
    try (RawSocket phone = open(SECOND, "phone"); RawSocket desk = open(SECOND, "desk")) {
      assertThat(begins(phone).getBoolean("recovered")).isTrue();
      hears(phone, own, 3, 4);
      begins(desk);
      hears(desk, own, 3, 4);
      ack(phone, own, 4);
      ack(desk, own, 3);
      ownIsWritten("phone", 4);
      ownIsWritten("desk", 3);
    }
    try (RawSocket phone = open(FIRST, "phone"); RawSocket desk = open(FIRST, "desk")) {
      begins(phone);
      hears(phone, own, 1, 0);
      begins(desk);
      hears(desk, own, 4, 4);
      publish(own, 5, 5);
      hears(phone, own, 5, 5);
    }
  }

  /** The session says which device it is. */
  @Test
  void ofTheOwnTopicOfASession() throws Exception {
    publish(own, 1, 3);
    String resumeToken;
    try (RawSocket phone = gateways.open(FIRST)) {
      resumeToken = phone.send(new JsonObject().put("type", "auth").put("token", gateways.token(user)).put("device", "phone")).await("auth_success").getString("resumeToken");
      begins(phone);
      hears(phone, own, 1, 3);
      ack(phone, own, 1);
      ownIsWritten("phone", 1);
    }
    try (RawSocket phone = gateways.open(SECOND)) {
      assertThat(gateways.resume(phone, resumeToken).getString("type")).isEqualTo("reconnect_success");
      hears(begun(phone), own, 2, 3);
      ack(phone, own, 3);
      ownIsWritten("phone", 3);
    }
  }

  private RawSocket begun(RawSocket socket) {
    assertThat(begins(socket).getBoolean("recovered")).isTrue();
    return socket;
  }

  @Test
  void ofAConversation() throws Exception {
    call(Addresses.MEMBERS_ADD, new JsonObject().put("topic", room).put("users", new JsonArray().add(user)));
    publish(room, 1, 3);
    try (RawSocket phone = open(FIRST, "phone"); RawSocket late = open(SECOND, "phone")) {
      hears(subscribe(phone), room, 1, 3);
      hears(subscribe(late), room, 1, 3);
      ack(phone, room, 2);
      roomIsWritten("phone", 2);
      // What is said later, and is less, takes nothing back.
      ack(late, room, 1);
      publish(room, 4, 4);
      hears(late, room, 4, 4);
      ack(late, room, 3);
      roomIsWritten("phone", 3);
    }
    try (RawSocket phone = open(SECOND, "phone"); RawSocket desk = open(FIRST, "desk")) {
      hears(subscribe(phone), room, 4, 4);
      hears(subscribe(desk), room, 4, 4);
      ack(desk, room, 4);
      roomIsWritten("desk", 4);
    }
    try (RawSocket phone = open(FIRST, "phone"); RawSocket desk = open(SECOND, "desk"); RawSocket third = open(SECOND, "third")) {
      hears(subscribe(phone), room, 4, 4);
      hears(subscribe(desk), room, 1, 0);
      hears(subscribe(third), room, 1, 0);
    }
  }
}
