package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.gateway.admission.TestCoordinator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When what a session remembers is saved, and what that means for somebody who comes back. */
class RestoringIT {
  private GatewayFixture gateway;
  private TestCoordinator coordinator;

  @BeforeEach
  void start() {
    gateway = GatewayFixture.start();
    coordinator = gateway.coordinator;
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
  }

  private static JsonObject auth(String token) {
    return new JsonObject().put("type", "auth").put("token", token);
  }

  private static JsonObject reconnect(String token) {
    return new JsonObject().put("type", "reconnect_attempt").put("token", token);
  }

  private JsonObject enter(RawSocket socket, String token) {
    JsonObject success = socket.send(auth(token)).text().json();
    assertThat(success.getString("type")).isEqualTo("auth_success");
    assertThat(socket.text().type()).isEqualTo("subscribed");
    return success;
  }

  private void saved(JsonObject success, String... parts) {
    GatewayFixture.until("the session is saved with " + List.of(parts), () -> {
      String state = coordinator.stateOf(success.getString("sessionId"));
      return state != null && List.of(parts).stream().allMatch(state::contains);
    });
  }

  /** Its token, and what it was subscribed to before it had to wait again, are kept with its place whatever becomes of its node. */
  @Test
  void whatAWaiterBringsIsSavedWithWhatItWas() {
    JsonObject in;
    String token;
    try (RawSocket socket = gateway.open()) {
      in = enter(socket, gateway.token("ann", new JsonObject(), Duration.ofMinutes(5)));
      socket.subscribe("a.b");
      TestCalls.call(gateway, "vestibule.session.set", new JsonObject().put("userId", "ann").put("attributes", new JsonObject().put("room", 7)));
      saved(in, "a.b", "room");
      coordinator.requeue(GatewayFixture.NODE, "ann");
      token = socket.await("queued").getString("resumeToken");
      saved(in, "a.b", "room", end(refresh(socket, "ann", Duration.ofMinutes(10))));
    }
    try (RawSocket socket = gateway.open()) {
      assertThat(socket.send(reconnect(token)).text().type()).isEqualTo("queued");
      JsonObject refreshed = refresh(socket, "ann", Duration.ofHours(2));
      saved(in, "a.b", "room", end(refreshed));
      coordinator.promote(GatewayFixture.NODE, coordinator.connectionOf("ann"));
      JsonObject success = socket.await("reconnect_success");
      assertThat(success.getString("expiresAt")).isEqualTo(refreshed.getString("expiresAt"));
      assertThat(success.getJsonArray("restored")).containsExactly("a.b");
      socket.await("subscribed");
      socket.subscribe("more");
      saved(in, "a.b", "more", "room", end(refreshed), "\"reconnects\":1");
    }
  }

  private JsonObject refresh(RawSocket socket, String user, Duration life) {
    return socket.send(new JsonObject().put("type", "refresh").put("token", gateway.token(user, new JsonObject(), life))).await("refreshed");
  }

  private static String end(JsonObject refreshed) {
    return "\"exp\":" + refreshed.getInstant("expiresAt").toEpochMilli();
  }

  /** The reply does not wait for the save. A node that dies in between takes along what was not saved; the client is told what came back, and asks for the rest. */
  @Test
  void restoredSaysWhatCameBackAndTheRestIsAskedForAgain() {
    JsonObject before;
    try (RawSocket socket = gateway.open()) {
      before = enter(socket, gateway.token("ann"));
      socket.subscribe("kept").subscribe("given.up");
      saved(before, "kept", "given.up");
      coordinator.script(command -> command instanceof Save || command instanceof Detach ? new AdmissionAnswer.Done() : null);
      socket.subscribe("too.late");
      socket.send(new JsonObject().put("type", "unsubscribe").put("topic", "given.up")).await("unsubscribed");
    }
    String session = before.getString("sessionId");
    GatewayFixture.until("it is gone", () -> coordinator.heard(Detach.class).stream().anyMatch(detach -> detach.session().id().equals(session)));
    coordinator.script(command -> null);
    try (RawSocket socket = gateway.open()) {
      JsonObject after = socket.send(reconnect(before.getString("resumeToken"))).text().json();
      assertThat(after.getJsonArray("restored")).containsExactlyInAnyOrder("kept", "given.up");
      socket.await("subscribed");
      socket.subscribe("kept").subscribe("too.late");
      gateway.publish("too.late", 1);
      assertThat(socket.await("message").getString("topic")).isEqualTo("too.late");
      saved(before, "kept", "too.late");
    }
  }
}
