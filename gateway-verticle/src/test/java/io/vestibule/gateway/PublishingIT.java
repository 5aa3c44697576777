package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Subscribing, publishing and who gets what, on real sockets of two event loops. */
class PublishingIT {
  @AutoClose
  private static GatewayFixture gateway = GatewayFixture.start(config -> config.messagesPerSecond = 0);

  private static JsonObject message(String topic, Object data) {
    return new JsonObject().put("type", "message").put("topic", topic).put("data", data);
  }

  private static JsonObject of(String type, String topic) {
    return new JsonObject().put("type", type).put("topic", topic);
  }

  /** What comes before the next mark, which is published after everything else. */
  private static List<JsonObject> until(RawSocket socket, String mark) {
    gateway.publish("user." + mark, "mark");
    var before = new java.util.ArrayList<JsonObject>();
    for (JsonObject next = socket.text().json(); !"mark".equals(next.getValue("data")); next = socket.text().json()) {
      before.add(next);
    }
    return before;
  }

  @Test
  void aMessageArrivesAsItWasSent() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe("room.1")) {
      ann.send("{\"type\":\"message\",\"id\":\"a\",\"topic\":\"room.1\",\"data\":{\"x\" : [1.50, 1e2, \"\\u00fc\"]},\"eventType\":\"said\","
          + "\"metadata\":{\"senderId\":\"bob\",\"sender\\u0049d\":\"eve\",\"k\":null},\"messageId\":\"m1\"}");
      JsonObject ack = ann.text().json();
      assertThat(ack.getString("type")).isEqualTo("ack");
      assertThat(ack.getString("id")).isEqualTo("a");
      assertThat(ack.getString("topic")).isEqualTo("room.1");
      assertThat(ack.getString("messageId")).isEqualTo("m1");
      JsonObject message = bob.text().json();
      assertThat(message.getString("type")).isEqualTo("message");
      assertThat(message.getString("topic")).isEqualTo("room.1");
      assertThat(message.getString("eventType")).isEqualTo("said");
      assertThat(message.getJsonObject("data")).isEqualTo(new JsonObject("{\"x\":[1.5,100.0,\"ü\"]}"));
      assertThat(message.getJsonObject("metadata")).isEqualTo(new JsonObject().put("senderId", "ann").putNull("k"));
      assertThat(message.containsKey("id")).isFalse();
      assertThat(message.containsKey("pattern")).isFalse();
      assertThat(message.getInstant("timestamp")).isNotNull();
    }
  }

  @Test
  void withoutAnIdSuccessIsSilent() {
    try (RawSocket ann = gateway.open("ann")) {
      ann.send(message("room.1", 1));
      ann.send("{\"type\":\"ping\"}");
      assertThat(ann.text().type()).isEqualTo("pong");
    }
  }

  @Test
  void aPublisherHearsItselfUnlessItSaysNo() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1").subscribe("room.*")) {
      ann.send(message("room.1", "quiet").put("echo", false));
      ann.send(message("room.1", "loud"));
      assertThat(ann.text().json().getString("data")).isEqualTo("loud");
      assertThat(until(ann, "ann")).isEmpty();
    }
  }

  @Test
  void echoFalseIsForThisConnectionOnly() {
    try (RawSocket one = gateway.open("ann").subscribe("room.1"); RawSocket other = gateway.open("ann").subscribe("room.1")) {
      one.send(message("room.1", 1).put("echo", false));
      assertThat(other.text().json().getInteger("data")).isEqualTo(1);
    }
  }

  @Test
  void whatMatchesTwiceComesOnceAndNamesItsPatternOnlyWithoutALiteral() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.*").subscribe("room.**").subscribe("**")) {
      gateway.publish("room.1", 1);
      JsonObject first = ann.text().json();
      assertThat(first.getString("pattern")).isIn("room.*", "room.**", "**");
      ann.subscribe("room.1");
      gateway.publish("room.1", 2);
      JsonObject second = ann.text().json();
      assertThat(second.getInteger("data")).isEqualTo(2);
      assertThat(second.containsKey("pattern")).isFalse();
      assertThat(until(ann, "ann")).isEmpty();
    }
  }

  @Test
  void subscribingAgainChangesNothing() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1").subscribe("room.1")) {
      gateway.publish("room.1", 1);
      assertThat(until(ann, "ann")).hasSize(1);
    }
  }

  @Test
  void afterUnsubscribedNothingMoreComes() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1").subscribe("room.*")) {
      for (String topic : List.of("room.1", "room.*")) {
        ann.send(of("unsubscribe", topic).put("id", 1));
        assertThat(ann.text().json().getMap()).containsEntry("type", "unsubscribed").containsEntry("topic", topic);
      }
      gateway.publish("room.1", 1);
      assertThat(until(ann, "ann")).isEmpty();
      ann.send(of("unsubscribe", "room.1"));
      assertThat(ann.text().json().getString("reason")).isEqualTo("not_subscribed");
    }
  }

  @Test
  void anEavesdropperGetsNothingThatItCouldNotSubscribeTo() {
    JsonObject caps = new JsonObject().put("caps", new JsonObject().put("subscribe", new JsonArray().add("open.**").add("user.**")));
    try (RawSocket eve = gateway.open("eve").subscribe("**").subscribe("*.*").subscribe("*");
        RawSocket narrow = gateway.open().authenticate(gateway.token("nan", caps, Duration.ofHours(1))).subscribe("**")) {
      for (String topic : List.of("user.ann", "user", "user.ann.x", "vestibule.secret", "vestibule", "user.ev", "user.eve2")) {
        gateway.publish(topic, topic);
      }
      gateway.publish("open.1", "open");
      gateway.publish("closed.1", "closed");
      assertThat(until(eve, "eve")).extracting(json -> json.getString("data")).containsExactly("open", "closed");
      assertThat(until(narrow, "nan")).extracting(json -> json.getString("data")).containsExactly("open");
      for (String topic : List.of("user.ann", "user.*", "user.**", "vestibule.**", "vestibule.x")) {
        eve.send(of("subscribe", topic).put("id", topic));
        JsonObject error = eve.text().json();
        // A pattern over user topics is accepted, because it reaches the user's own; it delivers nothing else.
        if (error.getString("type").equals("error")) {
          assertThat(error.getString("reason")).isEqualTo("forbidden_subscribe");
          assertThat(error.getString("topic")).isEqualTo(topic);
        }
      }
      gateway.publish("user.ann", "private");
      assertThat(until(eve, "eve")).isEmpty();
    }
  }

  @Test
  void aPublishersErrorsSayWhatTheyAreAbout() {
    JsonObject caps = new JsonObject().put("caps", new JsonObject().put("publish", new JsonArray().add("mine.*")));
    try (RawSocket ann = gateway.open().authenticate(gateway.token("ann", caps, Duration.ofHours(1)))) {
      for (String[] refused : new String[][] {{"other.1", "forbidden_publish"}, {"mine.*", "wildcard_in_publish"}, {"a b", "invalid_topic"},
          {"", "invalid_topic"}, {"user.ann", "forbidden_publish"}, {"vestibule.x", "forbidden_publish"}}) {
        ann.send(message(refused[0], 1).put("id", "i").put("messageId", "m"));
        JsonObject error = ann.text().json();
        assertThat(error.getString("reason")).isEqualTo(refused[1]);
        assertThat(error.getString("id")).isEqualTo("i");
        assertThat(error.getString("topic")).isEqualTo(refused[0]);
        assertThat(error.getString("messageId")).isEqualTo("m");
        assertThat(error.getBoolean("temporary")).isFalse();
        assertThat(error.getJsonObject("details")).isNotNull();
      }
      ann.send("{\"type\":\"message\",\"topic\":\"mine.1\",\"messageId\":\"m\",\"id\":9,\"data\":1,\"metadata\":7}");
      JsonObject error = ann.text().json();
      assertThat(error.getString("reason")).isEqualTo("wrong_type");
      assertThat(error.getString("topic")).isEqualTo("mine.1");
      assertThat(error.getString("messageId")).isEqualTo("m");
      assertThat(error.getInteger("id")).isEqualTo(9);
    }
  }

  @Test
  void halfASurrogatePairHarmsNobody() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe("room.1")) {
      for (String half : List.of("\\ud800", "\\udc00", "x\\ud800y", "\\udc00\\ud800")) {
        ann.send("{\"type\":\"message\",\"topic\":\"room.1\",\"data\":\"" + half + "\",\"messageId\":\"" + half + "\",\"eventType\":\"" + half
            + "\",\"id\":\"" + half + "\"}");
        assertThat(ann.text().type()).isEqualTo("ack");
        assertThat(bob.text().type()).isEqualTo("message");
        ann.send("{\"type\":\"subscribe\",\"topic\":\"" + half + "\"}");
        assertThat(ann.text().json().getString("reason")).isEqualTo("invalid_topic");
      }
    }
  }

  @Test
  void messagesOfOnePublisherKeepTheirOrder() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe("room.1");
        RawSocket cid = gateway.open("cid").subscribe("room.*")) {
      int count = 2_000;
      Thread writer = new Thread(() -> {
        for (int i = 0; i < count; i++) {
          ann.send(message("room.1", i).put("metadata", new JsonObject().put("pad", "x".repeat(i % 700))));
        }
      });
      writer.start();
      for (int i = 0; i < count; i++) {
        for (RawSocket reader : List.of(bob, cid)) {
          assertThat(reader.text().json().getInteger("data")).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void largeAndSmallFramesArriveWhole() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe("room.1");
        RawSocket cid = gateway.open("cid").subscribe("room.1")) {
      for (int length : new int[] {0, 1, 10, 125, 126, 127, 1_000, 30_000, 40_000, 65_400, 65_536, 70_000, 300_000, 1_000_000, 1, 1_048_000, 2}) {
        ann.send(message("room.1", "x".repeat(length)));
        for (RawSocket reader : List.of(bob, cid)) {
          assertThat(reader.text().json().getString("data")).hasSize(length);
        }
      }
    }
  }

  @Test
  void aBurstDoesNotThrowAReaderOut() {
    try (RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe("room.1")) {
      // More than may wait for a reader, and less than that and what the kernel keeps, however long nobody reads.
      int count = 48;
      Thread writer = new Thread(() -> {
        for (int i = 0; i < count; i++) {
          ann.send(message("room.1", i + "x".repeat(60_000)));
        }
      });
      writer.start();
      for (int i = 0; i < count; i++) {
        assertThat(bob.text().json().getString("data")).startsWith(i + "x");
      }
    }
  }

  @Test
  void whatIsNotServedYetSaysSo() {
    try (RawSocket ann = gateway.open("ann")) {
      for (String type : List.of("rpc")) {
        ann.send(of(type, "room.1").put("id", type));
        JsonObject error = ann.text().json();
        assertThat(error.getString("reason")).isEqualTo("not_implemented");
        assertThat(error.getString("id")).isEqualTo(type);
      }
      ann.send(of("subscribe", "room.1").put("recover", new JsonObject()));
      assertThat(ann.text().json().getString("reason")).isEqualTo("wrong_type");
      ann.send(of("subscribe", "room.1").put("presence", false).put("recover", false));
      assertThat(ann.text().type()).as("not wanting it is no request").isEqualTo("subscribed");
    }
  }

  @Test
  void strangeUserIdsOpenNobodyElsesTopic() {
    for (String id : List.of("a.b", "*", "**", "a b", "ann.x", "😀", "x".repeat(1_000), "~", "user.ann")) {
      try (RawSocket socket = gateway.open()) {
        socket.send(new JsonObject().put("type", "auth").put("token", gateway.token(id)));
        assertThat(socket.text().json().getString("userId")).isEqualTo(id);
        String own = socket.text().json().getString("topic");
        gateway.publish("user.ann", "private");
        gateway.publish("user.a.b", "private");
        gateway.publish(own, "mine");
        assertThat(socket.text().json().getString("data")).isEqualTo("mine");
      }
    }
  }

  @Test
  void leaveEndsEverything() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1")) {
      ann.send("{\"type\":\"leave\",\"id\":1}");
      assertThat(ann.text().json().getInteger("id")).isEqualTo(1);
      ann.expectClose(1000, "normal");
    }
    GatewayFixture.until("no subscription is left", () -> gateway.gauge("vestibule.subscriptions") == 0);
  }

  @Test
  void healthCheckCounts() {
    try (RawSocket ann = gateway.open("ann")) {
      ann.send("{\"type\":\"health_check\",\"id\":\"h\"}");
      JsonObject health = ann.text().json();
      assertThat(health.getString("status")).isEqualTo("ok");
      assertThat(health.getString("node")).isEqualTo("test-node");
      assertThat(health.getInteger("messageCount")).isEqualTo(2);
      assertThat(health.getLong("connectedMs")).isBetween(0L, 60_000L);
      assertThat(health.containsKey("lastPongMs")).isTrue();
    }
  }
}
