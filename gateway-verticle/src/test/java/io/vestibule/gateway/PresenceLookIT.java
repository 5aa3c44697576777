package io.vestibule.gateway;

import static io.vestibule.gateway.PresenceSteps.ANY;
import static io.vestibule.gateway.PresenceSteps.frame;
import static io.vestibule.gateway.PresenceSteps.users;
import static io.vestibule.gateway.PresenceSteps.watch;
import static io.vestibule.gateway.PresenceSteps.watching;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.gateway.presence.TestPresenceOwner;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Who asks once, and does not watch. */
class PresenceLookIT {
  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> config.presence = true);
  private final TestPresenceOwner owner = gateway.presence;

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
}
