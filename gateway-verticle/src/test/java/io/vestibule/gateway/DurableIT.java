package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.JsonAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishing to durable topics and reading what is kept of them, on real sockets of two event loops. */
class DurableIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.start(config -> {
    config.messagesPerSecond = 0;
    config.durableTopic("durable.**", 1_000);
    config.durableTopic("short.**", 3);
  });
  private static int topics;

  private final String topic = "durable.t" + ++topics;

  private static JsonObject message(String topic, Object data, String messageId) {
    return new JsonObject().put("type", "message").put("id", "m-" + data).put("topic", topic).put("data", data).put("messageId", messageId);
  }

  private static JsonObject publish(RawSocket socket, String topic, Object data, String messageId) {
    return socket.send(message(topic, data, messageId)).await(frame -> ("m-" + data).equals(frame.getValue("id")), "the answer to " + data);
  }

  private static JsonObject history(RawSocket socket, String topic, JsonObject more) {
    return socket.send(new JsonObject().put("type", "history").put("id", 9).put("topic", topic).mergeIn(more)).await(frame -> Integer.valueOf(9).equals(frame.getValue("id")), "history");
  }

  private static List<Object> data(JsonObject page) {
    List<Object> data = new ArrayList<>();
    page.getJsonArray("messages").forEach(message -> data.add(((JsonObject) message).getValue("data")));
    return data;
  }

  private static JsonObject since(String epoch, long offset) {
    return new JsonObject().put("since", new JsonObject().put("epoch", epoch).put("offset", offset));
  }

  @Test
  void anAckSaysWhereItIsAndSoDoesTheMessage() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe(topic); RawSocket eve = gateway.open("eve").subscribe("durable.*")) {
      for (int i = 1; i <= 3; i++) {
        JsonObject ack = publish(ann, topic, i, null);
        assertThat(ack.getString("type")).isEqualTo("ack");
        assertThat(ack.getLong("offset")).isEqualTo(i);
        assertThat(ack.containsKey("duplicate")).isFalse();
        for (RawSocket socket : List.of(bob, eve)) {
          // To a pattern may come what was stored a second before it was subscribed to.
          JsonObject heard = socket.await(frame -> "message".equals(frame.getString("type")) && topic.equals(frame.getString("topic")), "a message of the topic");
          assertThat(heard.getInteger("data")).isEqualTo(i);
          assertThat(heard.getString("epoch")).isNotEmpty().isEqualTo(ack.getString("epoch"));
          assertThat(heard.getLong("offset")).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void aMessageThatComesAgainIsAnsweredAsBefore() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob"); RawSocket eve = gateway.open("eve").subscribe(topic)) {
      JsonObject first = publish(ann, topic, "a", "id-1");
      JsonObject again = publish(ann, topic, "a", "id-1");
      assertThat(again.getBoolean("duplicate")).isTrue();
      assertThat(again.getLong("offset")).isEqualTo(first.getLong("offset"));
      assertThat(again.getString("epoch")).isEqualTo(first.getString("epoch"));
      assertThat(publish(bob, topic, "bob's own", "id-1").getLong("offset")).as("another user's id is another").isEqualTo(2);
      assertThat(eve.await("message").getString("data")).isEqualTo("a");
      assertThat(eve.await("message").getString("data")).isEqualTo("bob's own");
    }
  }

  @Test
  void historyGoesBothWays() {
    try (RawSocket ann = gateway.open("ann")) {
      JsonObject nothing = history(ann, topic, new JsonObject());
      assertThat(nothing.getString("type")).isEqualTo("history");
      assertThat(nothing.getValue("epoch")).isNull();
      assertThat(nothing.getJsonArray("messages")).isEmpty();
      assertThat(nothing.getBoolean("hasMore")).isFalse();
      IntStream.rangeClosed(1, 10).forEach(i -> publish(ann, topic, i, null));
      JsonObject page = history(ann, topic, new JsonObject().put("limit", 4));
      assertThat(data(page)).containsExactly(1, 2, 3, 4);
      assertThat(page.getBoolean("hasMore")).isTrue();
      String epoch = page.getString("epoch");
      JsonObject message = page.getJsonArray("messages").getJsonObject(3);
      assertThat(message.getString("type")).isEqualTo("message");
      assertThat(message.getLong("offset")).isEqualTo(4);
      assertThat(message.getString("epoch")).isEqualTo(epoch);
      assertThat(message.getJsonObject("metadata").getString("senderId")).isEqualTo("ann");
      assertThat(message.getString("timestamp")).isNotEmpty();
      page = history(ann, topic, since(epoch, 4));
      assertThat(data(page)).containsExactly(5, 6, 7, 8, 9, 10);
      assertThat(page.getBoolean("hasMore")).isFalse();
      assertThat(data(history(ann, topic, new JsonObject().put("reverse", true).put("limit", 3)))).containsExactly(10, 9, 8);
      assertThat(data(history(ann, topic, since(epoch, 8).put("reverse", true).put("limit", 3)))).containsExactly(7, 6, 5);
      assertThat(data(history(ann, topic, since(epoch, 10)))).isEmpty();
      assertThat(data(history(ann, topic, since("another", 8).put("limit", 2)))).as("of another epoch nothing is known").containsExactly(1, 2);
    }
  }

  @Test
  void whatIsBeyondTheBoundsIsGone() {
    String small = "short.t" + topics;
    try (RawSocket ann = gateway.open("ann")) {
      IntStream.rangeClosed(1, 5).forEach(i -> publish(ann, small, i, null));
      assertThat(data(history(ann, small, new JsonObject()))).containsExactly(3, 4, 5);
    }
  }

  @ParameterizedTest
  @CsvSource({
      "'{\"topic\":\"plain.t\"}',                                             400, not_durable",
      "'{\"topic\":\"user.bob\"}',                                            403, forbidden_subscribe",
      "'{\"topic\":\"durable.*\"}',                                           400, wildcard_in_publish",
      "'{\"topic\":\"durable t\"}',                                           400, invalid_topic",
      "'{}',                                                                  400, missing_field",
      "'{\"topic\":\"durable.t\",\"limit\":0}',                               400, invalid_value",
      "'{\"topic\":\"durable.t\",\"limit\":1001}',                            400, invalid_value",
      "'{\"topic\":\"durable.t\",\"limit\":99999999999999999999}',            400, invalid_value",
      "'{\"topic\":\"durable.t\",\"limit\":\"5\"}',                           400, wrong_type",
      "'{\"topic\":\"durable.t\",\"limit\":1.5}',                             400, wrong_type",
      "'{\"topic\":\"durable.t\",\"reverse\":1}',                             400, wrong_type",
      "'{\"topic\":\"durable.t\",\"since\":5}',                               400, wrong_type",
      "'{\"topic\":\"durable.t\",\"since\":{\"epoch\":\"a\"}}',               400, wrong_type",
      "'{\"topic\":\"durable.t\",\"since\":{\"epoch\":\"a\",\"offset\":-1}}', 400, wrong_type",
      "'{\"topic\":\"durable.t\",\"since\":{\"epoch\":1,\"offset\":1}}',      400, wrong_type"})
  void whatCannotBeReadIsRefused(String fields, int code, String reason) {
    try (RawSocket ann = gateway.open("ann")) {
      JsonObject refused = ann.send(new JsonObject(fields).put("type", "history").put("id", 9)).await("error");
      assertThat(refused.getInteger("code")).isEqualTo(code);
      assertThat(refused.getString("reason")).isEqualTo(reason);
      assertThat(refused.getInteger("id")).isEqualTo(9);
    }
  }

  @Test
  void whoeverIsNotInReadsNothing() {
    try (RawSocket stranger = gateway.open()) {
      assertThat(stranger.send(new JsonObject().put("type", "history").put("topic", topic)).await("error").getInteger("code")).isEqualTo(401);
    }
  }

  @Test
  void anAnswerThatIsLostStoresNothingTwice() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe(topic)) {
      gateway.log.forgetting.set(3);
      assertThat(publish(ann, topic, "a", null).getLong("offset")).isEqualTo(1);
      gateway.log.refusing.set(2);
      assertThat(publish(ann, topic, "b", null).getLong("offset")).isEqualTo(2);
      assertThat(bob.await("message").getString("data")).isEqualTo("a");
      assertThat(bob.await("message").getString("data")).isEqualTo("b");
      assertThat(data(history(bob, topic, new JsonObject()))).containsExactly("a", "b");
    }
  }

  /** What was sent behind a message that could not be stored would otherwise overtake its retry. */
  @Test
  void whatIsBehindAMessageThatIsNotStoredIsNotStoredEither() {
    try (RawSocket ann = gateway.open("ann")) {
      gateway.log.refusing.set(Integer.MAX_VALUE);
      for (int i = 1; i <= 5; i++) {
        ann.send(message(topic, i, "id-" + i));
      }
      for (int i = 1; i <= 5; i++) {
        JsonObject refused = ann.await("error");
        assertThat(refused.getString("reason")).isEqualTo("not_stored");
        assertThat(refused.getInteger("code")).isEqualTo(503);
        assertThat(refused.getBoolean("temporary")).isTrue();
        assertThat(refused.getLong("retryAfterMs")).isPositive();
        assertThat(refused.getString("messageId")).isEqualTo("id-" + i);
      }
      gateway.log.refusing.set(0);
      for (int i = 1; i <= 5; i++) {
        assertThat(publish(ann, topic, i, "id-" + i).getLong("offset")).isEqualTo(i);
      }
    }
  }

  @Test
  void aLargeBacklogKeepsItsOrder() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe(topic)) {
      for (int i = 1; i <= 1_000; i++) {
        ann.send(new JsonObject().put("type", "message").put("topic", topic).put("data", i));
      }
      for (int i = 1; i <= 1_000; i++) {
        JsonObject heard = bob.await("message");
        assertThat(heard.getInteger("data")).isEqualTo(i);
        assertThat(heard.getInteger("offset")).isEqualTo(i);
      }
    }
  }

  @Test
  void serversReadOverTheBus() throws Exception {
    try (RawSocket ann = gateway.open("ann")) {
      publish(ann, topic, "a", null);
      JsonObject page = call(Addresses.HISTORY, new JsonObject().put("topic", topic));
      assertThat(data(page)).containsExactly("a");
      JsonObject published = call(Addresses.PUBLISH, new JsonObject().put("topic", topic).put("data", "b").put("messageId", "x"));
      assertThat(published).isEqualTo(new JsonObject().put("topic", topic).put("epoch", page.getString("epoch")).put("offset", 2));
      assertThat(call(Addresses.PUBLISH, new JsonObject().put("topic", topic).put("data", "b").put("messageId", "x")).getBoolean("duplicate")).isTrue();
      assertThat(call(Addresses.BATCH, new JsonObject().put("commands", new JsonArray().add(new JsonObject().put("history", new JsonObject().put("topic", topic).put("limit", 1)))))
          .encode()).contains("\"data\":\"a\"");
    }
  }

  private static JsonObject call(JsonAddress address, JsonObject body) throws Exception {
    return GatewayFixture.await(gateway.vertx.eventBus().<JsonObject>request(address.name(), body)).body();
  }
}
