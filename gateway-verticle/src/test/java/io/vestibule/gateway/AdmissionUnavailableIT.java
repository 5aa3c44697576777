package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.gateway.admission.ResumeTokens;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nobody leads the queue: what was chosen for that. */
class AdmissionUnavailableIT {
  private static JsonObject auth(String token) {
    return new JsonObject().put("type", "auth").put("token", token).put("id", 1);
  }

  private static JsonObject reconnect() {
    String token = new ResumeTokens(TestConfig.SECRET, "test").sign("default", new SessionClaim("ann", new SessionRef("1-1", 0), 1, 1_000, null));
    return new JsonObject().put("type", "reconnect_attempt").put("token", token);
  }

  @Test
  void closedRefusesForTheMoment() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.authTimeout = Duration.ofSeconds(5))) {
      GatewayFixture.await(gateway.coordinator.stop());
      try (RawSocket socket = gateway.open(); RawSocket back = gateway.open()) {
        socket.send(auth(gateway.token("ann")));
        back.send(reconnect());
        JsonObject refused = socket.text().json();
        assertThat(refused.getString("type")).isEqualTo("auth_error");
        assertThat(refused.getInteger("id")).isEqualTo(1);
        assertThat(refused.getInteger("code")).isEqualTo(503);
        assertThat(refused.getString("reason")).isEqualTo("admission_unavailable");
        assertThat(refused.getBoolean("temporary")).isTrue();
        assertThat(refused.getInteger("retryAfterMs")).isPositive();
        JsonObject failed = back.text().json();
        assertThat(failed.getString("type")).isEqualTo("reconnect_failed");
        assertThat(failed.getString("reason")).isEqualTo("admission_unavailable");
        GatewayFixture.await(gateway.coordinator.serve());
        socket.authenticate(gateway.token("ann"));
      }
    }
  }

  @Test
  void openLetsInWithoutASession() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> config.openWhenUnavailable = true)) {
      GatewayFixture.await(gateway.coordinator.stop());
      try (RawSocket socket = gateway.open(); RawSocket back = gateway.open()) {
        socket.send(auth(gateway.token("ann")));
        back.send(reconnect());
        JsonObject success = socket.text().json();
        assertThat(success.getString("type")).isEqualTo("auth_success");
        assertThat(success.getInteger("id")).isEqualTo(1);
        assertThat(success.containsKey("resumeToken")).isTrue();
        assertThat(success.getValue("resumeToken")).isNull();
        assertThat(success.getInteger("resumeTtlMs")).isZero();
        assertThat(socket.text().json().getString("topic")).isEqualTo("user.ann");
        socket.subscribe("a.b");
        gateway.publish("a.b", 1);
        socket.await("message");
        assertThat(back.text().json().getString("reason")).as("who it is, only the session knew").isEqualTo("admission_unavailable");
        socket.send("{\"type\":\"leave\"}");
        socket.expectClose(1000, "normal");
      }
      GatewayFixture.await(gateway.coordinator.serve());
    }
  }
}
