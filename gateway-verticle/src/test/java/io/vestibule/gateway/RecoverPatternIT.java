package io.vestibule.gateway;

import static io.vestibule.gateway.RecoverSteps.ask;
import static io.vestibule.gateway.RecoverSteps.next;
import static io.vestibule.gateway.RecoverSteps.numbers;
import static io.vestibule.gateway.RecoverSteps.place;
import static io.vestibule.gateway.RecoverSteps.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Coming back to patterns: what is missing of each topic comes, also of those that the client has never heard of, before anything that is new. */
class RecoverPatternIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.start(config -> {
    config.messagesPerSecond = 0;
    config.durableTopic("durable.**", 10_000);
    config.durableTopic("short.**", 3);
  });
  private static int tests;

  private final String room = "durable.p" + ++tests;
  private final String pattern = room + ".*";

  private static JsonObject subscribed(RawSocket socket, String pattern) {
    JsonObject frame = next(socket);
    assertThat(frame.getString("type")).as(frame.encode()).isEqualTo("subscribed");
    assertThat(frame.getString("topic")).isEqualTo(pattern);
    assertThat(frame.getValue("id")).isEqualTo("s");
    return frame;
  }

  private static JsonObject since(JsonObject frame) {
    return new JsonObject().put("at", frame.getString("timestamp")).put("topics", new JsonObject());
  }

  /** The next messages, by their topics. */
  private Map<String, List<Integer>> hears(RawSocket socket, int messages) {
    Map<String, List<Integer>> data = new TreeMap<>();
    for (int i = 0; i < messages; i++) {
      JsonObject frame = next(socket);
      assertThat(frame.getString("type")).as(frame.encode()).isEqualTo("message");
      assertThat(frame.getString("pattern")).isEqualTo(pattern);
      data.computeIfAbsent(frame.getString("topic"), first -> new ArrayList<>()).add(frame.getInteger("data"));
    }
    return data;
  }

  @Test
  void whatWasMissedComesAlsoOfTopicsThatNobodyNamed() {
    try (RawSocket bob = gateway.open("bob")) {
      JsonObject last;
      try (RawSocket ann = gateway.open("ann").subscribe(pattern)) {
        publish(bob, room + ".a", 1, 2);
        next(ann);
        last = next(ann);
      }
      publish(bob, room + ".a", 3, 300);
      publish(bob, room + ".new", 1, 200);
      publish(bob, room + ".b.deeper", 1, 1);
      try (RawSocket ann = gateway.open("ann")) {
        JsonObject recover = since(last);
        recover.getJsonObject("topics").put(room + ".a", place(last)).put(room + ".never", place(last));
        JsonObject subscribed = subscribed(ask(ann, pattern, recover), pattern);
        assertThat(subscribed.getJsonObject("recovered").getMap())
            .isEqualTo(Map.of(room + ".a", true, room + ".new", true, room + ".never", false));
        Map<String, List<Integer>> heard = new HashMap<>();
        JsonObject gap = null;
        for (int i = 0; i < 499; i++) {
          JsonObject frame = next(ann);
          if (frame.getString("type").equals("gap")) {
            gap = frame;
          } else {
            heard.computeIfAbsent(frame.getString("topic"), first -> new ArrayList<>()).add(frame.getInteger("data"));
          }
        }
        assertThat(heard).isEqualTo(Map.of(room + ".a", numbers(3, 300), room + ".new", numbers(1, 200)));
        assertThat(gap.getString("topic")).as("the place was another topic's").isEqualTo(room + ".never");
        assertThat(gap.getString("pattern")).isEqualTo(pattern);
        publish(bob, room + ".a", 301, 302);
        publish(bob, room + ".newer", 1, 1);
        assertThat(hears(ann, 3)).isEqualTo(Map.of(room + ".a", numbers(301, 302), room + ".newer", numbers(1, 1)));
      }
    }
  }

  @Test
  void whatIsNotToBeHadAnyMoreIsAGap() {
    String short1 = "short.p" + tests;
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      JsonObject first = publish(bob, short1 + ".a", 1, 1);
      publish(bob, short1 + ".a", 2, 9);
      publish(bob, short1 + ".b", 1, 5);
      JsonObject recover = since(first);
      recover.getJsonObject("topics").put(short1 + ".a", place(first));
      JsonObject subscribed = subscribed(ask(ann, short1 + ".*", recover), short1 + ".*");
      assertThat(subscribed.getJsonObject("recovered").getMap()).isEqualTo(Map.of(short1 + ".a", false, short1 + ".b", false));
      Map<String, List<String>> heard = new HashMap<>();
      for (int i = 0; i < 8; i++) {
        JsonObject frame = next(ann);
        heard.computeIfAbsent(frame.getString("topic"), none -> new ArrayList<>()).add(frame.getString("type").equals("gap")
            ? frame.getJsonObject("from").getLong("offset") + " to " + frame.getJsonObject("to").getLong("offset") : frame.getValue("data").toString());
      }
      assertThat(heard).isEqualTo(Map.of(short1 + ".a", List.of("1 to 6", "7", "8", "9"), short1 + ".b", List.of("0 to 2", "3", "4", "5")));
    }
  }

  @Test
  void whatComesMeanwhileComesAfterSubscribed() {
    Promise<Void> looked = Promise.promise();
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann"); RawSocket cid = gateway.open("cid").subscribe(room + ".**")) {
      JsonObject before = publish(bob, room + ".a", 1, 1);
      gateway.log.looking = looked.future();
      JsonObject recover = since(before);
      recover.getJsonObject("topics").put(room + ".a", place(before));
      ask(ann, pattern, recover);
      // When a later frame is answered, it is subscribed.
      ann.send(new JsonObject().put("type", "ping")).await("pong");
      publish(bob, room + ".a", 2, 4);
      publish(bob, room + ".meanwhile", 1, 3);
      IntStream.range(0, 7).forEach(i -> cid.await("message"));
      gateway.log.looking = Future.succeededFuture();
      looked.complete();
      assertThat(subscribed(ann, pattern).getJsonObject("recovered").getBoolean(room + ".a")).isTrue();
      assertThat(hears(ann, 6)).isEqualTo(Map.of(room + ".a", numbers(2, 4), room + ".meanwhile", numbers(1, 3)));
      publish(bob, room + ".meanwhile", 4, 4);
      assertThat(hears(ann, 1)).isEqualTo(Map.of(room + ".meanwhile", numbers(4, 4)));
    }
  }

  @Test
  void whatIsNewWhileItIsReadIsPutOff() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      JsonObject before = publish(bob, room + ".a", 1, 500);
      ask(ann, pattern, since(before));
      // Nobody knows of which of these the look has seen something.
      for (int i = 1; i <= 20; i++) {
        publish(bob, room + ".t" + i, 1, 2);
      }
      subscribed(ann, pattern);
      Map<String, List<Integer>> heard = hears(ann, 540);
      assertThat(heard).hasSize(21);
      assertThat(heard.remove(room + ".a")).isEqualTo(numbers(1, 500));
      assertThat(heard.values()).allSatisfy(two -> assertThat(two).isEqualTo(numbers(1, 2)));
    }
  }

  @Test
  void whoHasItAlreadyMayAskAgain() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(pattern)) {
      JsonObject first = publish(bob, room + ".a", 1, 3);
      assertThat(hears(ann, 3)).isEqualTo(Map.of(room + ".a", numbers(1, 3)));
      JsonObject recover = since(first);
      recover.getJsonObject("topics").put(room + ".a", place(first).put("offset", 1));
      subscribed(ask(ann, pattern, recover), pattern);
      assertThat(hears(ann, 2)).isEqualTo(Map.of(room + ".a", numbers(2, 3)));
      publish(bob, room + ".a", 4, 4);
      assertThat(hears(ann, 1)).isEqualTo(Map.of(room + ".a", numbers(4, 4)));
    }
  }

  @Test
  void aLogThatCannotBeReadIsSaidAndNothingHasBegun() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      JsonObject before = publish(bob, room + ".a", 1, 1);
      gateway.log.unreadable.set(true);
      JsonObject error = ask(ann, pattern, since(before)).await("error");
      assertThat(error.getString("reason")).isEqualTo("store_unavailable");
      assertThat(error.getValue("id")).isEqualTo("s");
      gateway.log.unreadable.set(false);
      assertThat(ann.send(new JsonObject().put("type", "unsubscribe").put("topic", pattern)).await("error").getString("reason")).isEqualTo("not_subscribed");
      subscribed(ask(ann, pattern, since(before)), pattern);
      assertThat(hears(ann, 1)).isEqualTo(Map.of(room + ".a", numbers(1, 1)));
    }
  }

  @Test
  void whoChangesHisMindIsNotSubscribed() {
    Promise<Void> looked = Promise.promise();
    gateway.log.looking = looked.future();
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      JsonObject before = publish(bob, room + ".a", 1, 1);
      ask(ann, pattern, since(before)).send(new JsonObject().put("type", "unsubscribe").put("topic", pattern));
      assertThat(ann.await("error").getString("reason")).isEqualTo("not_subscribed");
      ann.await("unsubscribed");
      try (RawSocket gone = gateway.open("gone")) {
        ask(gone, pattern, since(before)).send(new JsonObject().put("type", "ping")).await("pong");
      }
      looked.complete();
      publish(bob, room + ".a", 2, 2);
      assertThat(ann.send(new JsonObject().put("type", "ping")).await(frame -> !frame.getString("topic", "").startsWith("user."), "the next").getString("type")).isEqualTo("pong");
    }
  }

  private static String holder(String user, String topics) {
    return gateway.token(user, new JsonObject().put("caps", new JsonObject().put("subscribe", List.of(topics))), Duration.ofHours(1));
  }

  @Test
  void nobodyIsToldOfTopicsThatHeMayNotHear() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open().comeIn(holder("ann", room + ".**"));
        RawSocket eve = gateway.open().comeIn(holder("eve", room + ".a"))) {
      JsonObject before = publish(bob, room + ".a", 1, 1);
      publish(bob, room + ".b", 1, 1);
      assertThat(subscribed(ask(ann, pattern, since(before)), pattern).getJsonObject("recovered").getMap().keySet()).containsExactlyInAnyOrder(room + ".a", room + ".b");
      assertThat(subscribed(ask(eve, pattern, since(before)), pattern).getJsonObject("recovered").getMap().keySet()).containsExactly(room + ".a");
    }
  }

  @Test
  void tooManyTopicsAreRefused() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      JsonObject before = publish(bob, room + ".t0", 0, 0);
      for (int i = 1; i <= 1_000; i++) {
        bob.send(new JsonObject().put("type", "message").put("topic", room + ".t" + i).put("data", i));
      }
      publish(bob, room + ".t1", 1, 1);
      GatewayFixture.until("all are stored", () -> stored() > 1_000);
      JsonObject error = ask(ann, pattern, since(before)).await("error");
      assertThat(error.getString("reason")).isEqualTo("recovery_too_large");
      assertThat(error.getJsonObject("details").getInteger("limit")).isEqualTo(1_000);
    }
  }

  private long stored() {
    return gateway.log.copy().stream().flatMap(shard -> shard.images().stream()).filter(log -> log.topic().startsWith(room)).count();
  }

  @Test
  void malformedOnesAreRefused() {
    try (RawSocket ann = gateway.open("ann")) {
      String now = "2026-01-01T00:00:00.000Z";
      JsonObject place = new JsonObject().put("epoch", "z").put("offset", 1);
      for (JsonObject wrong : List.of(place, new JsonObject(), new JsonObject().put("at", 5), new JsonObject().put("at", "yesterday"), new JsonObject().put("topics", new JsonObject()),
          new JsonObject().put("at", now).put("topics", new JsonObject().put(room + ".a", 5)))) {
        JsonObject error = ask(ann, pattern, wrong).await("error");
        assertThat(error.getString("reason")).as(wrong.encode()).isEqualTo("wrong_type");
        assertThat(error.getJsonObject("details").getString("field")).isEqualTo("recover");
      }
      assertThat(ask(ann, room + ".a", new JsonObject().put("at", now)).await("error").getString("reason")).isEqualTo("wrong_type");
      JsonObject foreign = new JsonObject().put("at", now).put("topics", new JsonObject().put("elsewhere.a", place));
      assertThat(ask(ann, pattern, foreign).await("error").getString("reason")).isEqualTo("invalid_value");
      subscribed(ask(ann, pattern, new JsonObject().put("at", "2999-01-01T00:00:00+02:00")), pattern);
    }
  }
}
