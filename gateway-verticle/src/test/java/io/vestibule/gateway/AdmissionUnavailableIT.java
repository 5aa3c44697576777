package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.admission.TestCoordinator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nobody leads the queue: what was chosen for that. */
class AdmissionUnavailableIT {
  private static JsonObject auth(String token) {
    return new JsonObject().put("type", "auth").put("token", token).put("id", 1);
  }

  private static JsonObject reconnect() {
    String token = new ResumeTokens(ResumeSecrets.of(TestConfig.SECRET), "test").sign("default", new SessionClaim("ann", new SessionRef("1-1", 0), 1, 1_000, null));
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

  private static HttpResponse<String> call(GatewayFixture gateway, String call, String bearer) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/api/admission/" + call)).header("Authorization", "Bearer " + bearer)
        .POST(HttpRequest.BodyPublishers.noBody()).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Nobody leads the queue any more between the two questions of a call: the caller is not left waiting, and what was asked is done when somebody answers again. */
  @Test
  void whoLeavesOverHttpIsAnsweredWithinTenSeconds() throws Exception {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      String token = new JsonObject(call(gateway, "join", gateway.token("ann")).body()).getString("resumeToken");
      SessionClaim claim = gateway.coordinator.claimOf("ann");
      gateway.coordinator.script(command -> command instanceof Leave ? new NotLeader()
          : command instanceof Poll ? new Waiting(claim, TestCoordinator.standing(1), null, Quota.NONE) : null);
      long began = System.nanoTime();
      HttpResponse<String> answer = call(gateway, "leave", token);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10).plus(gateway.longestLate().multipliedBy(5)));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(new JsonObject(answer.body()).getString("reason")).isEqualTo("admission_unavailable");
      assertThat(answer.headers().firstValue("Retry-After")).contains("2");
      assertThat(gateway.coordinator.knows("ann")).isTrue();
      gateway.coordinator.script(command -> null);
      GatewayFixture.until("it has left", () -> !gateway.coordinator.knows("ann"));
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
        assertThat(gateway.counter("vestibule.entry.requests", "way", "socket", "call", "join", "outcome", "open")).isEqualTo(1);
        assertThat(gateway.counter("vestibule.entry.requests", "way", "socket", "call", "resume", "outcome", "admission_unavailable")).isEqualTo(1);
      }
      GatewayFixture.await(gateway.coordinator.serve());
    }
  }
}
