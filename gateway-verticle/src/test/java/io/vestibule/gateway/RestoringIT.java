package io.vestibule.gateway;

import static io.vestibule.gateway.SessionFrames.awaitSaved;
import static io.vestibule.gateway.SessionFrames.enter;
import static io.vestibule.gateway.SessionFrames.reconnect;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.gateway.admission.TestCoordinator;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** When what a session remembers is saved, and what that means for somebody who comes back. */
class RestoringIT {
  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start();
  private final TestCoordinator coordinator = gateway.coordinator;

  /** Its token, and what it was subscribed to before it had to wait again, are kept with its place whatever becomes of its node. */
  @Test
  void whatAWaiterBringsIsSavedWithWhatItWas() {
    JsonObject in;
    String token;
    try (RawSocket socket = gateway.open()) {
      in = enter(socket, gateway.token("ann", new JsonObject(), Duration.ofMinutes(5)));
      socket.subscribe("a.b");
      TestCalls.call(gateway, "vestibule.session.set", new JsonObject().put("userId", "ann").put("attributes", new JsonObject().put("room", 7)));
      awaitSaved(gateway, in, "a.b", "room");
      coordinator.requeue(GatewayFixture.NODE, "ann");
      token = socket.await("queued").getString("resumeToken");
      awaitSaved(gateway, in, "a.b", "room", end(refresh(socket, "ann", Duration.ofMinutes(10))));
    }
    try (RawSocket socket = gateway.open()) {
      assertThat(socket.send(reconnect(token)).text().type()).isEqualTo("queued");
      JsonObject refreshed = refresh(socket, "ann", Duration.ofHours(2));
      awaitSaved(gateway, in, "a.b", "room", end(refreshed));
      coordinator.promote(GatewayFixture.NODE, coordinator.connectionOf("ann"));
      JsonObject success = socket.await("reconnect_success");
      assertThat(success.getString("expiresAt")).isEqualTo(refreshed.getString("expiresAt"));
      assertThat(success.getJsonArray("restored")).containsExactly("a.b");
      socket.await("subscribed");
      socket.subscribe("more");
      awaitSaved(gateway, in, "a.b", "more", "room", end(refreshed), "\"reconnects\":1");
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
      awaitSaved(gateway, before, "kept", "given.up");
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
      awaitSaved(gateway, before, "kept", "too.late");
    }
  }
}
