package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.log.core.Cursor;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What comes in a conversation waits for each device of its members until that has acknowledged it. */
class MemberPlacesIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> config.messagesPerSecond = 0);
  private static int rooms;

  private final String room = "conversation.places" + ++rooms;
  private final String user = "u%/" + rooms;

  private void member(String call) {
    TestCalls.call(gateway, "vestibule.members." + call, new JsonObject().put("topic", room).put("users", new JsonArray().add(user)));
  }

  private void publish(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(data -> TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", room).put("data", data)));
  }

  private RawSocket open(String device) {
    RawSocket socket = gateway.open().send(new JsonObject().put("type", "auth").put("token", gateway.token(user)).put("device", device));
    socket.await("subscribed");
    return socket;
  }

  private JsonObject subscribe(RawSocket socket, Consumer<JsonObject> more) {
    JsonObject frame = new JsonObject().put("type", "subscribe").put("id", 1).put("topic", room);
    more.accept(frame);
    return socket.send(frame).await(answer -> answer.containsKey("id"), "an answer");
  }

  private JsonObject subscribe(RawSocket socket) {
    return subscribe(socket, frame -> { });
  }

  /** Messages only: what is told of how far others are may come between them. */
  private static void hears(RawSocket socket, int from, int to) {
    List<Integer> heard = IntStream.rangeClosed(from, to).mapToObj(any -> socket.await(frame -> !frame.getString("type").equals("receipt"), "a message").getInteger("data")).toList();
    assertThat(heard).isEqualTo(IntStream.rangeClosed(from, to).boxed().toList());
  }

  private void ack(RawSocket socket, long offset, String device) {
    socket.send(new JsonObject().put("type", "ack").put("topic", room).put("offset", offset));
    written(device, offset);
  }

  private void written(String device, long offset) {
    GatewayFixture.until("the log knows it", () -> {
      try {
        return GatewayFixture.await(gateway.log.cursors(room)).stream().anyMatch(cursor -> cursor.name().equals(Cursor.device(user, device)) && cursor.offset() == offset);
      } catch (Exception unreadable) {
        return false;
      }
    });
  }

  @Test
  void eachDeviceGoesOnWhereItHasAcknowledged() {
    member("add");
    publish(1, 3);
    try (RawSocket phone = open("phone"); RawSocket desk = open("desk")) {
      assertThat(subscribe(phone).getBoolean("recovered")).isTrue();
      hears(phone, 1, 3);
      ack(phone, 2, "phone");
      subscribe(desk);
      hears(desk, 3, 3);
      publish(4, 5);
      hears(desk, 4, 5);
      ack(desk, 5, "desk");
    }
    publish(6, 6);
    try (RawSocket phone = open("phone"); RawSocket desk = open("desk"); RawSocket third = open("third")) {
      subscribe(phone);
      hears(phone, 3, 6);
      subscribe(desk);
      hears(desk, 6, 6);
      subscribe(third);
      hears(third, 6, 6);
    }
  }

  /** What was sent before somebody was a member is not owed to him, nor what was sent while he was none. */
  @Test
  void aMemberBeginsWhereHeBecameOne() {
    publish(1, 2);
    member("add");
    publish(3, 3);
    try (RawSocket socket = open("phone")) {
      JsonObject subscribed = subscribe(socket);
      assertThat(subscribed.getBoolean("recovered")).isTrue();
      hears(socket, 3, 3);
      ack(socket, 3, "phone");
    }
    member("remove");
    publish(4, 5);
    member("add");
    publish(6, 6);
    try (RawSocket socket = open("phone")) {
      subscribe(socket);
      hears(socket, 6, 6);
    }
  }

  @Test
  void aMemberOfAnEmptyConversationMissesNothing() {
    member("add");
    publish(1, 2);
    try (RawSocket socket = open("phone")) {
      subscribe(socket);
      hears(socket, 1, 2);
    }
  }

  @Test
  void whoWantsToBeginNowBeginsNow() {
    member("add");
    publish(1, 2);
    try (RawSocket now = open("a"); RawSocket from = open("b")) {
      assertThat(subscribe(now, frame -> frame.put("recover", false)).containsKey("recovered")).isFalse();
      JsonObject place = new JsonObject().put("epoch", epoch()).put("offset", 1);
      assertThat(subscribe(from, frame -> frame.put("recover", place)).getBoolean("recovered")).isTrue();
      hears(from, 2, 2);
      publish(3, 3);
      hears(now, 3, 3);
    }
  }

  private String epoch() {
    return TestCalls.call(gateway, "vestibule.history", new JsonObject().put("topic", room)).getString("epoch");
  }

  /** As its own topic, without saying where it is. */
  @Test
  void aSessionGoesOnWhereItsDeviceIs() {
    member("add");
    JsonObject success;
    try (RawSocket socket = gateway.open()) {
      success = socket.send(new JsonObject().put("type", "auth").put("token", gateway.token(user)).put("device", "phone")).text().json();
      subscribe(socket);
      publish(1, 3);
      hears(socket, 1, 3);
      ack(socket, 2, "phone");
      SessionFrames.awaitSaved(gateway, success, room);
    }
    publish(4, 4);
    try (RawSocket socket = gateway.open()) {
      JsonObject back = socket.send(SessionFrames.reconnect(success.getString("resumeToken"))).text().json();
      assertThat(back.getJsonArray("restored")).containsExactly(room);
      assertThat(back.getJsonObject("recovered").getBoolean(room)).isTrue();
      IntStream.rangeClosed(3, 4).forEach(data -> assertThat(socket.await("message").getInteger("data")).isEqualTo(data));
    }
  }

  /** It is in neither list, and comes when it is known what it is. */
  @Test
  void aSessionWhoseStoreIsLostGoesOnWhenItIsBack() {
    member("add");
    JsonObject success;
    try (RawSocket socket = gateway.open()) {
      success = socket.send(new JsonObject().put("type", "auth").put("token", gateway.token(user)).put("device", "phone")).text().json();
      subscribe(socket);
      SessionFrames.awaitSaved(gateway, success, room);
    }
    GatewayFixture.until("nobody knows him any more", () -> !gateway.gateway().node().memberships.knows(user));
    gateway.members.down.set(true);
    publish(1, 2);
    try (RawSocket socket = gateway.open()) {
      JsonObject back = socket.send(SessionFrames.reconnect(success.getString("resumeToken"))).text().json();
      assertThat(back.getString("type")).isEqualTo("reconnect_success");
      assertThat(back.getJsonArray("restored")).isEmpty();
      gateway.members.down.set(false);
      JsonObject subscribed = socket.await(frame -> room.equals(frame.getString("topic")), "the conversation");
      assertThat(subscribed.getString("type")).isEqualTo("subscribed");
      assertThat(subscribed.getBoolean("recovered")).isTrue();
      hears(socket, 1, 2);
    }
  }

  @Test
  void aLogThatCannotBeReadKeepsNobodyWaiting() {
    member("add");
    try (RawSocket socket = open("phone")) {
      gateway.log.unreadable.set(true);
      JsonObject answer = subscribe(socket);
      assertThat(answer.getString("reason")).isEqualTo("store_unavailable");
      gateway.log.unreadable.set(false);
      assertThat(subscribe(socket).getString("type")).isEqualTo("subscribed");
    }
  }

  @Test
  void whatCannotBeAcknowledged() {
    member("add");
    publish(1, 1);
    try (RawSocket socket = open("phone"); RawSocket stranger = gateway.open("stranger" + rooms)) {
      subscribe(socket);
      hears(socket, 1, 1);
      refused(socket, "{\"offset\":2,\"topic\":\"" + room + "\"}", "invalid_value");
      refused(socket, "{\"offset\":1,\"topic\":\"conversation.*\"}", "invalid_topic");
      refused(socket, "{\"offset\":1,\"topic\":\"conversation..\"}", "invalid_value");
      refused(socket, "{\"offset\":1,\"topic\":\"conversation.other\"}", "forbidden_subscribe");
      refused(socket, "{\"offset\":1,\"topic\":\"board.x\"}", "invalid_value");
      refused(socket, "{\"offset\":1,\"read\":1,\"topic\":\"" + room + "\"}", "wrong_type");
      refused(socket, "{\"offset\":1,\"read\":true,\"topic\":\"user.u~25~2F" + rooms + "\"}", "invalid_value");
      refused(stranger, "{\"offset\":1,\"topic\":\"" + room + "\"}", "forbidden_subscribe");
    }
  }

  private static void refused(RawSocket socket, String rest, String reason) {
    socket.send("{\"type\":\"ack\",\"id\":\"x\"," + rest.substring(1));
    JsonObject error = socket.await("error");
    assertThat(error.getString("reason")).as("%s", error).isEqualTo(reason);
  }
}
