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
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.ShardLog;
import io.vestibule.gateway.log.store.TopicLog;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Coming back to durable topics by {@code subscribe} with {@code recover}: what is missing comes first, in order, and what cannot be had is told. */
class RecoverIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> {
    config.messagesPerSecond = 0;
    config.durableTopic("durable.**", 10_000);
    config.durableTopic("short.**", 3);
  });
  private static int topics;

  private final String topic = "durable.r" + ++topics;

  private static JsonObject recover(RawSocket socket, String topic, JsonObject place) {
    return ask(socket, topic, place).await("subscribed");
  }

  private static List<Integer> hears(RawSocket socket, int messages) {
    List<Integer> data = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      JsonObject frame = next(socket);
      assertThat(frame.getString("type")).as(frame.encode()).isEqualTo("message");
      data.add(frame.getInteger("data"));
    }
    return data;
  }

  @Test
  void whatWasMissedComesFirstAndThenWhatIsNew() {
    try (RawSocket bob = gateway.open("bob")) {
      JsonObject before;
      try (RawSocket ann = gateway.open("ann")) {
        publish(bob, topic, 1, 3);
        ann.send(new JsonObject().put("type", "subscribe").put("topic", topic));
        before = ann.await("subscribed");
        assertThat(before.getLong("offset")).isEqualTo(3);
        assertThat(before.containsKey("recovered")).isFalse();
        publish(bob, topic, 4, 4);
        assertThat(ann.await("message").getString("epoch")).isEqualTo(before.getString("epoch"));
      }
      publish(bob, topic, 5, 900);
      try (RawSocket ann = gateway.open("ann")) {
        JsonObject after = recover(ann, topic, place(before, 4));
        assertThat(after.getBoolean("recovered")).isTrue();
        assertThat(after.getValue("id")).isEqualTo("s");
        assertThat(after.getLong("offset")).isEqualTo(900);
        assertThat(hears(ann, 896)).isEqualTo(numbers(5, 900));
        publish(bob, topic, 901, 902);
        assertThat(hears(ann, 2)).isEqualTo(numbers(901, 902));
      }
    }
  }

  @Test
  void thereWasNoMessageYet() {
    try (RawSocket bob = gateway.open("bob")) {
      JsonObject before;
      try (RawSocket ann = gateway.open("ann")) {
        before = recover(ann, topic, null);
        assertThat(before.getLong("offset")).isZero();
        assertThat(recover(ann, topic, place(before)).getBoolean("recovered")).isTrue();
      }
      publish(bob, topic, 1, 3);
      try (RawSocket ann = gateway.open("ann")) {
        JsonObject after = recover(ann, topic, place(before));
        assertThat(after.getBoolean("recovered")).isTrue();
        assertThat(hears(ann, 3)).isEqualTo(numbers(1, 3));
      }
      try (RawSocket ann = gateway.open("ann")) {
        JsonObject other = new JsonObject().put("epoch", "0-z").put("offset", 0);
        assertThat(recover(ann, topic, other).getBoolean("recovered")).as("of another store").isFalse();
        assertThat(next(ann).getJsonObject("from")).isEqualTo(other);
        assertThat(hears(ann, 3)).isEqualTo(numbers(1, 3));
      }
    }
  }

  @Test
  void twiceInARow() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      publish(bob, topic, 1, 5);
      JsonObject head = recover(bob, topic, null);
      ask(ann, topic, place(head, 2));
      ask(ann, topic, place(head, 3));
      assertThat(ann.await("subscribed").getBoolean("recovered")).isTrue();
      assertThat(ann.await("subscribed").getBoolean("recovered")).isTrue();
      List<Integer> heard = new ArrayList<>();
      while (!heard.contains(5)) {
        heard.add(ann.await("message").getInteger("data"));
      }
      assertThat(heard.subList(heard.size() - 2, heard.size())).containsExactly(4, 5);
      JsonObject again = recover(ann, topic, place(head, 4));
      assertThat(again.getBoolean("recovered")).isTrue();
      assertThat(hears(ann, 1)).containsExactly(5);
      ann.send(new JsonObject().put("type", "subscribe").put("topic", topic));
      JsonObject plain = ann.await("subscribed");
      assertThat(plain.getLong("offset")).isEqualTo(5);
      publish(bob, topic, 6, 6);
      assertThat(hears(ann, 1)).containsExactly(6);
    }
  }

  @Test
  void atTheVeryEdgeOfTheLog() {
    String edge = "short.r" + topics;
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann"); RawSocket eve = gateway.open("eve"); RawSocket dan = gateway.open("dan")) {
      publish(bob, edge, 1, 8);
      JsonObject head = recover(dan, edge, null);
      assertThat(recover(ann, edge, place(head, 5)).getBoolean("recovered")).isTrue();
      assertThat(hears(ann, 3)).isEqualTo(numbers(6, 8));
      assertThat(recover(eve, edge, place(head, 4)).getBoolean("recovered")).isFalse();
      JsonObject gap = next(eve);
      assertThat(gap.getString("type")).isEqualTo("gap");
      assertThat(gap.getJsonObject("from")).isEqualTo(place(head, 4));
      assertThat(gap.getJsonObject("to")).isEqualTo(place(head, 5));
      assertThat(hears(eve, 3)).isEqualTo(numbers(6, 8));
      assertThat(recover(bob, edge, place(head)).getBoolean("recovered")).isTrue();
      publish(dan, edge, 9, 9);
      for (RawSocket socket : List.of(ann, eve, bob)) {
        assertThat(hears(socket, 1)).containsExactly(9);
      }
    }
  }

  @Test
  void anOffsetFromTheFutureAndAnotherTopicsEpoch() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann"); RawSocket eve = gateway.open("eve")) {
      publish(bob, topic, 1, 4);
      publish(bob, topic + ".other", 1, 1);
      JsonObject head = recover(bob, topic, null);
      JsonObject other = recover(bob, topic + ".other", null);
      assertThat(recover(ann, topic, place(head, 70)).getBoolean("recovered")).isFalse();
      JsonObject gap = next(ann);
      assertThat(gap.getJsonObject("from")).isEqualTo(place(head, 70));
      assertThat(gap.getJsonObject("to")).isEqualTo(place(head));
      assertThat(recover(eve, topic, place(other)).getBoolean("recovered")).isFalse();
      JsonObject fromOther = next(eve);
      assertThat(fromOther.getJsonObject("from")).isEqualTo(place(other));
      assertThat(fromOther.getJsonObject("to")).isEqualTo(place(head, 0));
      assertThat(hears(eve, 4)).as("it began empty, so everything in it is news").isEqualTo(numbers(1, 4));
      publish(bob, topic, 5, 5);
      for (RawSocket socket : List.of(ann, eve)) {
        assertThat(hears(socket, 1)).containsExactly(5);
      }
    }
  }

  @Test
  void aStoreThatWasRestoredOrLost() {
    try (RawSocket bob = gateway.open("bob")) {
      publish(bob, topic, 1, 2);
      JsonObject head = recover(bob, topic, null);
      List<ShardLog> backup = gateway.log.copy();
      publish(bob, topic, 3, 4);
      gateway.log.restore(backup);
      assertThat(bob.await("gap").getJsonObject("from")).isEqualTo(place(head, 4));
      publish(bob, topic, 5, 6);
      try (RawSocket ann = gateway.open("ann")) {
        assertThat(recover(ann, topic, place(head, 4)).getBoolean("recovered")).isFalse();
        assertThat(ann.await("gap").getJsonObject("from")).isEqualTo(place(head, 4));
        assertThat(hears(ann, 2)).containsExactly(5, 6);
      }
      gateway.log.lose();
      try (RawSocket ann = gateway.open("ann")) {
        assertThat(recover(ann, topic, place(head, 2)).getBoolean("recovered")).isFalse();
        ann.await("gap");
        publish(bob, topic, 7, 7);
        assertThat(ann.await(frame -> Integer.valueOf(7).equals(frame.getInteger("data")), "what is new").getLong("offset")).isEqualTo(1);
      }
    }
    gateway.awaitLooks();
  }

  /** As when somebody starts it with an empty directory, sees that, and then with a copy: what it gave away since the copy is given to nobody again. */
  @Test
  void aStoreThatWasEmptyAndThenRestored() {
    try (RawSocket bob = gateway.open("bob"); RawSocket eve = gateway.open("eve")) {
      publish(bob, topic, 1, 2);
      List<ShardLog> backup = gateway.log.copy();
      publish(bob, topic, 3, 4);
      JsonObject head = recover(bob, topic, null);
      String quiet = IntStream.range(0, 100_000).mapToObj(i -> topic + ".quiet" + i).filter(other -> TopicLog.shardOf(other) == TopicLog.shardOf(topic)).findFirst().orElseThrow();
      recover(bob, quiet, null);
      gateway.log.lose();
      assertThat(next(bob).getString("topic")).as("the gap that tells that it was seen").isEqualTo(quiet);
      gateway.log.restore(backup);
      publish(eve, topic, 5, 8);
      try (RawSocket ann = gateway.open("ann")) {
        // It may be answered before it is seen that another epoch has begun: the gap says so in any case.
        recover(ann, topic, place(head));
        assertThat(next(ann).getJsonObject("from")).isEqualTo(place(head));
        assertThat(hears(ann, 4)).containsExactly(5, 6, 7, 8);
      }
    }
    gateway.awaitLooks();
  }

  @Test
  void aStormReadsALogOnceOrTwice() {
    try (RawSocket bob = gateway.open("bob")) {
      publish(bob, topic, 1, 400);
      JsonObject head = recover(bob, topic, null);
      bob.send(new JsonObject().put("type", "unsubscribe").put("topic", topic)).await("unsubscribed");
      publish(bob, topic + ".idle", 1, 1);
      gateway.log.reads.clear();
      List<RawSocket> storm = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        storm.add(ask(gateway.open("u" + i), topic, place(head, 300 + i * 7 % 60)));
      }
      for (int i = 0; i < 60; i++) {
        RawSocket socket = storm.get(i);
        assertThat(socket.await("subscribed").getBoolean("recovered")).isTrue();
        int from = 301 + i * 7 % 60;
        assertThat(hears(socket, 401 - from)).isEqualTo(numbers(from, 400));
      }
      publish(bob, topic, 401, 401);
      for (RawSocket socket : storm) {
        assertThat(hears(socket, 1)).containsExactly(401);
        socket.close();
      }
      assertThat(gateway.log.reads.get(topic)).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aLogThatCannotBeRead() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      publish(bob, topic, 1, 2);
      JsonObject head = recover(bob, topic, null);
      publish(bob, topic, 3, 3);
      gateway.log.unreadable.set(true);
      String other = topic + ".unknown";
      JsonObject error = ask(ann, other, null).await("error");
      assertThat(error.getString("reason")).isEqualTo("store_unavailable");
      assertThat(error.getValue("id")).isEqualTo("s");
      assertThat(error.getInteger("code")).isEqualTo(503);
      ann.send(new JsonObject().put("type", "unsubscribe").put("topic", other));
      assertThat(ann.await("error").getString("reason")).isEqualTo("not_subscribed");
      gateway.log.unreadable.set(false);
      assertThat(recover(ann, topic, place(head)).getBoolean("recovered")).isTrue();
      assertThat(ann.await("message").getInteger("data")).isEqualTo(3);
    }
  }

  @Test
  void anUnsubscribeEndsIt() {
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      publish(bob, topic, 1, 3_000);
      JsonObject head = recover(bob, topic, null);
      ask(ann, topic, place(head, 0));
      ann.send(new JsonObject().put("type", "unsubscribe").put("topic", topic));
      ann.await("unsubscribed");
      publish(bob, topic, 3_001, 3_001);
      ann.send(new JsonObject().put("type", "ping"));
      assertThat(next(ann).getString("type")).as("nothing comes any more").isEqualTo("pong");
      assertThat(recover(ann, topic, place(head, 3_000)).getBoolean("recovered")).isTrue();
      assertThat(hears(ann, 1)).containsExactly(3_001);
    }
  }

  /** What it would have been told, a gap and what is behind it, is read when it has ended. */
  @Test
  void anUnsubscribeEndsItBeforeItIsKnownWhatIsMissing() {
    String edge = "short.u" + topics;
    try (RawSocket bob = gateway.open("bob"); RawSocket ann = gateway.open("ann")) {
      publish(bob, edge, 1, 8);
      JsonObject head = recover(bob, edge, null);
      Promise<Void> answers = Promise.promise();
      gateway.log.reads.remove(edge);
      gateway.log.answering = answers.future();
      ask(ann, edge, place(head, 1));
      GatewayFixture.until("what is missing is read", () -> gateway.log.reads.containsKey(edge));
      ann.send(new JsonObject().put("type", "unsubscribe").put("topic", edge));
      assertThat(next(ann).getString("reason")).isEqualTo("not_subscribed");
      assertThat(next(ann).getString("type")).isEqualTo("unsubscribed");
      gateway.log.answering = Future.succeededFuture();
      answers.complete();
      // Who asks now is answered behind the read.
      assertThat(recover(ann, edge, place(head, 8)).getBoolean("recovered")).isTrue();
      publish(bob, edge, 9, 9);
      assertThat(hears(ann, 1)).containsExactly(9);
    }
  }

  @Test
  void malformedPlacesAndTopicsThatAreNotKept() {
    try (RawSocket ann = gateway.open("ann")) {
      ask(ann, topic, new JsonObject().put("epoch", 1).put("offset", 1));
      JsonObject error = ann.await("error");
      assertThat(error.getString("reason")).isEqualTo("wrong_type");
      assertThat(error.getJsonObject("details").getString("field")).isEqualTo("recover");
      JsonObject unkept = recover(ann, "unkept.a", new JsonObject().put("epoch", "z").put("offset", 1));
      assertThat(unkept.getBoolean("recovered")).isFalse();
      assertThat(unkept.containsKey("epoch")).isFalse();
      assertThat(Position.epochOf(new Position(-1, 3).epochText())).isEqualTo(-1);
    }
  }
}
