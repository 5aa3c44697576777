package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What comes on a user's own topic waits for each of his devices until that has acknowledged it. */
class OfflineIT {
  private static final int KEPT = 20;

  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.messagesPerSecond = 0;
    config.durableTopic("user.**", "owner", "servers", KEPT);
  });
  private static int users;

  private final String user = "off" + ++users;
  private final String topic = "user." + user;

  private void publish(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(data -> TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", topic).put("data", data)));
  }

  /** Somebody who is in; what the server says of his own topic is still to be read. */
  private RawSocket open(String device) {
    RawSocket socket = gateway.open().send(new JsonObject().put("type", "auth").put("token", gateway.token(user)).put("device", device));
    assertThat(socket.text().json().getString("type")).isEqualTo("auth_success");
    return socket;
  }

  private static JsonObject begins(RawSocket socket) {
    JsonObject subscribed = socket.await("subscribed");
    assertThat(subscribed.getBoolean("auto")).isTrue();
    return subscribed;
  }

  private static void hears(RawSocket socket, int from, int to) {
    List<Integer> heard = IntStream.rangeClosed(from, to).mapToObj(any -> {
      JsonObject frame = socket.text().json();
      assertThat(frame.getString("type")).as("%s", frame).isEqualTo("message");
      return frame.getInteger("data");
    }).toList();
    assertThat(heard).isEqualTo(IntStream.rangeClosed(from, to).boxed().toList());
  }

  private RawSocket ack(RawSocket socket, long offset) {
    return socket.send(new JsonObject().put("type", "ack").put("topic", topic).put("offset", offset));
  }

  /** What was acknowledged before is written then. */
  private void written(String device, long offset) {
    GatewayFixture.until("the log knows it", () -> {
      try {
        CursorSlice read = GatewayFixture.await(gateway.log.read(new CursorRead(topic, "device/" + device, 0, 0, System.currentTimeMillis())));
        return read.cursor() != null && read.cursor().name().equals("device/" + device) && read.cursor().offset() == offset;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
  }

  private static void hearsNothing(RawSocket socket) {
    socket.send(new JsonObject().put("type", "ping").put("id", "p"));
    assertThat(socket.text().json().getString("type")).isEqualTo("pong");
  }

  @Test
  void whatIsNotAcknowledgedComesAgain() {
    publish(1, 5);
    try (RawSocket phone = open("phone")) {
      assertThat(begins(phone).getLong("offset")).isEqualTo(5);
      hears(phone, 1, 5);
      ack(phone, 1);
      ack(phone, 3);
      ack(phone, 2);
      written("phone", 3);
    }
    publish(6, 7);
    try (RawSocket phone = open("phone")) {
      begins(phone);
      hears(phone, 4, 7);
      publish(8, 8);
      hears(phone, 8, 8);
      ack(phone, 8);
      written("phone", 8);
    }
    try (RawSocket phone = open("phone")) {
      begins(phone);
      hearsNothing(phone);
    }
  }

  @Test
  void eachDeviceHasAPlaceOfItsOwnAndANewOneBeginsAtTheFurthest() {
    publish(1, 3);
    try (RawSocket phone = open("phone"); RawSocket tablet = open("tablet")) {
      begins(phone);
      begins(tablet);
      hears(phone, 1, 3);
      hears(tablet, 1, 3);
      ack(phone, 2);
      written("phone", 2);
      written("tablet", 0);
    }
    try (RawSocket tablet = open("tablet"); RawSocket desk = open("desk")) {
      begins(tablet);
      hears(tablet, 1, 3);
      begins(desk);
      hears(desk, 3, 3);
      written("desk", 2);
      ack(tablet, 3);
      written("tablet", 3);
    }
    try (RawSocket desk = open("desk")) {
      begins(desk);
      hears(desk, 3, 3);
    }
  }

  @Test
  void theDeviceOutlivesTheSocketWithTheSession() {
    publish(1, 2);
    String token;
    try (RawSocket phone = gateway.open().send(new JsonObject().put("type", "auth").put("token", gateway.token(user)).put("device", "my phone"))) {
      token = phone.text().json().getString("resumeToken");
      begins(phone);
      hears(phone, 1, 2);
      ack(phone, 1);
      written("my phone", 1);
    }
    publish(3, 3);
    try (RawSocket phone = gateway.open().send(new JsonObject().put("type", "reconnect_attempt").put("token", token))) {
      assertThat(phone.text().json().getString("type")).isEqualTo("reconnect_success");
      begins(phone);
      hears(phone, 2, 3);
      ack(phone, 3);
      written("my phone", 3);
    }
  }

  @Test
  void whatFellOutOfTheBoundsIsToldAndCounted() {
    publish(1, 2);
    try (RawSocket phone = open("phone")) {
      begins(phone);
      hears(phone, 1, 2);
      ack(phone, 1);
      written("phone", 1);
    }
    publish(3, 30);
    double before = gateway.counter("vestibule.log.offline.lost");
    try (RawSocket phone = open("phone")) {
      begins(phone);
      JsonObject gap = phone.text().json();
      assertThat(gap.getString("type")).isEqualTo("gap");
      assertThat(gap.getJsonObject("from").getLong("offset")).isEqualTo(1);
      assertThat(gap.getJsonObject("to").getLong("offset")).isEqualTo(30 - KEPT);
      hears(phone, 31 - KEPT, 30);
    }
    assertThat(gateway.counter("vestibule.log.offline.lost") - before).isEqualTo(30 - KEPT - 1);
  }

  @Test
  void whatComesMeanwhileWaitsItsTurn() {
    publish(1, 15);
    try (RawSocket phone = open("phone")) {
      publish(16, 20);
      begins(phone);
      hears(phone, 1, 20);
    }
  }

  @Test
  void aLogThatCannotBeReadIsWaitedFor() {
    publish(1, 2);
    gateway.log.unreadable.set(true);
    try (RawSocket phone = open("phone")) {
      hearsNothing(phone);
      gateway.log.unreadable.set(false);
      begins(phone);
      hears(phone, 1, 2);
    }
  }

  /** By the time that it is written, the log may be in another epoch than the one that whoever says it means. */
  @Test
  void anAckWithoutEpochMeansTheOneThatWasToldLast() {
    publish(1, 3);
    gateway.log.unreadable.set(true);
    try (RawSocket phone = open("phone")) {
      hearsNothing(phone);
      assertThat(refused(phone, topic, 2, null)).as("nothing was told yet").isEqualTo("invalid_value");
      gateway.log.unreadable.set(false);
      begins(phone);
      hears(phone, 1, 3);
      ack(phone, 2);
      written("phone", 2);
    }
  }

  @Test
  void aWriteThatFailsIsRepeated() {
    publish(1, 3);
    try (RawSocket phone = open("phone")) {
      begins(phone);
      hears(phone, 1, 3);
      written("phone", 0);
      gateway.log.refusingMoves.set(1);
      ack(phone, 2);
      GatewayFixture.until("it was refused", () -> gateway.log.refusingMoves.get() == 0);
      ack(phone, 1);
      written("phone", 2);
    }
  }

  @Test
  void whatCannotBeAcknowledgedIsAnError() {
    publish(1, 1);
    try (RawSocket phone = open("phone")) {
      String epoch = begins(phone).getString("epoch");
      hears(phone, 1, 1);
      assertThat(refused(phone, topic, 2, null)).isEqualTo("invalid_value");
      assertThat(refused(phone, topic, 2, epoch)).isEqualTo("invalid_value");
      assertThat(refused(phone, "user.other", 1, null)).isEqualTo("invalid_value");
      assertThat(refused(phone, topic, -1, null)).isEqualTo("wrong_type");
      assertThat(refused(phone, topic, "1", null)).isEqualTo("wrong_type");
      assertThat(refused(phone, topic, null, null)).isEqualTo("missing_field");
      // Of an epoch that is over nothing is remembered.
      phone.send(new JsonObject().put("type", "ack").put("topic", topic).put("offset", 1).put("epoch", "zzz"));
      hearsNothing(phone);
      phone.send(new JsonObject().put("type", "ack").put("topic", topic).put("offset", 1).put("epoch", epoch));
      written("phone", 1);
    }
  }

  private static String refused(RawSocket socket, String topic, Object offset, String epoch) {
    JsonObject frame = new JsonObject().put("type", "ack").put("id", "a").put("topic", topic).put("epoch", epoch);
    if (offset != null) {
      frame.put("offset", offset);
    }
    JsonObject error = socket.send(frame).send(new JsonObject().put("type", "ping").put("id", "p")).text().json();
    assertThat(error.getString("type")).as("%s", error).isEqualTo("error");
    assertThat(socket.text().json().getString("type")).isEqualTo("pong");
    assertThat(error.getString("id")).isEqualTo("a");
    assertThat(error.getString("topic")).isEqualTo(topic);
    return error.getString("reason");
  }
}
