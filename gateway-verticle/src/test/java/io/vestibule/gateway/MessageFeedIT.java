package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.auth.AuthConfig;
import io.vestibule.gateway.auth.TokenMinter;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /messages/subscribe}: somebody with a token hears the conversations that he is a member of, and speaks in them. */
class MessageFeedIT {
  private static GatewayFixture gateway;
  private static int rooms;

  private final String room = "room" + ++rooms;
  private final String ann = "ann" + rooms;
  private final String bob = "bob" + rooms;

  @BeforeAll
  static void start() {
    gateway = GatewayFixture.start(config -> {
      config.messagesPerSecond = 0;
      config.presence = true;
    });
    GatewayFixture.until("the event loops know how far the shards are", () -> gateway.log.wasAsked(2));
  }

  @AfterAll
  static void stop() throws Exception {
    GatewayFixture.until("all are counted out", () -> gateway.registry.get("vestibule.feed.connections").tag("feed", "messages").gauge().value() == 0);
    gateway.close();
  }

  private void members(String call, String... users) {
    TestCalls.call(gateway, "vestibule.members." + call, new JsonObject().put("topic", "conversation." + room).put("users", new JsonArray(List.of(users))));
  }

  private static RawSocket open(String query) {
    return RawSocket.connect(gateway.port()).upgrade("/messages/subscribe" + query);
  }

  private static RawSocket come(String user, String device) {
    RawSocket socket = open("?token=" + gateway.token(user) + "&device=" + device);
    JsonObject first = socket.text().json();
    assertThat(first.getString("type")).isEqualTo("connection");
    assertThat(first.getJsonObject("data").getString("userId")).isEqualTo(user);
    assertThat(first.getJsonObject("data").getString("status")).isEqualTo("connected");
    assertThat(first.getJsonObject("data").getString("connectionId")).isNotEmpty();
    assertThat(first.getJsonObject("data").getString("resumeToken")).isNotEmpty();
    return socket;
  }

  private RawSocket joined(RawSocket socket) {
    socket.await(frame -> "conversation.joined".equals(frame.getString("type")) && room.equals(frame.getJsonObject("data").getString("conversationId")), "joined");
    return socket;
  }

  private void send(RawSocket socket, String type, JsonObject data) {
    socket.send(new JsonObject().put("type", type).put("data", data.put("conversationId", room)));
  }

  private JsonObject say(RawSocket socket, Object content, String clientId) {
    send(socket, "message.send", new JsonObject().put("content", content).put("clientId", clientId));
    return socket.await("message.sent").getJsonObject("data");
  }

  private static JsonObject data(RawSocket socket, String type) {
    return socket.await(type).getJsonObject("data");
  }

  @Test
  void twoTalk() {
    members("add", ann, bob);
    try (RawSocket one = joined(come(ann, "a")); RawSocket two = joined(come(bob, "b"))) {
      send(two, "typing.start", new JsonObject());
      assertThat(data(one, "typing.start")).isEqualTo(new JsonObject().put("conversationId", room).put("userId", bob));
      send(two, "typing.stop", new JsonObject());
      assertThat(data(one, "typing.stop").getString("userId")).isEqualTo(bob);
      send(one, "message.send", new JsonObject().put("content", new JsonObject().put("text", "hello")).put("clientId", "c1"));
      JsonObject heard = data(two, "message.new");
      String epoch = heard.getString("epoch");
      assertThat(heard).isEqualTo(new JsonObject().put("conversationId", room).put("senderId", ann).put("content", new JsonObject().put("text", "hello")).put("clientId", "c1")
          .put("epoch", epoch).put("offset", 1));
      JsonObject sent = one.await(frame -> List.of("message.sent", "message.new").contains(frame.getString("type")), "one of both");
      JsonObject other = one.await(frame -> List.of("message.sent", "message.new").contains(frame.getString("type")), "the other");
      assertThat(List.of(sent.getJsonObject("data"), other.getJsonObject("data"))).containsExactlyInAnyOrder(heard,
          new JsonObject().put("conversationId", room).put("clientId", "c1").put("epoch", epoch).put("offset", 1));
      assertThat(say(one, "again", "c1")).isEqualTo(new JsonObject().put("conversationId", room).put("clientId", "c1").put("epoch", epoch).put("offset", 1).put("duplicate", true));
      send(two, "message.delivered", new JsonObject().put("offset", 1));
      JsonObject place = new JsonObject().put("conversationId", room).put("userId", bob).put("epoch", epoch).put("offset", 1);
      assertThat(data(one, "message.delivered")).isEqualTo(place);
      send(two, "message.read", new JsonObject().put("offset", 1));
      assertThat(data(one, "message.read")).isEqualTo(place);
      assertThat(say(two, 2, null).getInteger("offset")).isEqualTo(2);
      assertThat(data(one, "message.new").getInteger("content")).isEqualTo(2);
    }
  }

