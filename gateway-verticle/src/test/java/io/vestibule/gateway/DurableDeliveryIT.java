package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Epoch;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.ShardLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What subscribers of durable topics get where the bus loses, doubles and reorders, and where the store does what it should not. The test stores messages as another node would, and sends them itself. */
class DurableDeliveryIT {
  @AutoClose
  private static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.messagesPerSecond = 0;
    config.durableTopic("durable.**", 1_000);
    config.topics.add(GrantSteps.SECRET);
  });
  private static int topics;
  private static long number;

  private final String topic = "durable.d" + ++topics;

  private static String frame(String topic, int data) {
    return new JsonObject().put("type", "message").put("topic", topic).put("data", data).put("timestamp", "t").encode();
  }

  /** Another node stores messages at once. */
  private static Appended append(String topic, int kept, Stream<String> frames) {
    Append append = new Append(topic, 77, ++number, System.currentTimeMillis(), Epoch.ofNew(number << 8), new LogBounds(kept, 3_600_000, 0),
        frames.map(frame -> new Append.Draft(null, frame.getBytes(StandardCharsets.UTF_8))).toList());
    return await(() -> gateway.log.append(append).toCompletionStage().toCompletableFuture().get());
  }

  /** Another node stores a message. */
  private static FanMessage store(String topic, int data, int kept) {
    String frame = frame(topic, data);
    Appended stored = append(topic, kept, Stream.of(frame));
    long offset = stored.offsets()[0];
    return new FanMessage(topic, FrameEncoder.withPosition(Buffer.buffer(frame), new Position(stored.epoch(), offset)), null,
        new StoredAt(stored.epoch(), offset, stored.lineage(), stored.firstVersion(), stored.versionBefore()));
  }

  private interface Call<T> {
    T call() throws Exception;
  }

  private static <T> T await(Call<T> call) {
    try {
      return call.call();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private static void send(FanMessage message) {
    gateway.bus.publish(Addresses.FAN, message, null);
  }

  private static List<Integer> hears(RawSocket socket, int messages) {
    List<Integer> data = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      data.add(socket.await("message").getInteger("data"));
    }
    return data;
  }

  /** Of the topic: where another test has lost the store a moment ago, one of the user's own topic may come before it. */
  private JsonObject gap(RawSocket socket) {
    return socket.await(frame -> "gap".equals(frame.getString("type")) && topic.equals(frame.getString("topic")), "a gap");
  }

  /** Somebody hears two messages, and the store comes back with the first of them. */
  private void secondIsForgotten(RawSocket socket) {
    send(store(topic, 1, 100));
    List<ShardLog> backup = gateway.log.copy();
    send(store(topic, 2, 100));
    assertThat(hears(socket, 2)).containsExactly(1, 2);
    gateway.log.restore(backup);
  }

  @Test
  void whatIsLostIsReadFromTheLog() {
    try (RawSocket ann = gateway.open("ann").subscribe(topic); RawSocket bob = gateway.open("bob").subscribe("durable.*")) {
      send(store(topic, 1, 100));
      store(topic, 2, 100);
      send(store(topic, 3, 100));
      for (RawSocket socket : List.of(ann, bob)) {
        assertThat(hears(socket, 3)).containsExactly(1, 2, 3);
      }
      store(topic, 4, 100);
      assertThat(hears(ann, 1)).as("nothing comes after it, but the log has moved").containsExactly(4);
      JsonObject last = bob.await("message");
      assertThat(last.getInteger("data")).isEqualTo(4);
      assertThat(last.getLong("offset")).isEqualTo(4);
      assertThat(last.getString("pattern")).isEqualTo("durable.*");
    }
  }

  @Test
  void aTopicOfWhichNothingWasHeardIsFoundToo() {
    try (RawSocket bob = gateway.open("bob").subscribe("durable.**")) {
      store(topic + ".new", 7, 100);
      assertThat(bob.await(frame -> (topic + ".new").equals(frame.getString("topic")), "the new topic").getInteger("data")).isEqualTo(7);
    }
  }

  @Test
  void theOrderIsThatOfTheOffsetsAndEachComesOnce() {
    try (RawSocket ann = gateway.open("ann").subscribe(topic); RawSocket bob = gateway.open("bob").subscribe("durable.*")) {
      List<FanMessage> messages = new ArrayList<>();
      List<Integer> expected = new ArrayList<>();
      for (int i = 1; i <= 200; i++) {
        FanMessage message = store(topic, i, 1_000);
        messages.add(message);
        if (i % 3 == 0) {
          messages.add(message);
        }
        expected.add(i);
      }
      FanMessage first = messages.remove(0);
      send(first);
      Collections.shuffle(messages, new Random(1));
      messages.subList(0, 20).clear();
      messages.forEach(DurableDeliveryIT::send);
      for (RawSocket socket : List.of(ann, bob)) {
        assertThat(hears(socket, 200)).isEqualTo(expected);
      }
      send(first);
      send(store(topic, 201, 1_000));
      assertThat(hears(ann, 1)).containsExactly(201);
    }
  }

  @Test
  void whatIsGoneIsTold() {
    try (RawSocket ann = gateway.open("ann").subscribe(topic)) {
      FanMessage first = store(topic, 1, 3);
      send(first);
      assertThat(hears(ann, 1)).containsExactly(1);
      append(topic, 3, IntStream.rangeClosed(2, 6).mapToObj(i -> frame(topic, i)));
      JsonObject gap = gap(ann);
      String epoch = new Position(first.stored().epoch(), 0).epochText();
      assertThat(gap.getJsonObject("from")).isEqualTo(new JsonObject().put("epoch", epoch).put("offset", 1));
      assertThat(gap.getJsonObject("to")).isEqualTo(new JsonObject().put("epoch", epoch).put("offset", 3));
      assertThat(hears(ann, 3)).containsExactly(4, 5, 6);
    }
  }

  @Test
  void aStoreThatComesBackEmptyOrOlderBeginsANewEpoch() {
    try (RawSocket ann = gateway.open("ann").subscribe(topic)) {
      secondIsForgotten(ann);
      JsonObject restored = gap(ann);
      assertThat(restored.getJsonObject("from").getLong("offset")).isEqualTo(2);
      assertThat(restored.getJsonObject("to").getString("epoch")).isNotEqualTo(restored.getJsonObject("from").getString("epoch"));
      send(store(topic, 3, 100));
      assertThat(hears(ann, 1)).containsExactly(3);
      gateway.log.lose();
      send(store(topic, 4, 100));
      assertThat(gap(ann).getJsonObject("to").getLong("offset")).isZero();
      assertThat(hears(ann, 1)).containsExactly(4);
    }
  }

  /** Of what is stored then nobody who listens would hear, and at its place somebody has another one. */
  @Test
  void aStoreThatIsOlderFindsOutBeforeItStoresSomething() {
    try (RawSocket ann = gateway.open("ann").subscribe(topic)) {
      secondIsForgotten(ann);
      // As many as it has lost, and of the same place.
      ann.send(new JsonObject().put("type", "message").put("topic", topic).put("data", 3));
      JsonObject gap = gap(ann);
      assertThat(gap.getJsonObject("from").getLong("offset")).isEqualTo(2);
      assertThat(gap.getJsonObject("to").getLong("offset")).isEqualTo(1);
      assertThat(hears(ann, 1)).containsExactly(3);
      JsonObject history = ann.send(new JsonObject().put("type", "history").put("topic", topic)).await("history");
      assertThat(history.getJsonArray("messages").stream().map(message -> ((JsonObject) message).getInteger("data")).toList()).containsExactly(1, 3);
    }
  }

  @Test
  void whoMayNotReadATopicGetsNothingOfIt() {
    try (RawSocket ann = gateway.open("ann").subscribe("**")) {
      send(store("secret.x" + topics, 1, 100));
      store("secret.x" + topics, 2, 100);
      send(store(topic, 3, 100));
      assertThat(hears(ann, 1)).containsExactly(3);
    }
  }
}
