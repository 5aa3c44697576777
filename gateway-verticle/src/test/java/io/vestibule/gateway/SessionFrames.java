package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;

/** What clients send to come in and to come back, for tests of sessions. */
final class SessionFrames {
  private SessionFrames() {}

  static JsonObject auth(String token) {
    return new JsonObject().put("type", "auth").put("token", token);
  }

  static JsonObject reconnect(String token) {
    return new JsonObject().put("type", "reconnect_attempt").put("token", token);
  }

  /** Comes in at once, and has read what it is told of its own topic. */
  static JsonObject enter(RawSocket socket, String token) {
    JsonObject success = socket.send(auth(token)).text().json();
    assertThat(success.getString("type")).isEqualTo("auth_success");
    assertThat(socket.text().type()).isEqualTo("subscribed");
    return success;
  }

  /** Waits until what is stored of the session has these parts. */
  static void awaitSaved(GatewayFixture gateway, JsonObject success, String... parts) {
    GatewayFixture.until("the session is saved with " + List.of(parts), () -> {
      String state = gateway.coordinator.stateOf(success.getString("sessionId"));
      return state != null && List.of(parts).stream().allMatch(state::contains);
    });
  }
}
