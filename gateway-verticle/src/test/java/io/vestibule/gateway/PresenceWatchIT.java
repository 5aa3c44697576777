package io.vestibule.gateway;

import static io.vestibule.gateway.PresenceSteps.ANY;
import static io.vestibule.gateway.PresenceSteps.diff;
import static io.vestibule.gateway.PresenceSteps.frame;
import static io.vestibule.gateway.PresenceSteps.untilSaid;
import static io.vestibule.gateway.PresenceSteps.users;
import static io.vestibule.gateway.PresenceSteps.watch;
import static io.vestibule.gateway.PresenceSteps.watching;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.presence.TestPresenceOwner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What watchers at the sockets of one gateway are told. */
class PresenceWatchIT {
  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> config.presence = true);
  private final TestPresenceOwner owner = gateway.presence;

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
      untilSaid(owner, "room.1", "ann", 1);
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
      untilSaid(owner, "room.1", "ann", 1);
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
      untilSaid(owner, "room.1", "ann", 1);
      int rev = watch(ann, "room.1").getInteger("rev");
      owner.takeOver();
      owner.put("room.1", "new", TestPresenceOwner.member());
      JsonObject diff = diff(ann);
      assertThat(diff.getInteger("rev")).isEqualTo(rev + 1);
      assertThat(users(diff.getJsonArray("joins"))).containsExactly("new");
      assertThat(diff.getJsonArray("leaves")).isEmpty();
    }
  }

  /** A defect that no number shows: it is found by the digest, counted, and mended without anybody being told a wrong thing. */
  @Test
  void aSilentDifferenceIsCountedAndMended() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1")) {
      untilSaid(owner, "room.1", "ann", 1);
      int rev = watch(ann, "room.1").getInteger("rev");
      assertThat(divergences()).isZero();
      owner.putUnheard("room.1", "far", TestPresenceOwner.member());
      JsonObject diff = diff(ann);
      assertThat(diff.getInteger("rev")).isEqualTo(rev + 1);
      assertThat(users(diff.getJsonArray("joins"))).containsExactly("far");
      assertThat(diff.getJsonArray("leaves")).isEmpty();
      assertThat(diff.getInteger("count")).isEqualTo(2);
      assertThat(divergences()).isEqualTo(1);
      ann.send("{\"type\":\"ping\"}");
      assertThat(ann.await(ANY, "a frame").getString("type")).as("nothing else was told").isEqualTo("pong");
    }
  }

  private double divergences() {
    return gateway.registry.get("vestibule.presence.view.divergences").functionCounter().count();
  }
}
