package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.message.TypingNotice;
import io.vestibule.gateway.typing.core.TypingBoard;
import io.vestibule.gateway.typing.core.Typists;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Who is typing, on real sockets of two event loops. That somebody hears nothing is seen by a message of the same connection, which comes next: what one connection sends arrives in order.
 */
class TypingIT {
  private static final String ROOM = "room.1";
  @AutoClose
  private static GatewayFixture gateway = GatewayFixture.start(config -> config.messagesPerSecond = 0);

  private static RawSocket in(String user) {
    return gateway.open(user).subscribe(ROOM);
  }

  private static JsonObject typing(String topic, boolean typing) {
    return new JsonObject().put("type", "typing").put("topic", topic).put("typing", typing);
  }

  private static void hears(RawSocket socket, String user, boolean typing) {
    JsonObject frame = socket.text().json();
    assertThat(frame.getString("timestamp")).isNotNull();
    frame.remove("timestamp");
    assertThat(frame).isEqualTo(new JsonObject().put("type", "typing").put("topic", ROOM).put("userId", user).put("typing", typing));
  }

  /** The sender's next message is what everybody hears next. */
  private static void nothingBut(String word, RawSocket sender, RawSocket... all) {
    sender.send(new JsonObject().put("type", "message").put("topic", ROOM).put("data", word));
    for (RawSocket socket : all) {
      assertThat(socket.text().json().getString("data")).isEqualTo(word);
    }
  }

  private static long sinceMs(long startedNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
  }

  @Test
  void everybodyElseHearsBothEdgesOnce() {
    try (RawSocket ann = in("ann"); RawSocket bob = in("bob"); RawSocket cid = gateway.open("cid").subscribe("room.*")) {
      for (int i = 0; i < 3; i++) {
        ann.send(typing(ROOM, true));
      }
      hears(bob, "ann", true);
      JsonObject byPattern = cid.text().json();
      assertThat(byPattern.getString("pattern")).isEqualTo("room.*");
      assertThat(byPattern.getBoolean("typing")).isTrue();
      nothingBut("no echo, and no second beginning", ann, ann, bob, cid);
      ann.send(typing(ROOM, false)).send(typing(ROOM, false));
      hears(bob, "ann", false);
      assertThat(cid.text().json().getBoolean("typing")).isFalse();
      nothingBut("no second end", ann, ann, bob, cid);
    }
  }

  @Test
  void itEndsByItselfAndRenewingKeepsItUp() {
    try (RawSocket ann = in("ann"); RawSocket bob = in("bob"); RawSocket marker = in("marker")) {
      long started = System.nanoTime();
      ann.send(typing(ROOM, true));
      hears(bob, "ann", true);
      hears(marker, "ann", true);
      // Renewed late enough for the first six seconds to be over long before the second, and long before they are over.
      GatewayFixture.until("what is renewed is told again", () -> sinceMs(started) >= Typists.AGAIN_MS + 500);
      long renewed = System.nanoTime();
      ann.send(typing(ROOM, true));
      nothingBut("no beginning", ann, ann, bob, marker);
      hears(bob, "ann", false);
      assertThat(sinceMs(renewed)).isBetween(Typists.HOLD_MS - 1, Typists.HOLD_MS + 5_000);
      hears(marker, "ann", false);
      nothingBut("no second end", ann, ann, bob, marker);
    }
  }

  @Test
  void aUserWithTwoConnectionsTypesOnce() {
    try (RawSocket one = in("ann"); RawSocket other = in("ann"); RawSocket bob = in("bob")) {
      one.send(typing(ROOM, true));
      hears(bob, "ann", true);
      hears(other, "ann", true);
      other.send(typing(ROOM, true));
      nothingBut("no second beginning", other, one, other, bob);
      one.send(typing(ROOM, false));
      nothingBut("the other hand still types", one, one, other, bob);
      other.send(typing(ROOM, false));
      hears(bob, "ann", false);
      hears(one, "ann", false);
    }
  }

