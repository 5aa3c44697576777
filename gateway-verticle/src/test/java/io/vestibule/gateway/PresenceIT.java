package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.presence.TestPresenceOwner;
import io.vestibule.gateway.topic.TopicRuleConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is where, at the sockets of one gateway with an owner beside it. */
class PresenceIT {
  /** Unlike {@link RawSocket#text} it loses its patience where nothing but pings comes. */
  private static final Predicate<JsonObject> ANY = frame -> true;

  private GatewayFixture gateway;
  private TestPresenceOwner owner;

  @BeforeEach
  void start() {
    gateway = GatewayFixture.start(config -> {
      config.presence = true;
      config.presenceUpdates = 5;
      config.topics.add(rule("silent.**", false, null));
      config.topics.add(rule("hasty.**", true, Duration.ZERO));
      config.topics.add(rule("long.**", true, Duration.ofMinutes(10)));
      config.topics.add(rule("short.**", true, Duration.ofMillis(300)));
    });
    owner = gateway.presence;
  }

  private static TopicRuleConfig rule(String pattern, boolean presence, Duration grace) {
    return new TopicRuleConfig(pattern, "authenticated", "authenticated", null, null, null, null, presence, grace, null, null, null, null);
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private static JsonObject frame(String type, String topic) {
    return new JsonObject().put("type", type).put("topic", topic);
  }

  private static JsonObject watching(String topic) {
    return frame("subscribe", topic).put("presence", true).put("id", 7);
  }

  /** Subscribes and watches; the state that comes. */
  private static JsonObject watch(RawSocket socket, String topic) {
    JsonObject subscribed = socket.send(watching(topic)).await(ANY, "a frame");
    assertThat(subscribed.getString("type")).isEqualTo("subscribed");
    assertThat(subscribed.getInteger("id")).isEqualTo(7);
    JsonObject state = socket.await(ANY, "a frame");
    assertThat(state.getString("type")).isEqualTo("presence_state");
    assertThat(state.getString("topic")).isEqualTo(topic);
    assertThat(state.containsKey("id")).isFalse();
    return state;
  }

  private static Set<String> users(JsonArray members) {
    Set<String> users = new TreeSet<>();
    members.forEach(member -> users.add(((JsonObject) member).getString("userId")));
    return users;
  }

  private static JsonObject diff(RawSocket socket) {
    JsonObject diff = socket.await(ANY, "a frame");
    assertThat(diff.getString("type")).as("%s", diff).isEqualTo("presence_diff");
    return diff;
  }

  private void untilSaid(String topic, String user, int connections) {
    GatewayFixture.until(user + " is in " + topic + " with " + connections, () -> {
      var here = owner.said(topic, user);
      return connections < 0 ? here == null : here != null && here.connections() == connections;
    });
  }

  @Test
  void theOwnerHearsOfEveryShardThoughNobodyIsHere() {
    GatewayFixture.until("all shards", () -> owner.hasHeardAll(ShardKinds.PRESENCE.count()));
    owner.takeOver();
    GatewayFixture.until("and another owner too, with the next beat", () -> owner.hasHeardAll(ShardKinds.PRESENCE.count()));
  }

  @Test
  void whoIsSubscribedIsThereAndWhoMatchesByAPatternIsNot() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1").subscribe("room.*").subscribe("silent.1")) {
      untilSaid("room.1", "ann", 1);
      untilSaid("user.ann", "ann", 1);
      assertThat(owner.said("room.*", "ann")).isNull();
      assertThat(owner.said("silent.1", "ann")).isNull();
      try (RawSocket second = gateway.open("ann").subscribe("room.1")) {
        untilSaid("room.1", "ann", 2);
      }
      untilSaid("room.1", "ann", 1);
      ann.send(frame("unsubscribe", "room.1")).await("unsubscribed");
      untilSaid("room.1", "ann", -1);
    }
    untilSaid("user.ann", "ann", 0);
  }

  @Test
  void whoDropsLingersAndWhoLeavesDoesNot() {
    try (RawSocket ann = gateway.open().authenticate(gateway.token("ann")); RawSocket ben = gateway.open("ben").subscribe("long.1"); RawSocket eve = gateway.open("eve").subscribe("long.1")) {
      ann.subscribe("hasty.1").subscribe("short.1").subscribe("long.1");
      untilSaid("short.1", "ann", 1);
      untilSaid("long.1", "ben", 1);
      untilSaid("long.1", "eve", 1);
      ben.send("{\"type\":\"leave\"}").await("left");
      untilSaid("long.1", "ben", -1);
      TestCalls.call(gateway, "vestibule.disconnect", new JsonObject().put("userId", "eve"));
      untilSaid("long.1", "eve", -1);
    }
    untilSaid("hasty.1", "ann", -1);
    untilSaid("short.1", "ann", -1);
    untilSaid("long.1", "ann", 0);
    try (RawSocket ann = gateway.open("ann").subscribe("long.1")) {
      untilSaid("long.1", "ann", 1);
    }
  }

  @Test
  void aWatcherIsToldHowItIsAndThenEachChange() {
    owner.put("room.1", "far", TestPresenceOwner.member());
    try (RawSocket ann = gateway.open().authenticate(gateway.token("ann", new JsonObject().put("info", new JsonObject().put("name", "Ann")), Duration.ofMinutes(5)))) {
      JsonObject state = watch(ann, "room.1");
      assertThat(state.getInteger("rev")).isEqualTo(1);
      assertThat(state.getInteger("count")).isEqualTo(state.getJsonArray("members").size());
      assertThat(state.containsKey("sampled")).isFalse();
      JsonObject known = users(state.getJsonArray("members")).contains("ann") ? state : diff(ann);
      JsonArray list = known == state ? state.getJsonArray("members") : known.getJsonArray("joins");
      JsonObject self = (JsonObject) list.stream().filter(m -> ((JsonObject) m).getString("userId").equals("ann")).findFirst().orElseThrow();
      assertThat(self.getJsonObject("info")).isEqualTo(new JsonObject().put("name", "Ann"));
      assertThat(self.getInteger("connections")).isEqualTo(1);
      assertThat(self.getString("status")).isEqualTo("online");
      assertThat(self.getInstant("since")).isNotNull();
      assertThat(self.fieldNames()).containsExactlyInAnyOrder("userId", "connections", "status", "info", "since");
      int rev = known.getInteger("rev");
      owner.put("room.1", "ben", TestPresenceOwner.member());
      JsonObject joined = diff(ann);
      assertThat(joined.getInteger("rev")).isEqualTo(rev + 1);
      assertThat(users(joined.getJsonArray("joins"))).containsExactly("ben");
      assertThat(joined.getJsonArray("leaves")).isEmpty();
      assertThat(joined.getInteger("count")).isEqualTo(3);
      owner.put("room.1", "ben", new Member(2, 1, new UserStatus("busy", "{\"a\":[1]}", 5), null));
      JsonObject ben = diff(ann).getJsonArray("updates").getJsonObject(0);
      assertThat(ben.getString("status")).isEqualTo("busy");
      assertThat(ben.getJsonObject("data").encode()).isEqualTo("{\"a\":[1]}");
      owner.put("room.1", "ben", null);
      JsonObject left = diff(ann);
      assertThat(users(left.getJsonArray("leaves"))).containsExactly("ben");
      assertThat(left.getInteger("rev")).isEqualTo(rev + 3);
      ann.send(watching("room.1"));
      assertThat(ann.await(ANY, "a frame").getString("type")).as("asking again changes nothing").isEqualTo("subscribed");
      ann.send(frame("unsubscribe", "room.1")).await("unsubscribed");
      GatewayFixture.until("nobody watches", () -> !owner.watched("room.1"));
      owner.put("room.1", "ben", TestPresenceOwner.member());
      assertThat(users(watch(ann, "room.1").getJsonArray("members"))).contains("ben", "far");
    }
    GatewayFixture.until("nobody watches", () -> !owner.watched("room.1"));
  }

  /** Its numbers begin anew, and what was written for the one before is not sent again. */
  @Test
  void whoWatchesAfterEverybodyHasGoneIsToldHowItIsNow() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1")) {
      untilSaid("room.1", "ann", 1);
      assertThat(users(watch(ann, "room.1").getJsonArray("members"))).containsExactly("ann");
      ann.send(frame("unsubscribe", "room.1")).await("unsubscribed");
      GatewayFixture.until("nobody watches", () -> !owner.watched("room.1"));
      owner.put("room.1", "far", TestPresenceOwner.member());
      JsonObject state = watch(ann, "room.1");
      assertThat(state.getInteger("rev")).isEqualTo(1);
      assertThat(users(state.getJsonArray("members"))).contains("far");
    }
  }

  /** Watchers on both event loops, who come while changes are on their way. */
  @Test
  void whoComesLaterIsToldAllTheSame() {
    List<RawSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        RawSocket socket = gateway.open("w" + i);
        sockets.add(socket);
        socket.send(watching("room.x"));
        for (int j = 0; j < 5; j++) {
          owner.put("room.x", "far" + i + "." + j, TestPresenceOwner.member());
        }
      }
      for (RawSocket socket : sockets) {
        assertThat(socket.await(ANY, "a frame").getString("type")).isEqualTo("subscribed");
        JsonObject state = socket.await(ANY, "a frame");
        assertThat(state.getString("type")).isEqualTo("presence_state");
        Set<String> users = users(state.getJsonArray("members"));
        int rev = state.getInteger("rev");
        while (users.size() < 48) {
          JsonObject diff = diff(socket);
          assertThat(diff.getInteger("rev")).isEqualTo(++rev);
          assertThat(users.removeAll(users(diff.getJsonArray("leaves")))).isFalse();
          assertThat(users.addAll(users(diff.getJsonArray("joins"))) || !diff.getJsonArray("updates").isEmpty()).isTrue();
          assertThat(diff.getInteger("count")).isEqualTo(users.size());
        }
      }
    } finally {
      sockets.forEach(RawSocket::close);
    }
  }

  @Test
  void aLargeRoomIsCounted() {
    owner.listed(4);
    for (int i = 0; i < 3; i++) {
      owner.put("room.1", "far" + i, TestPresenceOwner.member());
    }
    try (RawSocket ann = gateway.open("ann").subscribe("room.1")) {
      untilSaid("room.1", "ann", 1);
      assertThat(watch(ann, "room.1").getInteger("count")).isEqualTo(4);
      owner.put("room.1", "far3", TestPresenceOwner.member());
      JsonObject counted = ann.await("presence_state");
      assertThat(counted.getBoolean("sampled")).isTrue();
      assertThat(counted.getInteger("count")).isEqualTo(5);
      assertThat(counted.getJsonArray("members")).hasSize(3);
      owner.put("room.1", "far4", TestPresenceOwner.member());
      JsonObject diff = diff(ann);
      assertThat(diff.getInteger("count")).isEqualTo(6);
      assertThat(diff.getInteger("rev")).isEqualTo(counted.getInteger("rev") + 1);
      assertThat(diff.fieldNames()).containsExactlyInAnyOrder("type", "topic", "rev", "count", "timestamp");
      owner.put("room.1", "far4", null);
      diff(ann);
      owner.put("room.1", "far3", null);
      JsonObject listed = ann.await(ANY, "a frame");
      assertThat(listed.getString("type")).isEqualTo("presence_state");
      assertThat(listed.containsKey("sampled")).isFalse();
      assertThat(listed.getJsonArray("members")).hasSize(4);
    }
  }

  @Test
  void aTakeoverIsNoLeaveOfAnybody() {
    owner.put("room.1", "far", TestPresenceOwner.member());
    try (RawSocket ann = gateway.open("ann").subscribe("room.1")) {
      untilSaid("room.1", "ann", 1);
      int rev = watch(ann, "room.1").getInteger("rev");
      owner.takeOver();
      owner.put("room.1", "new", TestPresenceOwner.member());
      JsonObject diff = diff(ann);
      assertThat(diff.getInteger("rev")).isEqualTo(rev + 1);
      assertThat(users(diff.getJsonArray("joins"))).containsExactly("new");
      assertThat(diff.getJsonArray("leaves")).isEmpty();
    }
  }

  @Test
  void oneLookIsAnsweredAndNothingFollows() {
    owner.put("room.1", "far", TestPresenceOwner.member());
    try (RawSocket ann = gateway.open("ann"); RawSocket ben = gateway.open("ben")) {
      JsonObject state = ann.send(frame("presence", "room.1").put("id", "q\"ü")).await(ANY, "a frame");
      assertThat(state.getString("type")).isEqualTo("presence_state");
      assertThat(state.getString("id")).isEqualTo("q\"ü");
      assertThat(users(state.getJsonArray("members"))).containsExactly("far");
      assertThat(state.containsKey("rev")).isFalse();
      assertThat(ann.send(frame("presence", "nobody.here")).await(ANY, "a frame").getInteger("count")).isZero();
      int asked = owner.questions();
      int rev = watch(ben, "room.1").getInteger("rev");
      JsonObject known = ann.send(frame("presence", "room.1")).await(ANY, "a frame");
      assertThat(known.getInteger("rev")).as("what is watched here anyway need not be asked for").isGreaterThanOrEqualTo(rev);
      assertThat(owner.questions()).isEqualTo(asked);
      ann.send("{\"type\":\"ping\"}");
      assertThat(ann.await(ANY, "a frame").getString("type")).isEqualTo("pong");
    }
  }

  @Test
  void manyWhoAskTheSameAreOneQuestion() {
    var held = owner.hold();
    try (RawSocket ann = gateway.open("ann"); RawSocket ben = gateway.open("ben")) {
      for (int i = 0; i < 20; i++) {
        ann.send(frame("presence", "room.1"));
        ben.send(frame("presence", "room.1"));
      }
      ann.send("{\"type\":\"ping\"}").await("pong");
      ben.send("{\"type\":\"ping\"}").await("pong");
      held.complete();
      for (int i = 0; i < 20; i++) {
        assertThat(ann.await(ANY, "a frame").getString("type")).isEqualTo("presence_state");
        assertThat(ben.await(ANY, "a frame").getString("type")).isEqualTo("presence_state");
      }
      assertThat(owner.questions()).isEqualTo(1);
    }
  }

  @Test
  void anOwnerThatDoesNotAnswerIsSaidSo() throws Exception {
    owner.mine(false);
    try (RawSocket ann = gateway.open("ann")) {
      JsonObject error = ann.send(frame("presence", "room.1").put("id", 1)).await(ANY, "a frame");
      assertThat(error.getString("reason")).isEqualTo("unavailable");
      assertThat(error.getBoolean("temporary")).isTrue();
      assertThat(error.getString("topic")).isEqualTo("room.1");
      GatewayFixture.await(owner.stop());
      error = ann.send(frame("presence", "room.1").put("id", 2)).await(ANY, "a frame");
      assertThat(error.getString("reason")).isEqualTo("unavailable");
      assertThat(error.getInteger("id")).isEqualTo(2);
      ann.send(watching("room.1"));
      assertThat(ann.await(ANY, "a frame").getString("type")).isEqualTo("subscribed");
      owner.mine(true);
      GatewayFixture.await(owner.serve());
      assertThat(ann.await("presence_state").getString("topic")).as("as soon as somebody knows").isEqualTo("room.1");
    }
  }

  /** Nothing is lost silently: who would be the first of whom the node does not hear comes back, and everything is said. */
  @Test
  void whereTheNodeDoesNotGetOnWhoDoesMoreComesBackLater() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1"); RawSocket ben = gateway.open("ben").subscribe("room.1"); RawSocket eve = gateway.open("eve").subscribe("room.1");
        RawSocket fay = gateway.open("fay").subscribe("room.1")) {
      untilSaid("room.1", "ben", 1);
      untilSaid("room.1", "eve", 1);
      gateway.presenceFull(true);
      assertThat(ben.send(frame("presence", "room.1")).await(ANY, "a frame").getString("reason")).isEqualTo("unavailable");
      ann.send(frame("subscribe", "room.2")).expectClose(1013, "over_capacity");
      eve.send(new JsonObject().put("type", "presence_update").put("status", "busy")).expectClose(1013, "over_capacity");
      fay.send(watching("room.1")).expectClose(1013, "over_capacity");
      ben.send(frame("unsubscribe", "room.1")).await("unsubscribed");
      gateway.presenceFull(false);
      untilSaid("room.1", "ben", -1);
      untilSaid("room.1", "ann", 0);
    }
    try (RawSocket ann = gateway.open("ann").subscribe("room.1").subscribe("room.2")) {
      untilSaid("room.1", "ann", 1);
      untilSaid("room.2", "ann", 1);
      assertThat(users(watch(ann, "room.2").getJsonArray("members"))).isSubsetOf("ann");
    }
  }

  @Test
  void aUserSaysHowHeIs() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1"); RawSocket ben = gateway.open("ben")) {
      untilSaid("room.1", "ann", 1);
      watch(ben, "room.1");
      JsonObject updated = ann.send(new JsonObject().put("type", "presence_update").put("status", "at_lunch").put("data", new JsonObject().put("till", 13)).put("id", 3)).await(ANY, "a frame");
      assertThat(updated.getString("type")).isEqualTo("presence_updated");
      assertThat(updated.getInteger("id")).isEqualTo(3);
      JsonObject seen = ben.await(f -> f.getString("type").equals("presence_diff") && !f.getJsonArray("updates").isEmpty(), "an update").getJsonArray("updates").getJsonObject(0);
      assertThat(seen.getString("userId")).isEqualTo("ann");
      assertThat(seen.getString("status")).isEqualTo("at_lunch");
      assertThat(seen.getJsonObject("data")).isEqualTo(new JsonObject().put("till", 13));
      GatewayFixture.until("also where he comes later and in his own", () -> owner.said("user.ann", "ann").status().status().equals("at_lunch"));
      ann.subscribe("room.2");
      untilSaid("room.2", "ann", 1);
      assertThat(owner.said("room.2", "ann").status().status()).isEqualTo("at_lunch");
      ann.send(new JsonObject().put("type", "presence_update").put("status", "online").putNull("data")).await("presence_updated");
      GatewayFixture.until("it is over", () -> owner.said("room.2", "ann").status().data() == null);
    }
  }

  @Test
  void badInputIsRefusedAndHarmsNothing() {
    try (RawSocket ann = gateway.open().authenticate(gateway.token("ann", new JsonObject().put("caps", new JsonObject().put("subscribe", JsonArray.of("room.**", "silent.**"))), Duration.ofHours(1)))) {
      for (String type : List.of("subscribe", "presence")) {
        assertThat(reason(ann, frame(type, "room.*").put("presence", true))).isEqualTo("invalid_topic");
        assertThat(reason(ann, frame(type, "room..1").put("presence", true))).isEqualTo("invalid_topic");
        assertThat(reason(ann, frame(type, "silent.1").put("presence", true))).isEqualTo("no_presence");
        assertThat(reason(ann, frame(type, "other.1").put("presence", true))).isEqualTo("forbidden_subscribe");
        assertThat(reason(ann, frame(type, "user.ben").put("presence", true))).isEqualTo("forbidden_subscribe");
        assertThat(reason(ann, frame(type, "vestibule.x").put("presence", true))).isEqualTo("forbidden_subscribe");
      }
      assertThat(reason(ann, frame("unsubscribe", "silent.1"))).as("the whole frame was refused").isEqualTo("not_subscribed");
      assertThat(users(watch(ann, "user.ann").getJsonArray("members"))).as("oneself one may see").isSubsetOf("ann");
    }
    for (String status : List.of("", "a b", "x".repeat(33), "ü", "a\nb")) {
      assertThat(refusedUpdate(new JsonObject().put("status", status))).isEqualTo("invalid_value");
    }
    assertThat(refusedUpdate(new JsonObject().put("status", "ok").put("data", new JsonObject().put("x", "y".repeat(2_048))))).isEqualTo("message_too_large");
    assertThat(refusedUpdate(new JsonObject().put("status", "ok").put("data", "text"))).isEqualTo("wrong_type");
    assertThat(refusedUpdate(new JsonObject().put("data", new JsonObject()))).isEqualTo("missing_field");
  }

  private String refusedUpdate(JsonObject update) {
    try (RawSocket ann = gateway.open("strange")) {
      return reason(ann, update.put("type", "presence_update"));
    }
  }

  private static String reason(RawSocket socket, JsonObject frame) {
    JsonObject error = socket.send(frame.put("id", "e")).await(ANY, "a frame");
    assertThat(error.getString("type")).as("%s", error).isEqualTo("error");
    assertThat(error.getString("id")).isEqualTo("e");
    return error.getString("reason");
  }

  @Test
  void aFloodOfUpdatesIsHeldBackAndMessagesAreNot() {
    try (RawSocket ann = gateway.open("ann")) {
      JsonObject update = new JsonObject().put("type", "presence_update");
      for (int i = 0; i < 5; i++) {
        assertThat(ann.send(update.put("status", "s" + i)).await(ANY, "a frame").getString("type")).isEqualTo("presence_updated");
      }
      for (int i = 0; i < 20; i++) {
        JsonObject error = ann.send(update.put("status", "flood")).await(ANY, "a frame");
        assertThat(error.getString("reason")).isEqualTo("rate_limited");
        assertThat(error.getJsonObject("details").getString("policy")).isEqualTo("presence-updates");
        assertThat(error.getLong("retryAfterMs")).isBetween(1L, 12_001L);
      }
      assertThat(ann.send(frame("message", "room.1").put("data", 1).put("id", 1)).await(ANY, "a frame").getString("type")).isEqualTo("ack");
      GatewayFixture.until("the last one that passed holds", () -> owner.said("user.ann", "ann") != null && owner.said("user.ann", "ann").status().status().equals("s4"));
    }
  }
}
