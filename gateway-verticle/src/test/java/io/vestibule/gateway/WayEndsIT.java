package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A subscription ends, or fails, while its connection is on its way back for it: what that hears by another subscription it misses nothing of, and gets as that says. */
class WayEndsIT {
  private static GatewayFixture gateway;
  private static int tests;

  private final String room = "durable.e" + ++tests;
  private final String topic = room + ".a";
  private final String narrow = room + ".*";
  private final String wide = room + ".**";
  private Promise<Void> answers;

  @BeforeAll
  static void start() {
    gateway = GatewayFixture.start(config -> {
      config.instances = 1;
      config.messagesPerSecond = 0;
      config.topics.add(new TopicRuleConfig("durable.**", "authenticated", "authenticated", true, 10_000, null, null, null, null, null, null, null, null, null));
    });
    GatewayFixture.until("the event loop knows how far the shards are", () -> gateway.log.wasAsked(2));
  }

  @AfterEach
  void readable() {
    gateway.log.answering = Future.succeededFuture();
  }

  @AfterAll
  static void stop() throws Exception {
    gateway.close();
  }

  /** Reads that begin from now on are not answered before the test says so. */
  private void hold() {
    answers = Promise.promise();
    gateway.log.reads.remove(topic);
    gateway.log.answering = answers.future();
  }

  private void awaitRead() {
    GatewayFixture.until("the log is read", () -> gateway.log.reads.containsKey(topic));
  }

  /** What begins from now on is answered; what is held is to be {@link #answers answered} still. */
  private void holdNoMore() {
    gateway.log.answering = Future.succeededFuture();
  }

  private JsonObject publish(RawSocket socket, int from, int to) {
    for (int data = from; data <= to; data++) {
      socket.send(new JsonObject().put("type", "message").put("id", data).put("topic", topic).put("data", data));
    }
    JsonObject last = socket.await(frame -> "ack".equals(frame.getString("type")) && Integer.valueOf(to).equals(frame.getValue("id")), "the last ack");
    return new JsonObject().put("epoch", last.getString("epoch")).put("offset", 0);
  }

  private RawSocket recover(RawSocket socket, JsonObject place) {
    return socket.send(new JsonObject().put("type", "subscribe").put("id", "s").put("topic", topic).put("recover", place));
  }

  private RawSocket recover(RawSocket socket, String pattern, JsonObject place) {
    JsonObject since = new JsonObject().put("at", "2026-01-01T00:00:00Z").put("topics", new JsonObject().put(topic, place));
    return socket.send(new JsonObject().put("type", "subscribe").put("id", "s").put("topic", pattern).put("recover", since));
  }

  private static RawSocket unsubscribe(RawSocket socket, String topic) {
    return socket.send(new JsonObject().put("type", "unsubscribe").put("id", "u").put("topic", topic));
  }

  private static JsonObject next(RawSocket socket) {
    return socket.await(any -> !any.getString("topic", "").startsWith("user."), "something of another topic than the user's own");
  }

  private static void hears(RawSocket socket, int data, String pattern) {
    JsonObject frame = next(socket);
    assertThat(frame.getInteger("data")).as(frame.encode()).isEqualTo(data);
    assertThat(frame.getString("pattern")).as(frame.encode()).isEqualTo(pattern);
  }

  private static void isEnded(RawSocket socket) {
    JsonObject error = next(socket);
    assertThat(error.getString("reason")).as(error.encode()).isEqualTo("not_subscribed");
    assertThat(error.getValue("id")).isEqualTo("s");
    assertThat(next(socket).getString("type")).isEqualTo("unsubscribed");
  }

