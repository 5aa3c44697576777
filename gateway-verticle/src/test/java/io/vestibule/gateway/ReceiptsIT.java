package io.vestibule.gateway;

import static io.vestibule.gateway.TwoGateways.FIRST;
import static io.vestibule.gateway.TwoGateways.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.JsonAddress;
import io.vestibule.contract.message.ReceiptNotice;
import io.vestibule.gateway.log.core.Cursor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Members of a conversation are told how far the others are, on every node. */
class ReceiptsIT {
  private static final List<ReceiptNotice> TOLD = new CopyOnWriteArrayList<>();

  @AutoClose
  private static TwoGateways gateways = TwoGateways.durable();
  private static int rooms;

  private final String room = "conversation.receipts" + ++rooms;

  @BeforeAll
  static void listen() throws Exception {
    Consumer<ReceiptNotice> ear = TOLD::add;
    GatewayFixture.await(gateways.bus.subscribe(Addresses.RECEIPTS, ear));
  }

  private static JsonObject call(JsonAddress address, JsonObject body) {
    try {
      return GatewayFixture.await(gateways.bus.requestJson(address, body, "test"));
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private void add(String... users) {
    call(Addresses.MEMBERS_ADD, new JsonObject().put("topic", room).put("users", new JsonArray(List.of(users))));
  }

  private void publish(int messages) {
    IntStream.range(0, messages).forEach(data -> call(Addresses.PUBLISH, new JsonObject().put("topic", room).put("data", data)));
  }

  private RawSocket open(String node, String user, String device) {
    RawSocket socket = gateways.open(node).send(new JsonObject().put("type", "auth").put("token", gateways.token(user)).put("device", device));
    socket.await("subscribed");
    return socket;
  }

  /** Subscribes, and returns what it is told of the members. */
  private JsonObject enter(RawSocket socket) {
    socket.send(new JsonObject().put("type", "subscribe").put("topic", room));
    assertThat(socket.await(frame -> room.equals(frame.getString("topic")), "subscribed").getString("type")).isEqualTo("subscribed");
    return socket.await("receipt");
  }

  private void enterAll(RawSocket... sockets) {
    for (RawSocket socket : sockets) {
      enter(socket);
    }
  }

  private void ack(RawSocket socket, long offset, boolean read) {
    socket.send(new JsonObject().put("type", "ack").put("topic", room).put("offset", offset).put("read", read));
  }

  private static JsonObject of(JsonObject receipt, String user) {
    return receipt.getJsonArray("receipts").stream().map(JsonObject.class::cast).filter(one -> one.getString("userId").equals(user)).findFirst().orElse(null);
  }

  private static JsonObject await(RawSocket socket, String user, String kind, long offset) {
    return socket.await(frame -> frame.getString("type").equals("receipt") && of(frame, user) != null && of(frame, user).containsKey(kind)
        && of(frame, user).getJsonObject(kind).getLong("offset") == offset, user + " " + kind + " " + offset);
  }

  @Test
  void theOthersAreToldOnBothNodes() {
    add("ann", "bob", "cid");
    publish(3);
    try (RawSocket ann = open(FIRST, "ann", "a"); RawSocket bob = open(FIRST, "bob", "a"); RawSocket cid = open(SECOND, "cid", "a")) {
      assertThat(enter(ann).getJsonArray("receipts")).isEmpty();
      enter(bob);
      enter(cid);
      ack(ann, 2, false);
      for (RawSocket other : new RawSocket[] {bob, cid}) {
        JsonObject receipt = await(other, "ann", "delivered", 2);
        assertThat(receipt.getString("topic")).isEqualTo(room);
        assertThat(of(receipt, "ann").containsKey("read")).isFalse();
        assertThat(of(receipt, "ann").getJsonObject("delivered").getString("epoch")).isNotEmpty();
      }
      ack(bob, 3, true);
      assertThat(of(await(cid, "bob", "read", 3), "bob").getJsonObject("delivered").getLong("offset")).isEqualTo(3);
      await(ann, "bob", "read", 3);
      try (RawSocket late = open(SECOND, "ann", "b")) {
        JsonObject state = enter(late);
        assertThat(of(state, "ann").getJsonObject("delivered").getLong("offset")).as("of oneself too").isEqualTo(2);
        assertThat(of(state, "bob").getJsonObject("read").getLong("offset")).isEqualTo(3);
        assertThat(of(state, "cid")).isNull();
      }
      JsonArray members = call(Addresses.MEMBERS_GET, new JsonObject().put("topic", room)).getJsonArray("members");
      assertThat(members.getJsonObject(0).getJsonObject("delivered").getLong("offset")).isEqualTo(2);
      assertThat(members.getJsonObject(1).getJsonObject("read").getLong("offset")).isEqualTo(3);
      assertThat(members.getJsonObject(2).containsKey("delivered")).isFalse();
    }
  }

  /** What one device says that is behind another of the same user is no news, and is not told. */
  @Test
  void nobodyGoesBack() throws Exception {
    add("ann", "bob");
    publish(5);
    try (RawSocket one = open(FIRST, "ann", "one"); RawSocket two = open(SECOND, "ann", "two"); RawSocket bob = open(SECOND, "bob", "a")) {
      enterAll(one, two, bob);
      ack(one, 4, false);
      await(bob, "ann", "delivered", 4);
      ack(two, 2, false);
      GatewayFixture.until("it is stored", () -> cursor("ann", "two") == 2);
      ack(two, 5, false);
      JsonObject next = bob.await("receipt");
      assertThat(of(next, "ann").getJsonObject("delivered").getLong("offset")).as("nothing came between").isEqualTo(5);
    }
  }

  private long cursor(String user, String device) {
    try {
      return GatewayFixture.await(gateways.log.cursors(room)).stream().filter(cursor -> cursor.name().equals(Cursor.device(user, device))).mapToLong(Cursor::offset).findFirst().orElse(-1);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void nobodyIsToldOfHimself() {
    add("ann", "bob");
    publish(1);
    try (RawSocket ann = open(FIRST, "ann", "one"); RawSocket same = open(FIRST, "ann", "two"); RawSocket bob = open(FIRST, "bob", "a")) {
      enterAll(ann, same, bob);
      ack(ann, 1, true);
      await(bob, "ann", "read", 1);
      ack(bob, 1, true);
      JsonObject first = same.await("receipt");
      assertThat(of(first, "ann")).isNull();
      assertThat(of(first, "bob")).isNotNull();
    }
  }

  @Test
  void whoIsAloneTellsNobody() {
    add("ann");
    publish(2);
    try (RawSocket ann = open(FIRST, "ann", "one")) {
      enter(ann);
      ack(ann, 2, true);
      GatewayFixture.until("it is stored", () -> cursor("ann", "one") == 2);
      add("bob");
      try (RawSocket bob = open(SECOND, "bob", "a")) {
        assertThat(of(enter(bob), "ann").getJsonObject("read").getLong("offset")).as("it is known all the same").isEqualTo(2);
        // Where bob begins may have been told by now.
        assertThat(TOLD.stream().filter(notice -> notice.topic().equals(room)).flatMap(notice -> notice.receipts().stream())).noneMatch(receipt -> receipt.userId().equals("ann"));
        publish(1);
        // What was not sent to her yet she cannot acknowledge.
        ann.await(frame -> "message".equals(frame.getString("type")) && frame.getLong("offset") == 3, "the third message");
        ack(ann, 3, false);
        await(bob, "ann", "delivered", 3);
      }
    }
  }

  @Test
  void whoIsNoMemberAnyMoreIsToldNothing() {
    add("ann", "bob", "cid");
    publish(1);
    try (RawSocket ann = open(FIRST, "ann", "a"); RawSocket bob = open(SECOND, "bob", "a"); RawSocket cid = open(SECOND, "cid", "a")) {
      enterAll(ann, bob, cid);
      call(Addresses.MEMBERS_REMOVE, new JsonObject().put("topic", room).put("users", new JsonArray().add("bob")));
      bob.await("unsubscribed");
      ack(ann, 1, false);
      await(cid, "ann", "delivered", 1);
      bob.send("{\"type\":\"ping\"}");
      assertThat(bob.text().type()).isEqualTo("pong");
    }
  }

  /** Everybody would be told of everybody. */
  @Test
  void inALargeTopicNobodyIsTold() {
    add(IntStream.range(0, 200).mapToObj(i -> "user" + i).toArray(String[]::new));
    add("ann");
    publish(1);
    try (RawSocket ann = open(FIRST, "ann", "a"); RawSocket one = open(FIRST, "user1", "a")) {
      for (RawSocket socket : new RawSocket[] {ann, one}) {
        socket.send(new JsonObject().put("type", "subscribe").put("topic", room)).await(frame -> room.equals(frame.getString("topic")), "subscribed");
        socket.await("message");
      }
      ack(ann, 1, true);
      GatewayFixture.until("it is stored", () -> cursor("ann", "a") == 1);
      one.send("{\"type\":\"ping\"}");
      assertThat(one.text().type()).isEqualTo("pong");
      assertThat(call(Addresses.MEMBERS_GET, new JsonObject().put("topic", room)).getJsonArray("members").getJsonObject(0).getJsonObject("read").getLong("offset")).isEqualTo(1);
    }
  }
}