  /** As in the core dialect. */
  @Test
  void anOffsetMayHaveMoreDigitsThanAnInteger() {
    members("add", ann);
    try (RawSocket one = joined(come(ann, "a"))) {
      say(one, 1, "m");
      send(one, "message.read", new JsonObject().put("offset", 5_000_000_000L));
      assertThat(data(one, "error").getString("message")).isEqualTo("Nothing was sent yet that has this offset.");
      send(one, "message.read", new JsonObject().put("offset", 1L << 53));
      assertThat(data(one, "error").getString("message")).contains("must be from 0 to 9007199254740991");
    }
  }

  @Test
  void whatCameMeanwhileComesFirst() {
    members("add", ann, bob);
    try (RawSocket one = joined(come(ann, "a"))) {
      try (RawSocket phone = joined(come(bob, "phone"))) {
        say(one, 1, "m1");
        assertThat(data(phone, "message.new").getInteger("content")).isEqualTo(1);
        send(phone, "message.delivered", new JsonObject().put("offset", 1));
        data(one, "message.delivered");
      }
      say(one, 2, "m2");
      say(one, 3, "m3");
      try (RawSocket phone = joined(come(bob, "phone")); RawSocket tablet = joined(come(bob, "tablet"))) {
        for (RawSocket device : List.of(phone, tablet)) {
          assertThat(data(device, "message.new").getInteger("content")).isEqualTo(2);
          assertThat(data(device, "message.new").getInteger("content")).isEqualTo(3);
        }
        say(one, 4, "m4");
        assertThat(data(phone, "message.new").getInteger("content")).isEqualTo(4);
      }
    }
  }

  @Test
  void membershipBeginsAndEndsAtOnce() {
    members("add", ann);
    try (RawSocket one = joined(come(ann, "a")); RawSocket two = come(bob, "b")) {
      send(two, "message.send", new JsonObject().put("content", 1).put("clientId", "x"));
      JsonObject error = data(two, "error");
      assertThat(error.getString("reason")).isEqualTo("forbidden_publish");
      assertThat(error.getString("conversationId")).isEqualTo(room);
      assertThat(error.getString("clientId")).isEqualTo("x");
      members("add", bob);
      joined(two);
      say(one, 7, "m");
      assertThat(data(two, "message.new").getInteger("content")).isEqualTo(7);
      members("remove", bob);
      assertThat(data(two, "conversation.left").getString("conversationId")).isEqualTo(room);
      say(one, 8, "n");
      two.send("{\"type\":\"ping\"}");
      assertThat(two.await(frame -> List.of("pong", "message.new").contains(frame.getString("type")), "pong").getString("type")).isEqualTo("pong");
    }
  }

  @Test
  void presenceIsTold() {
    members("add", ann, bob);
    try (RawSocket one = joined(come(ann, "a"))) {
      assertThat(data(one, "presence.update").getString("conversationId")).isEqualTo(room);
      try (RawSocket two = joined(come(bob, "b"))) {
        assertThat(one.await(frame -> "presence.update".equals(frame.getString("type")) && frame.encode().contains(bob), "that he is there").getJsonObject("data").getString("conversationId"))
            .isEqualTo(room);
      }
    }
  }