  @Test
  void thatOfTheNameBeforeItHasBegun() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(narrow)) {
      JsonObject place = publish(bob, 1, 1);
      hears(ann, 1, narrow);
      hold();
      recover(ann, place);
      awaitRead();
      publish(bob, 2, 2);
      isEnded(unsubscribe(ann, topic));
      holdNoMore();
      answers.complete();
      hears(ann, 2, narrow);
      publish(bob, 3, 3);
      hears(ann, 3, narrow);
    }
  }

  @Test
  void thatOfThePatternBeforeItHasBegun() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(wide)) {
      JsonObject place = publish(bob, 1, 1);
      hears(ann, 1, wide);
      hold();
      recover(ann, narrow, place);
      awaitRead();
      publish(bob, 2, 2);
      isEnded(unsubscribe(ann, narrow));
      holdNoMore();
      answers.complete();
      hears(ann, 2, wide);
      publish(bob, 3, 3);
      hears(ann, 3, wide);
    }
  }

  @Test
  void thatOfThePatternOfWhatIsHeardByItsName() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(topic)) {
      JsonObject place = publish(bob, 1, 1);
      hears(ann, 1, null);
      hold();
      recover(ann, narrow, place);
      awaitRead();
      publish(bob, 2, 2);
      isEnded(unsubscribe(ann, narrow));
      holdNoMore();
      answers.complete();
      hears(ann, 2, null);
      publish(bob, 3, 3);
      hears(ann, 3, null);
    }
  }

  /** Who has asked for more than one thing gives up one of them. */
  @Test
  void thatOfTheNameWhichWaitsForAnother() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      JsonObject place = publish(bob, 1, 2);
      hold();
      recover(ann, narrow, place.copy().put("offset", 1));
      awaitRead();
      ann.send(new JsonObject().put("type", "subscribe").put("id", "s").put("topic", topic).put("recover", place));
      isEnded(unsubscribe(ann, topic));
      holdNoMore();
      answers.complete();
      assertThat(next(ann).getJsonObject("recovered").getBoolean(topic)).isTrue();
      hears(ann, 2, narrow);
      publish(bob, 3, 3);
      hears(ann, 3, narrow);
    }
  }

  @Test
  void thatOfTheNameInTheMiddle() {
    try (RawSocket bob = gateway.open("bob"); RawSocket cid = gateway.open("cid"); RawSocket ann = gateway.open("ann")) {
      JsonObject place = publish(bob, 1, 400);
      // Now the node has them.
      recover(cid, place);
      cid.await(frame -> Integer.valueOf(400).equals(frame.getInteger("data")), "the last");
      ann.subscribe(narrow);
      ann.send(new JsonObject().put("type", "subscribe").put("id", "s").put("topic", topic).put("recover", place));
      unsubscribe(ann, topic);
      assertThat(next(ann).getString("type")).isEqualTo("subscribed");
      ann.await("unsubscribed");
      publish(bob, 401, 401);
      hears(ann, 401, narrow);
    }
  }

  @Test
  void thatOfWhatIsForbiddenNow() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(wide)) {
      JsonObject place = publish(bob, 1, 1);
      hears(ann, 1, wide);
      hold();
      recover(ann, place);
      awaitRead();
      publish(bob, 2, 2);
      JsonObject caps = new JsonObject().put("subscribe", new JsonArray().add(room + ".b"));
      ann.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann", new JsonObject().put("caps", caps), Duration.ofHours(1))));
      ann.await("refreshed");
      assertThat(next(ann).getString("reason")).isEqualTo("not_subscribed");
      assertThat(next(ann).getString("type")).isEqualTo("unsubscribed");
      holdNoMore();
      answers.complete();
      publish(bob, 3, 3);
      bob.send(new JsonObject().put("type", "message").put("topic", room + ".b").put("data", 4));
      hears(ann, 4, wide);
    }
  }

  @Test
  void thatOfAPatternBecauseTheLogCannotBeRead() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(wide)) {
      JsonObject place = publish(bob, 1, 1);
      hears(ann, 1, wide);
      hold();
      recover(ann, narrow, place);
      awaitRead();
      publish(bob, 2, 2);
      holdNoMore();
      answers.fail("as the test wants it");
      assertThat(next(ann).getString("reason")).isEqualTo("store_unavailable");
      hears(ann, 2, wide);
      publish(bob, 3, 3);
      hears(ann, 3, wide);
    }
  }

  /** The tail begins because he asks, where it does because of the pattern. */
  @Test
  void thatOfTheNameBecauseTheLogCannotBeReadOnceItsTailHasBegun() {
    try (RawSocket bob = gateway.open("bob")) {
      JsonObject place = publish(bob, 1, 2);
      long looked = gateway.log.looks();
      GatewayFixture.until("the event loop knows that", () -> gateway.log.looks() >= looked + 3 * 64);
      try (RawSocket ann = gateway.open("ann").subscribe(wide)) {
        hold();
        recover(ann, place);
        awaitRead();
        publish(bob, 3, 3);
        Promise<Void> beginning = answers;
        hold();
        beginning.complete();
        awaitRead();
        holdNoMore();
        answers.fail("as the test wants it");
        assertThat(next(ann).getString("reason")).isEqualTo("store_unavailable");
        hears(ann, 3, wide);
        publish(bob, 4, 4);
        hears(ann, 4, wide);
      }
    }
  }
}
