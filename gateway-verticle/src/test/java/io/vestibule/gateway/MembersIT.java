package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.store.MemberStore;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What members of a topic may do, and nobody else. */
class MembersIT {
  @AutoClose
  @RegisterExtension
  static GatewayFixture gateway = GatewayFixture.durable(config -> config.messagesPerSecond = 0);
  private static int rooms;

  private final String room = "conversation.room" + ++rooms;
  private final String ann = "ann" + rooms;
  private final String bob = "bob" + rooms;

  private JsonObject add(String... users) {
    return TestCalls.call(gateway, "vestibule.members.add", new JsonObject().put("topic", room).put("users", new JsonArray(List.of(users))));
  }

  private JsonObject remove(String... users) {
    return TestCalls.call(gateway, "vestibule.members.remove", new JsonObject().put("topic", room).put("users", new JsonArray(List.of(users))));
  }

  private void publish(Object data) {
    TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", room).put("data", data));
  }

  private static JsonObject ask(RawSocket socket, String type, String topic) {
    return socket.send(new JsonObject().put("type", type).put("id", type).put("topic", topic).put("data", 1)).await(frame -> type.equals(frame.getString("id")), "an answer to " + type);
  }

  private static void refused(JsonObject answer, String reason) {
    assertThat(answer.getString("type")).as("%s", answer).isEqualTo("error");
    assertThat(answer.getString("reason")).isEqualTo(reason);
  }

  @Test
  void whoIsNoMemberMayDoNothing() {
    add(bob);
    publish("secret");
    try (RawSocket socket = gateway.open(ann)) {
      refused(ask(socket, "subscribe", room), "forbidden_subscribe");
      refused(ask(socket, "message", room), "forbidden_publish");
      refused(ask(socket, "history", room), "forbidden_subscribe");
      refused(ask(socket, "presence", room), "forbidden_subscribe");
      refused(ask(socket.send("{\"type\":\"typing\",\"typing\":true,\"id\":\"typing\",\"topic\":\"" + room + "\"}"), "message", "conversation.*"), "wildcard_in_publish");
    }
  }

  @Test
  void whoIsOneMayDoEverything() {
    assertThat(add(ann, bob)).isEqualTo(new JsonObject().put("topic", room).put("members", 2));
    try (RawSocket one = gateway.open(ann); RawSocket two = gateway.open(bob)) {
      assertThat(ask(one, "subscribe", room).getString("type")).isEqualTo("subscribed");
      assertThat(ask(two, "subscribe", "conversation.*").getString("type")).isEqualTo("subscribed");
      assertThat(ask(one, "message", room).getString("type")).isEqualTo("ack");
      assertThat(one.await("message").getString("topic")).isEqualTo(room);
      assertThat(two.await("message").getString("pattern")).isEqualTo("conversation.*");
      assertThat(ask(two, "history", room).getJsonArray("messages")).hasSize(1);
    }
  }

  /** It was known that he is none, and it is known at once that he is one. */
  @Test
  void whoBecomesOneMayAtOnce() {
    try (RawSocket socket = gateway.open(ann)) {
      refused(ask(socket, "subscribe", room), "forbidden_subscribe");
      add(ann);
      GatewayFixture.until("the node has heard of it", () -> ask(socket, "subscribe", room).getString("type").equals("subscribed"));
    }
  }

  /** Frames behind one that has to wait until it is known what its sender may are answered behind it. */
  @Test
  void whatWaitsIsAnsweredInOrder() {
    try (RawSocket socket = gateway.open(ann)) {
      socket.send("{\"type\":\"subscribe\",\"id\":1,\"topic\":\"" + room + "\"}").send("{\"type\":\"ping\",\"id\":2}").send("{\"type\":\"message\",\"id\":3,\"topic\":\"" + room + "\",\"data\":1}");
      assertThat(IntStream.range(0, 3).mapToObj(any -> socket.text().json().getValue("id"))).containsExactly(1, 2, 3);
    }
  }

  @Test
  void whoIsRemovedHearsNothingMore() {
    add(ann, bob);
    try (RawSocket one = gateway.open(ann); RawSocket wild = gateway.open(ann); RawSocket other = gateway.open(bob)) {
      ask(one, "subscribe", room);
      ask(one, "subscribe", "conversation.**");
      ask(wild, "subscribe", "conversation.*");
      ask(other, "subscribe", room);
      assertThat(remove(ann).getInteger("members")).isEqualTo(1);
      JsonObject ended = one.await("unsubscribed");
      assertThat(ended.getString("topic")).isEqualTo(room);
      assertThat(ended.containsKey("id")).isFalse();
      publish("after");
      assertThat(other.await("message").getString("data")).isEqualTo("after");
      refused(ask(one, "subscribe", room), "forbidden_subscribe");
      refused(ask(wild, "message", room), "forbidden_publish");
      one.send("{\"type\":\"ping\"}");
      wild.send("{\"type\":\"ping\"}");
      assertThat(one.text().type()).as("nothing came before").isEqualTo("pong");
      assertThat(wild.text().type()).isEqualTo("pong");
    }
  }

