package io.vestibule.gateway;

import static io.vestibule.gateway.GrantSteps.gap;
import static io.vestibule.gateway.GrantSteps.granted;
import static io.vestibule.gateway.GrantSteps.hears;
import static io.vestibule.gateway.GrantSteps.lacks;
import static io.vestibule.gateway.GrantSteps.recover;
import static io.vestibule.gateway.GrantSteps.recovers;
import static io.vestibule.gateway.RecoverSteps.place;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.log.core.ShardLog;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whom a server has subscribed to a durable topic that he may not subscribe to himself: he can have what came since, and nothing from before. */
class GrantsIT {
  private static final int MOST_BYTES = 4_096;
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.messagesPerSecond = 0;
    config.maxSessionState = MOST_BYTES;
    config.topics.add(GrantSteps.SECRET);
  });
  private static int topics;

  private final String topic = "secret.g" + ++topics;
  private final String user = "ann" + topics;

  private static JsonObject call(String call, JsonObject body) {
    return TestCalls.call(gateway, "vestibule." + call, body);
  }

  private static JsonObject publish(String topic, int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(data -> call("publish", new JsonObject().put("topic", topic).put("data", data))).reduce((first, last) -> last).orElseThrow();
  }

  private JsonObject turn(String call, String what) {
    return call(call, new JsonObject().put("userId", user).put("topic", what));
  }

  private JsonObject grant(RawSocket socket, String what) {
    assertThat(turn("subscribe", what).getInteger("connections")).isEqualTo(1);
    return granted(socket, what);
  }

  @Test
  void whatCameBeforeIsNotRecovered() {
    publish(topic, 1, 3);
    try (RawSocket ann = gateway.open(user)) {
      assertThat(recover(ann, topic, null).getString("reason")).isEqualTo("forbidden_subscribe");
      JsonObject head = grant(ann, topic);
      assertThat(head.getLong("offset")).isEqualTo(3);
      publish(topic, 4, 6);
      hears(ann, topic, 4, 6);
      lacks(ann, topic, place(head, 0), place(head, 3));
      hears(ann, topic, 4, 6);
      lacks(ann, topic, new JsonObject().put("epoch", "zz").put("offset", 9), place(head, 3));
      hears(ann, topic, 4, 6);
      recovers(ann, topic, place(head, 3));
      hears(ann, topic, 4, 6);
      publish(topic, 7, 7);
      hears(ann, topic, 7, 7);
      ann.send(new JsonObject().put("type", "history").put("id", 2).put("topic", topic));
      assertThat(ann.await("error").getString("reason")).isEqualTo("forbidden_subscribe");
    }
  }

  @Test
  void aPatternBringsNothingOfItEither() {
    publish(topic, 1, 3);
    try (RawSocket ann = gateway.open(user)) {
      JsonObject head = grant(ann, topic);
      ann.send(new JsonObject().put("type", "subscribe").put("id", 1).put("topic", "**").put("recover", new JsonObject().put("at", "2020-01-01T00:00:00Z").put("topics", new JsonObject().put(topic, place(head, 0)))));
      assertThat(ann.await(frame -> frame.containsKey("id"), "an answer").getJsonObject("recovered").containsKey(topic)).isFalse();
      publish(topic, 4, 4);
      hears(ann, topic, 4, 4);
    }
  }

  @Test
  void aGrantBeginsOnceAndAnewWhenItWasTakenAway() {
    publish(topic, 1, 2);
    try (RawSocket ann = gateway.open(user)) {
      JsonObject head = grant(ann, topic);
      publish(topic, 3, 4);
      hears(ann, topic, 3, 4);
      turn("subscribe", topic);
      assertThat(recover(ann, topic, place(head, 2)).getBoolean("recovered")).as("it was given twice").isTrue();
      hears(ann, topic, 3, 4);
      turn("unsubscribe", topic);
      ann.await("unsubscribed");
      assertThat(recover(ann, topic, place(head, 2)).getString("reason")).isEqualTo("forbidden_subscribe");
      publish(topic, 5, 5);
      assertThat(grant(ann, topic).getLong("offset")).isEqualTo(5);
      publish(topic, 6, 6);
      hears(ann, topic, 6, 6);
      lacks(ann, topic, place(head, 2), place(head, 5));
      hears(ann, topic, 6, 6);
    }
  }

  @Test
  void whoMayHimselfIsNotBoundFromThenOn() {
    String own = "durable.g" + topics;
    JsonObject narrow = new JsonObject().put("caps", new JsonObject().put("subscribe", new JsonArray().add("other.**")));
    publish(own, 1, 3);
    try (RawSocket ann = gateway.open().authenticate(gateway.token(user, narrow, Duration.ofHours(1)))) {
      JsonObject head = grant(ann, own);
      lacks(ann, own, place(head, 1), place(head, 3));
      ann.send(new JsonObject().put("type", "refresh").put("token", gateway.token(user))).await("refreshed");
      recovers(ann, own, place(head, 1));
      hears(ann, own, 2, 3);
      ann.send(new JsonObject().put("type", "refresh").put("token", gateway.token(user, narrow, Duration.ofHours(1)))).await("refreshed");
      assertThat(ann.await("unsubscribed").getString("topic")).isEqualTo(own);
      assertThat(recover(ann, own, place(head, 1)).getString("reason")).isEqualTo("forbidden_subscribe");
    }
  }

  @Test
  void aConversationIsBoundForThoseOnlyWhoAreNoMembers() {
    String room = "conversation.g" + topics;
    publish(room, 1, 3);
    try (RawSocket ann = gateway.open(user)) {
      JsonObject head = grant(ann, room);
      lacks(ann, room, place(head, 1), place(head, 3));
      call("members.add", new JsonObject().put("topic", room).put("users", new JsonArray().add(user)));
      GatewayFixture.until("he is known as a member", () -> recover(ann, room, place(head, 1)).getBoolean("recovered"));
      assertThat(ann.await("message").getInteger("data")).isEqualTo(2);
      assertThat(ann.await("message").getInteger("data")).isEqualTo(3);
    }
  }

  @Test
  void aGrantBeginsWhenItsLogCanBeRead() {
    publish(topic, 1, 3);
    try (RawSocket ann = gateway.open(user)) {
      gateway.log.unreadable.set(true);
      assertThat(turn("subscribe", topic).getInteger("connections")).isEqualTo(1);
      assertThat(recover(ann, topic, new JsonObject().put("epoch", "zz").put("offset", 1)).getString("reason")).isEqualTo("store_unavailable");
      publish(topic, 4, 4);
      gateway.log.unreadable.set(false);
      JsonObject head = granted(ann, topic);
      assertThat(head.getLong("offset")).isEqualTo(4);
      publish(topic, 5, 5);
      hears(ann, topic, 5, 5);
      lacks(ann, topic, place(head, 1), place(head, 4));
      hears(ann, topic, 5, 5);
    }
  }

  /** All are given before it is known where any of them begins. */
  @Test
  void aSessionHasRoomForThePlacesOfAllThatItWasGiven() {
    try (RawSocket ann = gateway.open()) {
      JsonObject success = SessionFrames.enter(ann, gateway.token(user));
      gateway.log.unreadable.set(true);
      JsonArray commands = new JsonArray();
      IntStream.range(0, 200).mapToObj(i -> new JsonObject().put("userId", user).put("topic", topic + ".of-a-name-that-is-rather-long." + i))
          .forEach(one -> commands.add(new JsonObject().put("subscribe", one)));
      int given = (int) call("batch", new JsonObject().put("commands", commands)).getJsonArray("results").stream().filter(one -> ((JsonObject) one).getInteger("connections") == 1).count();
      assertThat(given).isBetween(20, 199);
      gateway.log.unreadable.set(false);
      for (int i = 0; i < given; i++) {
        ann.await("subscribed");
      }
      GatewayFixture.until("all places are saved", () -> {
        String state = gateway.coordinator.stateOf(success.getString("sessionId"));
        assertThat(state.length()).isLessThanOrEqualTo(MOST_BYTES);
        return new JsonObject(state).getJsonArray("since", new JsonArray()).stream().filter(place -> !place.equals("")).count() == given;
      });
    }
  }

  @Test
  void ofATopicThatHadNoLogAllIsRecovered() {
    try (RawSocket ann = gateway.open(user)) {
      JsonObject head = grant(ann, topic);
      assertThat(head.getLong("offset")).isZero();
      publish(topic, 1, 3);
      hears(ann, topic, 1, 3);
      recovers(ann, topic, place(head, 0));
      hears(ann, topic, 1, 3);
    }
  }

  @Test
  void whatCameAfterAnEpochEndedIsRecovered() {
    publish(topic, 1, 3);
    try (RawSocket ann = gateway.open(user)) {
      JsonObject head = grant(ann, topic);
      List<ShardLog> backup = gateway.log.copy();
      publish(topic, 4, 5);
      hears(ann, topic, 4, 5);
      gateway.log.restore(backup);
      JsonObject to = gap(ann, topic).getJsonObject("to");
      assertThat(to.getString("epoch")).isNotEqualTo(head.getString("epoch"));
      assertThat(to.getLong("offset")).isEqualTo(3);
      publish(topic, 6, 7);
      hears(ann, topic, 6, 7);
      recovers(ann, topic, to);
      hears(ann, topic, 6, 7);
      lacks(ann, topic, place(to, 0), to);
      hears(ann, topic, 6, 7);
      gateway.log.lose();
      JsonObject first = publish(topic, 8, 9);
      assertThat(gap(ann, topic).getJsonObject("to")).isEqualTo(place(first, 0));
      hears(ann, topic, 8, 9);
      recovers(ann, topic, place(first, 0));
      hears(ann, topic, 8, 9);
    }
  }
}
