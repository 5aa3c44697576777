package io.vestibule.gateway;

import static io.vestibule.gateway.RecoverSteps.ask;
import static io.vestibule.gateway.RecoverSteps.next;
import static io.vestibule.gateway.RecoverSteps.place;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A subscription ends, or fails, while its connection is on its way back for it: what that hears by another subscription it misses nothing of, and gets as that says. */
class WayEndsIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.instances = 1;
    config.messagesPerSecond = 0;
    config.durableTopic("durable.**", 10_000);
  });
  private static int tests;

  private final String room = "durable.e" + ++tests;
  private final String topic = room + ".a";
  private final String narrow = room + ".*";
  private final String wide = room + ".**";
  private Promise<Void> answers;

  /** Reads that begin from now on are not answered before the test says so. */
  private void hold() {
    answers = Promise.promise();
    gateway.log.reads.remove(topic);
    gateway.log.answering = answers.future();
  }

  private void awaitRead() {
    GatewayFixture.until("the log is read", () -> gateway.log.reads.containsKey(topic));
  }

  /** What begins from now on is answered, and what is held is still to be. */
  private void holdNoMore() {
    gateway.log.answering = Future.succeededFuture();
  }

  private void answer() {
    holdNoMore();
    answers.complete();
  }

  private void answerThatItCannotBeRead() {
    holdNoMore();
    answers.fail("as the test wants it");
  }

  /** Publishes these numbers; the place before the first message of the topic. */
  private JsonObject publish(RawSocket socket, int from, int to) {
    return place(RecoverSteps.publish(socket, topic, from, to), 0);
  }

  private RawSocket recover(RawSocket socket, JsonObject place) {
    return ask(socket, topic, place);
  }

  private RawSocket recover(RawSocket socket, String pattern, JsonObject place) {
    return ask(socket, pattern, new JsonObject().put("at", "2026-01-01T00:00:00Z").put("topics", new JsonObject().put(topic, place)));
  }

  private static RawSocket unsubscribe(RawSocket socket, String topic) {
    return socket.send(new JsonObject().put("type", "unsubscribe").put("id", "u").put("topic", topic));
  }

  private static void hears(RawSocket socket, int data, String pattern) {
    JsonObject frame = next(socket);
    assertThat(frame.getInteger("data")).as(frame.encode()).isEqualTo(data);
    assertThat(frame.getString("pattern")).as(frame.encode()).isEqualTo(pattern);
  }

  /** Somebody hears the first message, asks for more than that, and is on the way back for it when the second comes. */
  private void onItsWay(RawSocket bob, RawSocket ann, String heardBy, Consumer<JsonObject> asking) {
    JsonObject place = publish(bob, 1, 1);
    hears(ann, 1, heardBy);
    hold();
    asking.accept(place);
    awaitRead();
    publish(bob, 2, 2);
  }

  private void goesOnHearing(RawSocket bob, RawSocket ann, int missed, String heardBy) {
    hears(ann, missed, heardBy);
    publish(bob, missed + 1, missed + 1);
    hears(ann, missed + 1, heardBy);
  }

  private static void isEnded(RawSocket socket) {
    JsonObject error = next(socket);
    assertThat(error.getString("reason")).as(error.encode()).isEqualTo("not_subscribed");
    assertThat(error.getValue("id")).isEqualTo("s");
    assertThat(next(socket).getString("type")).isEqualTo("unsubscribed");
  }

  private static void isTold(RawSocket socket, String reason) {
    JsonObject error = next(socket);
    assertThat(error.getString("reason")).as(error.encode()).isEqualTo(reason);
  }

  @Test
  void thatOfTheNameBeforeItHasBegun() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(narrow)) {
      onItsWay(bob, ann, narrow, place -> recover(ann, place));
      isEnded(unsubscribe(ann, topic));
      answer();
      goesOnHearing(bob, ann, 2, narrow);
    }
  }

  @Test
  void thatOfThePatternBeforeItHasBegun() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(wide)) {
      onItsWay(bob, ann, wide, place -> recover(ann, narrow, place));
      isEnded(unsubscribe(ann, narrow));
      answer();
      goesOnHearing(bob, ann, 2, wide);
    }
  }

  @Test
  void thatOfThePatternOfWhatIsHeardByItsName() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(topic)) {
      onItsWay(bob, ann, null, place -> recover(ann, narrow, place));
      isEnded(unsubscribe(ann, narrow));
      answer();
      goesOnHearing(bob, ann, 2, null);
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
      recover(ann, place);
      isEnded(unsubscribe(ann, topic));
      answer();
      assertThat(next(ann).getJsonObject("recovered").getBoolean(topic)).isTrue();
      goesOnHearing(bob, ann, 2, narrow);
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
      recover(ann, place);
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
      onItsWay(bob, ann, wide, place -> recover(ann, place));
      JsonObject caps = new JsonObject().put("subscribe", new JsonArray().add(room + ".b"));
      ann.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann", new JsonObject().put("caps", caps), Duration.ofHours(1))));
      ann.await("refreshed");
      isTold(ann, "not_subscribed");
      assertThat(next(ann).getString("type")).isEqualTo("unsubscribed");
      answer();
      publish(bob, 3, 3);
      bob.send(new JsonObject().put("type", "message").put("topic", room + ".b").put("data", 4));
      hears(ann, 4, wide);
    }
  }

  @Test
  void thatOfAPatternBecauseTheLogCannotBeRead() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann").subscribe(wide)) {
      onItsWay(bob, ann, wide, place -> recover(ann, narrow, place));
      answerThatItCannotBeRead();
      isTold(ann, "store_unavailable");
      goesOnHearing(bob, ann, 2, wide);
    }
  }

  /** The tail begins because he asks, where it does because of the pattern. */
  @Test
  void thatOfTheNameBecauseTheLogCannotBeReadOnceItsTailHasBegun() {
    try (RawSocket bob = gateway.open("bob")) {
      JsonObject place = publish(bob, 1, 2);
      gateway.awaitLooks();
      try (RawSocket ann = gateway.open("ann").subscribe(wide)) {
        hold();
        recover(ann, place);
        awaitRead();
        publish(bob, 3, 3);
        Promise<Void> beginning = answers;
        hold();
        beginning.complete();
        awaitRead();
        answerThatItCannotBeRead();
        isTold(ann, "store_unavailable");
        goesOnHearing(bob, ann, 3, wide);
      }
    }
  }
}