  /** What a pattern would bring in the end, too, does not come any more. */
  @Test
  void whatIsOnItsWayToWhoIsRemovedDoesNotCome() {
    add(ann, bob);
    String large = "x".repeat(50_000);
    for (int i = 0; i < 100; i++) {
      publish(large);
    }
    // Else they would come to both as what was just published.
    gateway.awaitLooks();
    try (RawSocket socket = slow(ann); RawSocket other = slow(bob)) {
      double before = gateway.gauge("vestibule.subscriptions");
      remove(ann);
      GatewayFixture.until("the subscription has ended", () -> gateway.gauge("vestibule.subscriptions") < before);
      int messages = 0;
      for (JsonObject next = socket.text().json(); !next.getString("type").equals("unsubscribed"); next = socket.text().json()) {
        messages += next.getString("type").equals("message") ? 1 : 0;
      }
      assertThat(messages).isBetween(1, 99);
      publish("after");
      other.await(frame -> "after".equals(frame.getString("data")), "all of it, as it would have come to him in this time");
      socket.send("{\"type\":\"ping\"}");
      assertThat(socket.text().type()).isEqualTo("pong");
    }
  }

  /** Somebody who comes back to what there is, and does not read: much of it waits. */
  private RawSocket slow(String user) {
    long before = gateway.waitingBytes();
    RawSocket socket = RawSocket.connect(gateway.port(), 65_536).upgrade("/ws").authenticate(gateway.token(user));
    ask(socket, "subscribe", "conversation.**");
    socket.send("{\"type\":\"subscribe\",\"topic\":\"" + room + "\",\"recover\":{\"epoch\":\"" + epoch() + "\",\"offset\":0}}");
    GatewayFixture.until("much of it waits", () -> gateway.waitingBytes() > before + 300_000);
    return socket;
  }

  private String epoch() {
    return TestCalls.call(gateway, "vestibule.history", new JsonObject().put("topic", room)).getString("epoch");
  }

  @Test
  void aSessionComesBackToWhatItsUserIsStillAMemberOf() {
    String left = room + "x";
    add(ann);
    TestCalls.call(gateway, "vestibule.members.add", new JsonObject().put("topic", left).put("users", new JsonArray().add(ann)));
    JsonObject success;
    try (RawSocket socket = gateway.open()) {
      success = SessionFrames.enter(socket, gateway.token(ann));
      socket.subscribe(room).subscribe(left).subscribe("conversation.*");
      SessionFrames.awaitSaved(gateway, success, room, left, "conversation.*");
    }
    TestCalls.call(gateway, "vestibule.members.remove", new JsonObject().put("topic", left).put("users", new JsonArray().add(ann)));
    try (RawSocket socket = gateway.open()) {
      JsonObject back = socket.send(SessionFrames.reconnect(success.getString("resumeToken"))).text().json();
      assertThat(back.getJsonArray("restored")).containsExactlyInAnyOrder(room, "conversation.*");
      publish("again");
      assertThat(socket.await("message").getString("data")).isEqualTo("again");
    }
  }

  @Test
  void aStoreThatIsLostKeepsNobodyFromWhatIsKnown() {
    add(ann, bob);
    try (RawSocket known = gateway.open(ann); RawSocket unknown = gateway.open(bob)) {
      ask(known, "subscribe", room);
      gateway.members.down.set(true);
      assertThat(ask(known, "message", room).getString("type")).isEqualTo("ack");
      JsonObject answer = ask(unknown, "subscribe", room);
      refused(answer, "store_unavailable");
      assertThat(answer.getBoolean("temporary")).isTrue();
      assertThat(ask(unknown, "subscribe", "plain.topic").getString("type")).as("what has no members needs no store").isEqualTo("subscribed");
      refused(ask(unknown, "message", room), "store_unavailable");
      gateway.members.down.set(false);
      assertThat(ask(unknown, "subscribe", room).getString("type")).isEqualTo("subscribed");
    }
  }

  /** What the bus has lost is found when it is read again. */
  @Test
  void whatNobodyToldIsFound() throws Exception {
    add(ann);
    try (RawSocket socket = gateway.open(ann)) {
      ask(socket, "subscribe", room);
      GatewayFixture.await(gateway.members.change(new Change(room, List.of(ann), false, 0, 0, System.currentTimeMillis())));
      gateway.vertx.runOnContext(here -> IntStream.range(0, MemberStore.SHARDS).forEach(shard -> gateway.gateway().node().memberships.turn()));
      assertThat(socket.await("unsubscribed").getString("topic")).isEqualTo(room);
    }
  }

  @Test
  void whoNeverTouchesSuchATopicCostsNothing() {
    try (RawSocket socket = gateway.open("dora" + room)) {
      ask(socket, "subscribe", "board.x");
      ask(socket, "message", "board.x");
      ask(socket, "subscribe", "board.*");
      assertThat(gateway.gateway().node().memberships.knows("dora" + room)).isFalse();
    }
  }

  @Test
  void whoHasGoneIsForgotten() {
    add(ann);
    try (RawSocket socket = gateway.open(ann)) {
      ask(socket, "subscribe", room);
      assertThat(gateway.gateway().node().memberships.knows(ann)).isTrue();
    }
    GatewayFixture.until("nobody needs it", () -> !gateway.gateway().node().memberships.knows(ann));
  }
}
