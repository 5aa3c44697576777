package io.vestibule.gateway;

import static io.vestibule.gateway.PresenceSteps.ANY;
import static io.vestibule.gateway.PresenceSteps.frame;
import static io.vestibule.gateway.PresenceSteps.rule;
import static io.vestibule.gateway.PresenceSteps.untilSaid;
import static io.vestibule.gateway.PresenceSteps.users;
import static io.vestibule.gateway.PresenceSteps.watch;
import static io.vestibule.gateway.PresenceSteps.watching;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.presence.TestPresenceOwner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Whoever asks for what he may not have, or for too much. */
class PresenceLimitsIT {
  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> {
    config.presence = true;
    config.presenceUpdates = 5;
    config.topics.add(rule("silent.**", false, null));
  });
  private final TestPresenceOwner owner = gateway.presence;

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

  /** Nothing is lost silently: who would be the first of whom the node does not hear comes back, and everything is said. */
  @Test
  void whereTheNodeDoesNotGetOnWhoDoesMoreComesBackLater() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1"); RawSocket ben = gateway.open("ben").subscribe("room.1"); RawSocket eve = gateway.open("eve").subscribe("room.1");
        RawSocket fay = gateway.open("fay").subscribe("room.1")) {
      untilSaid(owner, "room.1", "ben", 1);
      untilSaid(owner, "room.1", "eve", 1);
      gateway.presenceFull(true);
      assertThat(ben.send(frame("presence", "room.1")).await(ANY, "a frame").getString("reason")).isEqualTo("unavailable");
      ann.send(frame("subscribe", "room.2")).expectClose(1013, "over_capacity");
      eve.send(new JsonObject().put("type", "presence_update").put("status", "busy")).expectClose(1013, "over_capacity");
      fay.send(watching("room.1")).expectClose(1013, "over_capacity");
      ben.send(frame("unsubscribe", "room.1")).await("unsubscribed");
      gateway.presenceFull(false);
      untilSaid(owner, "room.1", "ben", -1);
      untilSaid(owner, "room.1", "ann", 0);
    }
    try (RawSocket ann = gateway.open("ann").subscribe("room.1").subscribe("room.2")) {
      untilSaid(owner, "room.1", "ann", 1);
      untilSaid(owner, "room.2", "ann", 1);
      assertThat(users(watch(ann, "room.2").getJsonArray("members"))).isSubsetOf("ann");
    }
  }
}
