package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A gateway that no coordinator answers: its people's slots are given to others after a while. */
class CutOffIT {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  @Test
  void whoIsInIsClosedInTimeAndWhoWaitsStays() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.slotPatience = PATIENCE)) {
      gateway.coordinator.room(1);
      try (RawSocket inside = gateway.open(); RawSocket waiting = gateway.open()) {
        inside.authenticate(gateway.token("ann"));
        waiting.send(new JsonObject().put("type", "auth").put("token", gateway.token("bob")));
        assertThat(waiting.text().json().getString("type")).isEqualTo("queued");
        GatewayFixture.await(gateway.coordinator.stopRenewing());
        JsonObject closing = inside.text().json();
        assertThat(closing.getString("type")).isEqualTo("closing");
        assertThat(closing.getInteger("code")).isEqualTo(4411);
        assertThat(closing.getString("reason")).isEqualTo("cut_off");
        assertThat(closing.getBoolean("reconnect")).isTrue();
        assertThat(closing.getLong("retryAfterMs")).isPositive();
        assertThat(Duration.ofNanos(System.nanoTime() - gateway.coordinator.renewedNanos())).as("it is the question that counts, shortly before the answer").isGreaterThan(PATIENCE.minusSeconds(1));
        waiting.send(new JsonObject().put("type", "ping"));
        assertThat(waiting.text().json().getString("type")).isEqualTo("pong");

        GatewayFixture.await(gateway.coordinator.renew());
        try (RawSocket again = gateway.open()) {
          gateway.coordinator.room(1);
          again.authenticate(gateway.token("cid"));
        }
      }
    }
  }

  /** As when the store is down: the coordinator decides nothing, and says that it leads. */
  @Test
  void aCoordinatorThatSaysItLeadsIsEnough() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.slotPatience = PATIENCE); RawSocket inside = gateway.open()) {
      inside.authenticate(gateway.token("ann"));
      GatewayFixture.await(gateway.coordinator.stop());
      staysFor(inside, PATIENCE.multipliedBy(2));
    }
  }

  @Test
  void whereTheDoorIsOpenWhenNobodyLeadsSoItStays() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
      config.slotPatience = PATIENCE;
      config.openWhenUnavailable = true;
    }); RawSocket inside = gateway.open()) {
      inside.authenticate(gateway.token("ann"));
      GatewayFixture.await(gateway.coordinator.stopRenewing());
      staysFor(inside, PATIENCE.multipliedBy(2));
    }
  }

  /** Asks and is answered, until the time is over. */
  private static void staysFor(RawSocket socket, Duration time) throws Exception {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < time.toNanos()) {
      socket.send(new JsonObject().put("type", "ping"));
      assertThat(socket.text().json().getString("type")).isEqualTo("pong");
      LockSupport.parkNanos(50_000_000);
    }
  }
}
