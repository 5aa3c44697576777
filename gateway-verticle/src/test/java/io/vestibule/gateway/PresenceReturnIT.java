package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.presence.TestPresenceOwner;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Presence of those who come back, whose permissions end, and who read too slowly. */
class PresenceReturnIT {
  /** Unlike {@link RawSocket#text} it loses its patience where nothing but pings comes. */
  private static final Predicate<JsonObject> ANY = frame -> true;

  private static final int BUFFER = 64 * 1024;

  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> {
    config.presence = true;
    config.instances = 1;
    config.outboundBuffer = BUFFER;
    config.stallTimeout = Duration.ofSeconds(30);
    config.topic("drop.**", "authenticated", "authenticated", "drop");
    config.topic("conflate.**", "authenticated", "authenticated", "conflate");
  });
  private final TestPresenceOwner owner = gateway.presence;

  private static JsonObject watching(String topic) {
    return new JsonObject().put("type", "subscribe").put("topic", topic).put("presence", true);
  }

  private static JsonObject update(String status) {
    return new JsonObject().put("type", "presence_update").put("status", status);
  }

  @Test
  void whoComesBackWatchesAgainAndIsAsHeWas() {
    JsonObject in;
    try (RawSocket ann = gateway.open()) {
      in = ann.send(new JsonObject().put("type", "auth").put("token", gateway.token("ann"))).await("auth_success");
      ann.await("subscribed");
      ann.subscribe("plain.1");
      ann.send(watching("room.1")).await("presence_state");
      ann.send(update("busy")).await("presence_updated");
    }
    GatewayFixture.until("it dropped", () -> owner.said("room.1", "ann") != null && owner.said("room.1", "ann").connections() == 0);
    assertThat(owner.said("room.1", "ann").status().status()).isEqualTo("busy");
    try (RawSocket ann = gateway.open()) {
      JsonObject back = ann.send(new JsonObject().put("type", "reconnect_attempt").put("token", in.getString("resumeToken"))).await(ANY, "a frame");
      assertThat(back.getJsonArray("restored")).containsExactlyInAnyOrder("plain.1", "room.1");
      JsonObject state = ann.await("presence_state");
      assertThat(state.getString("topic")).isEqualTo("room.1");
      owner.put("room.1", "far", TestPresenceOwner.member());
      assertThat(ann.await(f -> f.getString("type").equals("presence_diff") && f.encode().contains("far"), "the next").getString("topic")).isEqualTo("room.1");
      GatewayFixture.until("he is as he was", () -> owner.said("room.1", "ann").connections() == 1 && owner.said("room.1", "ann").status().status().equals("busy"));
      assertThat(owner.watched("plain.1")).isFalse();
    }
  }

  /** Who is put back in the line lingers and watches nothing; when he is in again, he watches again. */
  @Test
  void whoWaitsAgainIsToldNothingUntilHeIsIn() {
    try (RawSocket ann = gateway.open("ann")) {
      ann.send(watching("room.1")).await("presence_state");
      ann.send(update("busy")).await("presence_updated");
      GatewayFixture.until("he is there", () -> owner.said("room.1", "ann") != null);
      gateway.coordinator.requeue(GatewayFixture.NODE, "ann");
      ann.await("queued");
      GatewayFixture.until("he only lingers", () -> owner.said("room.1", "ann").connections() == 0 && !owner.watched("room.1"));
      gateway.coordinator.promote(GatewayFixture.NODE, gateway.coordinator.connectionOf("ann"));
      ann.await("auth_success");
      ann.await("presence_state");
      GatewayFixture.until("he is there again", () -> owner.said("room.1", "ann").connections() == 1);
      assertThat(owner.said("room.1", "ann").status().status()).isEqualTo("busy");
    }
  }

  @Test
  void aTokenThatPermitsLessEndsIt() {
    try (RawSocket ann = gateway.open("ann"); RawSocket ben = gateway.open("ben")) {
      ann.send(watching("room.1")).await("presence_state");
      GatewayFixture.until("he is there", () -> owner.said("room.1", "ann") != null);
      JsonObject less = new JsonObject().put("caps", new JsonObject().put("subscribe", JsonArray.of("other"))).put("info", new JsonObject().put("name", "Ann"));
      ann.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann", less, Duration.ofHours(1)))).await("refreshed");
      assertThat(ann.await("unsubscribed").getString("topic")).isEqualTo("room.1");
      GatewayFixture.until("he is neither there nor watches", () -> owner.said("room.1", "ann") == null && !owner.watched("room.1"));
      GatewayFixture.until("what the new token says of him is shown", () -> "{\"name\":\"Ann\"}".equals(owner.said("user.ann", "ann").info()));
      // What a server gives is no right to see who is there.
      TestCalls.call(gateway, "vestibule.subscribe", new JsonObject().put("userId", "ann").put("topic", "given"));
      ann.await("subscribed");
      assertThat(ann.send(watching("given")).await("error").getString("reason")).isEqualTo("forbidden_subscribe");
      GatewayFixture.until("but who is given it is there", () -> owner.said("given", "ann") != null);
    }
  }

  @Test
  void infoThatIsTooLongIsNotShown() {
    JsonObject claims = new JsonObject().put("info", new JsonObject().put("name", "x".repeat(3_000)));
    try (RawSocket ann = gateway.open().authenticate(gateway.token("ann", claims, Duration.ofHours(1)))) {
      GatewayFixture.until("he is there", () -> owner.said("user.ann", "ann") != null);
      assertThat(owner.said("user.ann", "ann").info()).isNull();
    }
  }

  /** Some change all the time, until something has come of it; in between, event loops that wait for the owner have their turn. */
  private void changeMuch(String topic, String what, BooleanSupplier done) {
    String data = "{\"x\":\"" + "y".repeat(1_500) + "\"}";
    AtomicInteger changes = new AtomicInteger();
    GatewayFixture.until(what, () -> {
      for (int i = 0; i < 20; i++) {
        int change = changes.incrementAndGet();
        owner.put(topic, "far" + i, new Member(1, change, new UserStatus("s" + change, data, change), null));
      }
      return done.getAsBoolean();
    });
  }

  /** A watcher that reads nothing misses changes, and is told how it is when it reads again; never a change behind a hole. */
  @Test
  void whoReadsTooSlowlyIsToldAnew() {
    for (String topic : new String[] {"drop.1", "conflate.1"}) {
      try (RawSocket lazy = RawSocket.connect(gateway.port(), 4 * 1024).upgrade("/ws").authenticate(gateway.token("lazy"))) {
        long rev = lazy.send(watching(topic)).await("presence_state").getLong("rev");
        double before = gateway.counter("vestibule.messages.slow");
        changeMuch(topic, "it is too slow", () -> gateway.counter("vestibule.messages.slow") > before);
        owner.put(topic, "last", TestPresenceOwner.member());
        Set<String> known = new TreeSet<>();
        boolean anew = false;
        while (!known.contains("last")) {
          JsonObject frame = lazy.await(ANY, "a frame");
          if (frame.getString("type").equals("presence_diff")) {
            assertThat(frame.getLong("rev")).isEqualTo(rev + 1);
          } else {
            assertThat(frame.getString("type")).isEqualTo("presence_state");
            anew |= frame.getLong("rev") > rev + 1;
            known.clear();
          }
          rev = frame.getLong("rev");
          for (String list : new String[] {"members", "joins"}) {
            frame.getJsonArray(list, new JsonArray()).forEach(member -> known.add(((JsonObject) member).getString("userId")));
          }
        }
        assertThat(anew).as("something was left out").isTrue();
      }
    }
  }

  @Test
  void whereTheRuleSaysSoWhoReadsTooSlowlyHasToGo() {
    try (RawSocket lazy = RawSocket.connect(gateway.port(), 4 * 1024).upgrade("/ws").authenticate(gateway.token("lazy"))) {
      lazy.send(watching("room.1")).await("presence_state");
      changeMuch("room.1", "it is gone", () -> gateway.gauge("vestibule.connections") == 0);
      assertThat(gateway.counter("vestibule.messages.slow", "policy", "disconnect")).isPositive();
    }
  }
}
