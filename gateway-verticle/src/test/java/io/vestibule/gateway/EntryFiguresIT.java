package io.vestibule.gateway;

import static io.vestibule.gateway.SessionFrames.reconnect;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.error.ErrorReason;
import org.junit.jupiter.api.Test;

/** What is counted and timed of people who come in on sockets, of limits, of what the node does unasked, and of the node itself. */
class EntryFiguresIT {
  private static double requests(GatewayFixture gateway, String call, String outcome) {
    var counter = gateway.registry.find("vestibule.entry.requests").tags("way", "socket", "call", call, "outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void comingInIsCountedByItsOutcome() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start(config -> {
      config.connections = 50;
      config.messagesPerSecond = 1;
      config.messageBurst = 4;
    })) {
      double joined = requests(gateway, "join", "admitted");
      JsonObject first;
      try (RawSocket socket = gateway.open()) {
        first = socket.send(new JsonObject().put("type", "auth").put("token", gateway.token("ann"))).text().json();
        assertThat(gateway.gauge("vestibule.connections.utilisation")).isEqualTo(0.02);
        socket.await("subscribed");
        socket.subscribe("a.b");
      }
      GatewayFixture.until("what it is subscribed to is saved",
          () -> gateway.registry.get("vestibule.jobs").tags("job", "session_save", "outcome", "ok").timer().count() > 1);
      gateway.coordinator.script(command -> command instanceof Resume resume && resume.claim().user().equals("eve")
          ? new Refused(ErrorReason.RESUME_USED, 1_000, 1, 4, Quota.NONE) : null);
      try (RawSocket socket = gateway.open()) {
        assertThat(socket.send(reconnect("x.y")).text().json().getString("reason")).isEqualTo("invalid");
        assertThat(socket.send(reconnect(first.getString("resumeToken"))).text().type()).isEqualTo("reconnect_success");
        GatewayFixture.until("it was too fast", () -> socket.send("{\"type\":\"ping\"}").text().type().equals("error"));
      }
      gateway.coordinator.room(0);
      try (RawSocket socket = gateway.open()) {
        socket.send(new JsonObject().put("type", "auth").put("token", gateway.token("ben"))).await("queued");
      }
      assertThat(requests(gateway, "join", "admitted")).isEqualTo(joined + 1);
      assertThat(requests(gateway, "join", "queued")).isEqualTo(1);
      assertThat(requests(gateway, "resume", "admitted")).isEqualTo(1);
      assertThat(requests(gateway, "resume", "invalid")).isEqualTo(1);
      assertThat(gateway.registry.get("vestibule.entry.duration").tags("way", "socket", "call", "resume", "outcome", "2xx").timer().count()).isEqualTo(1);
      assertThat(gateway.counter("vestibule.rate.limit.checks", "policy", "connection-messages", "outcome", "limited")).isPositive();
      assertThat(gateway.counter("vestibule.rate.limit.checks", "policy", "connection-messages", "outcome", "passed")).isGreaterThan(5);
      assertThat(gateway.gauge("vestibule.connections.limit")).isEqualTo(50);
      assertThat(gateway.gauge("vestibule.draining")).isZero();
      GatewayFixture.until("the node has said how it is",
          () -> gateway.registry.get("vestibule.jobs").tags("job", "load_report", "outcome", "ok").timer().count() > 0);
    }
  }
}