  private static void refused(String query, String reason) {
    try (RawSocket socket = open(query)) {
      List<RawSocket.Received> all = socket.rest();
      JsonObject error = ((RawSocket.Text) all.get(0)).json();
      assertThat(error.getString("type")).isEqualTo("error");
      assertThat(error.getJsonObject("data").getInteger("code")).isEqualTo(401);
      assertThat(error.getJsonObject("data").getString("reason")).isEqualTo(reason);
      assertThat(((RawSocket.Text) all.get(1)).json().getString("type")).isEqualTo("closing");
      assertThat(all.subList(2, 4)).containsExactly(new RawSocket.Goodbye(4501, "not_authenticated"), new RawSocket.End());
    }
  }

  @Test
  void withoutAGoodTokenThereIsOneErrorAndTheEnd() {
    refused("", "token_missing");
    refused("?token=nonsense", "token_malformed");
    refused("?token=" + TokenMinter.of(AuthConfig.none().withSecret(TestConfig.SECRET)).mint(ann, Duration.ofHours(1), new JsonObject(), System.currentTimeMillis() - Duration.ofHours(2).toMillis()), "token_expired");
    refused("?token=" + gateway.token(ann) + "x", "token_signature");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
      "hello; not_json", "[]; not_json", "{}; missing_field", "{\"type\":1}; wrong_type", "{\"type\":\"auth\",\"token\":\"x\"}; unknown_type",
      "{\"type\":\"message.send\"}; missing_field", "{\"type\":\"message.send\",\"data\":[]}; wrong_type", "{\"type\":\"message.send\",\"data\":{\"conversationId\":\"a\"}}; missing_field",
      "{\"type\":\"message.send\",\"data\":{\"conversationId\":\"a.b\",\"content\":1}}; invalid_value", "{\"type\":\"message.send\",\"data\":{\"conversationId\":\"*\",\"content\":1}}; invalid_value",
      "{\"type\":\"message.delivered\",\"data\":{\"conversationId\":\"a\",\"offset\":-1}}; invalid_value", "{\"type\":\"message.read\",\"data\":{\"conversationId\":\"a\",\"offset\":\"1\"}}; wrong_type",
      "{\"type\":\"ping\",\"type\":\"ping\"}; duplicate_key", "{\"type\":\"conversation.join\",\"data\":{\"conversationId\":\"nobodys\"}}; forbidden_subscribe"})
  void whatIsWrongIsToldAndTheConnectionLivesOn(String text, String reason) {
    try (RawSocket socket = come(ann, "a")) {
      socket.send(text);
      assertThat(data(socket, "error").getString("reason")).isEqualTo(reason);
      socket.send("{\"type\":\"ping\",\"more\":1}");
      assertThat(socket.text().type()).isEqualTo("pong");
    }
  }

  @Test
  void whoWaitsIsToldSoAndComesInOnTheSameSocket() throws Exception {
    try (GatewayFixture full = GatewayFixture.start()) {
      TestCalls.call(full, "vestibule.members.add", new JsonObject().put("topic", "conversation.hall").put("users", JsonArray.of("eve")));
      full.coordinator.room(0);
      try (RawSocket eve = RawSocket.connect(full.port()).upgrade("/messages/subscribe", "Authorization: Bearer " + full.token("eve"))) {
        JsonObject first = eve.text().json();
        assertThat(first.getString("type")).isEqualTo("connection");
        assertThat(first.getJsonObject("data").getString("status")).isEqualTo("waiting");
        assertThat(first.getJsonObject("data").getString("userId")).isEqualTo("eve");
        assertThat(first.getJsonObject("data").getInteger("position")).isPositive();
        assertThat(first.getJsonObject("data").getString("resumeToken")).isNotEmpty();
        eve.send("{\"type\":\"message.send\",\"data\":{\"conversationId\":\"hall\",\"content\":1}}");
        assertThat(data(eve, "error").getString("reason")).isEqualTo("not_authenticated");
        eve.send(new JsonObject().put("type", "refresh").put("data", new JsonObject().put("token", full.token("eve"))));
        assertThat(data(eve, "refreshed").getString("expiresAt")).isNotEmpty();
        eve.send(new JsonObject().put("type", "refresh").put("data", new JsonObject().put("token", full.token("somebody"))));
        assertThat(data(eve, "error").getString("reason")).isEqualTo("token_other_user");
        full.coordinator.promote(GatewayFixture.NODE, first.getJsonObject("data").getString("connectionId"));
        assertThat(data(eve, "connection").getString("status")).isEqualTo("connected");
        assertThat(data(eve, "conversation.joined").getString("conversationId")).isEqualTo("hall");
      }
    }
  }

  @Test
  void aStormOfNonsenseIsTheEnd() {
    RawSocket socket = come(ann, "a");
    for (int i = 0; i < 12; i++) {
      socket.send("nonsense");
    }
    assertThat(socket.rest()).contains(new RawSocket.Goodbye(4400, "protocol_abuse"));
  }

  @Test
  void peopleOfBothDialectsTalkToEachOther() {
    members("add", ann, bob);
    try (RawSocket one = joined(come(ann, "a")); RawSocket core = gateway.open(bob).subscribe("conversation." + room)) {
      say(one, "hello", "m1");
      JsonObject message = core.await("message");
      assertThat(message.getString("data")).isEqualTo("hello");
      assertThat(message.getString("messageId")).isEqualTo("m1");
      core.send(new JsonObject().put("type", "message").put("topic", "conversation." + room).put("data", JsonArray.of(1)).put("eventType", "photo"));
      JsonObject answer = one.await(frame -> "message.new".equals(frame.getString("type")) && bob.equals(frame.getJsonObject("data").getString("senderId")), "his").getJsonObject("data");
      assertThat(answer.getJsonArray("content")).isEqualTo(JsonArray.of(1));
      assertThat(answer.getString("eventType")).isEqualTo("photo");
      TestCalls.call(gateway, "vestibule.publish", new JsonObject().put("topic", "conversation." + room).put("data", "from a server"));
      JsonObject server = one.await(frame -> "message.new".equals(frame.getString("type")) && "from a server".equals(frame.getJsonObject("data").getValue("content")), "the server's").getJsonObject("data");
      assertThat(server.containsKey("senderId")).isTrue();
      assertThat(server.getString("senderId")).isNull();
    }
  }

  @Test
  void whoIsAMemberMayComeBackAndNobodyLeavesWhatIsNotOpen() {
    members("add", ann);
    try (RawSocket socket = joined(come(ann, "a"))) {
      send(socket, "conversation.join", new JsonObject());
      assertThat(data(socket, "conversation.joined").getString("conversationId")).isEqualTo(room);
      send(socket, "conversation.leave", new JsonObject());
      assertThat(data(socket, "error").getString("reason")).isEqualTo("forbidden_subscribe");
    }
  }

  @Test
  void whatIsOpenIsJoinedAndLeft() throws Exception {
    try (GatewayFixture open = GatewayFixture.start(config -> config.topics.add(new TopicRuleConfig("conversation.*", "members", "members", true, null, null, null, null, null, null, null, null, null, true)));
        RawSocket socket = RawSocket.connect(open.port()).upgrade("/messages/subscribe?token=" + open.token("eve"))) {
      assertThat(socket.text().type()).isEqualTo("connection");
      send(socket, "conversation.join", new JsonObject());
      joined(socket);
      assertThat(say(socket, 1, "m").getInteger("offset")).isEqualTo(1);
      send(socket, "conversation.leave", new JsonObject());
      assertThat(data(socket, "conversation.left").getString("conversationId")).isEqualTo(room);
    }
  }

  @Test
  void aSessionGoesOn() {
    members("add", ann, bob);
    try (RawSocket one = joined(come(ann, "a"))) {
      RawSocket before = open("?token=" + gateway.token(bob) + "&device=b");
      String token = before.text().json().getJsonObject("data").getString("resumeToken");
      joined(before);
      before.close();
      say(one, 1, "m1");
      try (RawSocket after = open("?token=" + URLEncoder.encode(token, StandardCharsets.UTF_8))) {
        assertThat(after.text().json().getJsonObject("data").getString("userId")).isEqualTo(bob);
        assertThat(data(after, "message.new").getInteger("content")).isEqualTo(1);
      }
    }
  }
}
