package io.vestibule.gateway;

import static io.vestibule.gateway.PresenceSteps.ANY;
import static io.vestibule.gateway.PresenceSteps.frame;
import static io.vestibule.gateway.PresenceSteps.rule;
import static io.vestibule.gateway.PresenceSteps.untilSaid;
import static io.vestibule.gateway.PresenceSteps.watch;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.gateway.presence.TestPresenceOwner;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Who is where and how, by the connections of one gateway with an owner beside it. */
class PresenceIT {
  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> {
    config.presence = true;
    config.topics.add(rule("silent.**", false, null));
    config.topics.add(rule("hasty.**", true, Duration.ZERO));
    config.topics.add(rule("long.**", true, Duration.ofMinutes(10)));
    config.topics.add(rule("short.**", true, Duration.ofMillis(300)));
  });
  private final TestPresenceOwner owner = gateway.presence;

  @Test
  void theOwnerHearsOfEveryShardThoughNobodyIsHere() {
    GatewayFixture.until("all shards", () -> owner.hasHeardAll(ShardKinds.PRESENCE.count()));
    owner.takeOver();
    GatewayFixture.until("and another owner too, with the next beat", () -> owner.hasHeardAll(ShardKinds.PRESENCE.count()));
  }

  @Test
  void whoIsSubscribedIsThereAndWhoMatchesByAPatternIsNot() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1").subscribe("room.*").subscribe("silent.1")) {
      untilSaid(owner, "room.1", "ann", 1);
      untilSaid(owner, "user.ann", "ann", 1);
      assertThat(owner.said("room.*", "ann")).isNull();
      assertThat(owner.said("silent.1", "ann")).isNull();
      try (RawSocket second = gateway.open("ann").subscribe("room.1")) {
        untilSaid(owner, "room.1", "ann", 2);
      }
      untilSaid(owner, "room.1", "ann", 1);
      ann.send(frame("unsubscribe", "room.1")).await("unsubscribed");
      untilSaid(owner, "room.1", "ann", -1);
    }
    untilSaid(owner, "user.ann", "ann", 0);
  }

  @Test
  void whoDropsLingersAndWhoLeavesDoesNot() {
    try (RawSocket ann = gateway.open().authenticate(gateway.token("ann")); RawSocket ben = gateway.open("ben").subscribe("long.1"); RawSocket eve = gateway.open("eve").subscribe("long.1")) {
      ann.subscribe("hasty.1").subscribe("short.1").subscribe("long.1");
      untilSaid(owner, "short.1", "ann", 1);
      untilSaid(owner, "long.1", "ben", 1);
      untilSaid(owner, "long.1", "eve", 1);
      ben.send("{\"type\":\"leave\"}").await("left");
      untilSaid(owner, "long.1", "ben", -1);
      TestCalls.call(gateway, "vestibule.disconnect", new JsonObject().put("userId", "eve"));
      untilSaid(owner, "long.1", "eve", -1);
    }
    untilSaid(owner, "hasty.1", "ann", -1);
    untilSaid(owner, "short.1", "ann", -1);
    untilSaid(owner, "long.1", "ann", 0);
    try (RawSocket ann = gateway.open("ann").subscribe("long.1")) {
      untilSaid(owner, "long.1", "ann", 1);
    }
  }

  @Test
  void aUserSaysHowHeIs() {
    try (RawSocket ann = gateway.open("ann").subscribe("room.1"); RawSocket ben = gateway.open("ben")) {
      untilSaid(owner, "room.1", "ann", 1);
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
      untilSaid(owner, "room.2", "ann", 1);
      assertThat(owner.said("room.2", "ann").status().status()).isEqualTo("at_lunch");
      ann.send(new JsonObject().put("type", "presence_update").put("status", "online").putNull("data")).await("presence_updated");
      GatewayFixture.until("it is over", () -> owner.said("room.2", "ann").status().data() == null);
    }
  }
}