  @Test
  void leavingInAnyWayEndsIt() {
    try (RawSocket bob = in("bob")) {
      try (RawSocket ann = in("ann")) {
        ann.send(typing(ROOM, true));
        hears(bob, "ann", true);
        ann.send(new JsonObject().put("type", "unsubscribe").put("topic", ROOM));
        hears(bob, "ann", false);
        assertThat(ann.text().type()).isEqualTo("unsubscribed");
        ann.subscribe(ROOM).send(typing(ROOM, true));
        hears(bob, "ann", true);
        TestCalls.call(gateway, "vestibule.unsubscribe", new JsonObject().put("userId", "ann").put("topic", ROOM));
        hears(bob, "ann", false);
        assertThat(ann.text().type()).isEqualTo("unsubscribed");
        ann.subscribe(ROOM).send(typing(ROOM, true));
        hears(bob, "ann", true);
      }
      hears(bob, "ann", false);
      try (RawSocket ann = in("ann")) {
        ann.send(typing(ROOM, true));
        hears(bob, "ann", true);
        ann.send("{\"type\":\"leave\"}");
        hears(bob, "ann", false);
      }
    }
  }

  @Test
  void whoMayNotIsToldWhy() {
    JsonObject caps = new JsonObject("{\"caps\":{\"publish\":[\"room.1\",\"room.2\",\"*\"]}}");
    try (RawSocket ann = gateway.open().authenticate(gateway.token("ann", caps, Duration.ofHours(1))).subscribe(ROOM).subscribe("other.1").subscribe("*.2");
        RawSocket bob = gateway.open("bob").subscribe("**")) {
      for (String[] refused : new String[][] {{"other.1", "forbidden_publish"}, {"room.2", "not_subscribed"}, {"user.ann", "forbidden_publish"}, {"vestibule.x", "forbidden_publish"},
          {"room.*", "wildcard_in_publish"}, {"a b", "invalid_topic"}, {"", "invalid_topic"}}) {
        for (boolean typing : new boolean[] {true, false}) {
          ann.send(typing(refused[0], typing).put("id", "i"));
          JsonObject error = ann.text().json();
          assertThat(error.getString("reason")).isEqualTo(refused[1]);
          assertThat(error.getString("id")).isEqualTo("i");
          assertThat(error.getString("topic")).isEqualTo(refused[0]);
        }
      }
      nothingBut("nobody heard of it", ann, ann, bob);
    }
    try (RawSocket nobody = gateway.open()) {
      nobody.send(typing(ROOM, true).put("id", 7));
      JsonObject error = nobody.text().json();
      assertThat(error.getString("reason")).isEqualTo("not_authenticated");
      assertThat(error.getInteger("id")).isEqualTo(7);
    }
  }

  @Test
  void tooFastIsSaidAndCostsNoMessages() {
    try (RawSocket bob = in("bob")) {
      boolean last = false;
      try (RawSocket ann = in("ann")) {
        for (int i = 0; i < 100; i++) {
          ann.send(typing(ROOM, i % 2 == 0));
        }
        ann.send(new JsonObject().put("type", "message").put("topic", ROOM).put("data", "through").put("id", 1));
        JsonObject error = ann.text().json();
        assertThat(error.getInteger("code")).isEqualTo(429);
        assertThat(error.getString("reason")).isEqualTo("rate_limited");
        assertThat(error.getString("topic")).isEqualTo(ROOM);
        assertThat(error.getLong("retryAfterMs")).isBetween(1L, 1_000L);
        assertThat(ann.await("ack").getInteger("id")).isEqualTo(1);
        int heard = 0;
        for (JsonObject next = bob.text().json(); !"through".equals(next.getValue("data")); next = bob.text().json()) {
          assertThat(next.getBoolean("typing")).as("edges take turns").isEqualTo(!last);
          last = !last;
          heard++;
        }
        assertThat(heard).isBetween(20, 60);
      }
      if (last) {
        // Else the next test may hear of it.
        hears(bob, "ann", false);
      }
    }
  }

  @Test
  void aGatewayThatDiesEndsItAMomentLater() {
    try (RawSocket bob = in("bob"); RawSocket cid = in("cid")) {
      Buffer frame = new JsonObject().put("type", "typing").put("topic", ROOM).put("userId", "ghost").put("typing", true).put("timestamp", "now").toBuffer();
      long told = System.nanoTime();
      gateway.bus.publish(Addresses.TYPING, new TypingNotice(ROOM, "ghost", "of-a-dead-node", true, frame), null);
      hears(bob, "ghost", true);
      hears(cid, "ghost", true);
      hears(bob, "ghost", false);
      assertThat(sinceMs(told)).isBetween(TypingBoard.HOLD_MS - 1, TypingBoard.HOLD_MS + 5_000);
      hears(cid, "ghost", false);
    }
  }
}
