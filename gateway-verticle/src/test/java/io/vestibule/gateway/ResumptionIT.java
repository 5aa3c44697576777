package io.vestibule.gateway;

import static io.vestibule.gateway.SessionFrames.auth;
import static io.vestibule.gateway.SessionFrames.awaitSaved;
import static io.vestibule.gateway.SessionFrames.enter;
import static io.vestibule.gateway.SessionFrames.reconnect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionCommand.Away;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.admission.ResumeSecrets;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.admission.TestCoordinator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Dropping and coming back: what is restored, what is refused, and whose fault it is. */
class ResumptionIT {
  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> config.maxSessionState = 1 << 10);
  private final TestCoordinator coordinator = gateway.coordinator;

  @Test
  void aSessionGoesOnWithWhatItWas() {
    JsonObject before;
    JsonObject claims = new JsonObject().put("caps", new JsonObject().put("subscribe", new JsonArray().add("a.**").add("b")));
    try (RawSocket socket = gateway.open()) {
      before = enter(socket, gateway.token("ann", claims, Duration.ofHours(1)));
      socket.subscribe("a.b").subscribe("a.*").subscribe("b");
      socket.send(new JsonObject().put("type", "unsubscribe").put("topic", "b")).await("unsubscribed");
      TestCalls.call(gateway, "vestibule.subscribe", new JsonObject().put("userId", "ann").put("topic", "given"));
      TestCalls.call(gateway, "vestibule.session.set",
          new JsonObject().put("userId", "ann").put("attributes", new JsonObject().put("room", 7).put("mark", "m")));
      socket.await(frame -> "given".equals(frame.getString("topic")), "what the server gave");
      awaitSaved(gateway, before, "a.b", "a.*", "given", "room");
    }
    GatewayFixture.until("it is let go of", () -> coordinator.heard(Detach.class).size() == 2);
    try (RawSocket socket = gateway.open()) {
      JsonObject after = socket.send(reconnect(before.getString("resumeToken")).put("id", 9)).text().json();
      assertThat(after.getString("type")).isEqualTo("reconnect_success");
      assertThat(after.getInteger("id")).isEqualTo(9);
      assertThat(after.getString("userId")).isEqualTo("ann");
      assertThat(after.getString("sessionId")).isEqualTo(before.getString("sessionId"));
      assertThat(after.getString("connectionId")).isNotEqualTo(before.getString("connectionId"));
      assertThat(after.getString("resumeToken")).isNotEqualTo(before.getString("resumeToken"));
      assertThat(after.getString("expiresAt")).isEqualTo(before.getString("expiresAt"));
      assertThat(after.getJsonArray("restored")).containsExactlyInAnyOrder("a.b", "a.*", "given");
      assertThat(after.getJsonObject("recovered").getMap().values()).hasSize(3).containsOnly(false);
      assertThat(socket.text().json().getString("topic")).isEqualTo("user.ann");
      gateway.publish("a.b", 1);
      assertThat(socket.text().json().getString("topic")).isEqualTo("a.b");
      socket.send("{\"type\":\"health_check\"}");
      assertThat(socket.text().json().getInteger("reconnects")).isEqualTo(1);
      socket.send("{\"type\":\"subscribe\",\"topic\":\"c\"}");
      assertThat(socket.text().json().getString("reason")).as("the claims are the same").isEqualTo("forbidden_subscribe");
      TestCalls.call(gateway, "vestibule.session.set",
          new JsonObject().put("sessionId", after.getString("sessionId")).put("attributes", new JsonObject().putNull("room").put("more", 1)));
      awaitSaved(gateway, after, "\"attributes\":{\"mark\":\"m\",\"more\":1}", "\"reconnects\":1");
    }
  }

  @Test
  void whoCannotHaveReadTheLastTokenComesBackWithTheOneBefore() {
    JsonObject first;
    try (RawSocket socket = gateway.open()) {
      first = enter(socket, gateway.token("ann"));
    }
    // Cut before the answer is read.
    try (RawSocket socket = gateway.open()) {
      socket.send(reconnect(first.getString("resumeToken")));
      GatewayFixture.until("the coordinator has answered", () -> coordinator.heard(Resume.class).size() == 1);
    }
    try (RawSocket socket = gateway.open()) {
      JsonObject third = socket.send(reconnect(first.getString("resumeToken"))).text().json();
      assertThat(third.getString("type")).isEqualTo("reconnect_success");
      int confirmed = coordinator.heard(Confirm.class).size();
      socket.send("{\"type\":\"ping\"}").await("pong");
      GatewayFixture.until("it has shown that it reads", () -> coordinator.heard(Confirm.class).size() > confirmed);
    }
    try (RawSocket socket = gateway.open()) {
      JsonObject failed = socket.send(reconnect(first.getString("resumeToken")).put("id", 1)).text().json();
      assertThat(failed.getString("type")).isEqualTo("reconnect_failed");
      assertThat(failed.getInteger("id")).isEqualTo(1);
      assertThat(failed.getInteger("code")).isEqualTo(409);
      assertThat(failed.getString("reason")).isEqualTo("used");
      assertThat(failed.getInteger("attempt")).isEqualTo(1);
      assertThat(failed.getInteger("attemptsLeft")).isEqualTo(4);
      assertThat(failed.getInteger("retryAfterMs")).isEqualTo(1_000);
      enter(socket, gateway.token("ann"));
    }
  }

  @Test
  void aSessionWhoseTimeIsOverIsGone() {
    JsonObject first;
    try (RawSocket socket = gateway.open()) {
      first = enter(socket, gateway.token("ann"));
    }
    coordinator.forget();
    try (RawSocket socket = gateway.open()) {
      JsonObject failed = socket.send(reconnect(first.getString("resumeToken"))).text().json();
      assertThat(failed.getInteger("code")).isEqualTo(401);
      assertThat(failed.getString("reason")).isEqualTo("expired");
      assertThat(failed.getBoolean("temporary")).isFalse();
    }
  }

  @Test
  void eachAttemptIsAnotherForTheCoordinator() {
    coordinator.script(command -> command instanceof Resume ? new Refused(ErrorReason.TOO_SOON, 2_000, 2, 3, Quota.NONE) : null);
    String token = tokenOf("default", "ann", 1);
    try (RawSocket socket = gateway.open()) {
      for (int i = 0; i < 3; i++) {
        assertThat(socket.send(reconnect(token)).text().json().getString("reason")).isEqualTo("too_soon");
      }
    }
    assertThat(coordinator.heard(Resume.class)).extracting(Resume::attempt).doesNotHaveDuplicates().hasSize(3);
  }

  private static String tokenOf(String queue, String user, long generation) {
    return new ResumeTokens(ResumeSecrets.of(TestConfig.SECRET), "test").sign(queue, new SessionClaim(user, new SessionRef("1-zz", 0), generation, 1_000, null));
  }

  @Test
  void whatNobodySignedIsHeldAgainstTheSocketOnly() {
    String good = tokenOf("default", "ann", 1);
    List<String> bad = List.of("", ".", "x.y", good + "x", "A" + good, good.replace('.', ','), "x".repeat(50_000),
        new ResumeTokens(ResumeSecrets.of("another secret of another cluster"), "test").sign("default", new SessionClaim("ann", new SessionRef("1-1", 0), 1, 1, null)),
        new ResumeTokens(ResumeSecrets.of(TestConfig.SECRET), "another").sign("default", new SessionClaim("ann", new SessionRef("1-1", 0), 1, 1, null)));
    for (String token : bad) {
      try (RawSocket socket = gateway.open()) {
        JsonObject failed = socket.send(reconnect(token)).text().json();
        assertThat(failed.getString("type")).as(token.substring(0, Math.min(80, token.length()))).isEqualTo("reconnect_failed");
        assertThat(failed.getString("reason")).isEqualTo("invalid");
        assertThat(failed.getInteger("attemptsLeft")).isEqualTo(4);
      }
    }
    try (RawSocket socket = gateway.open()) {
      for (int i = 0; i < 5; i++) {
        socket.send(reconnect("x.y"));
      }
      socket.expectClose(4501, "not_authenticated");
    }
    assertThat(coordinator.heard(Resume.class)).as("no coordinator was bothered").isEmpty();
  }

  @Test
  void anAddressThatForgesALotHasOneAttemptASocket() {
    for (int i = 0; i < 4; i++) {
      try (RawSocket socket = gateway.open()) {
        for (int k = 0; k < 5; k++) {
          socket.send(reconnect("x.y"));
        }
        socket.expectClose(4501, "not_authenticated");
      }
    }
    try (RawSocket socket = gateway.open()) {
      socket.send(reconnect("x.y"));
      socket.expectClose(4501, "not_authenticated");
    }
    JsonObject first;
    try (RawSocket socket = gateway.open()) {
      first = enter(socket, gateway.token("ann"));
    }
    try (RawSocket socket = gateway.open()) {
      assertThat(socket.send(reconnect(first.getString("resumeToken"))).text().type()).as("a good token").isEqualTo("reconnect_success");
    }
  }

  private Admitted resumed(long expiresAtMs, boolean lastChance) {
    JsonObject claims = new JsonObject().put("exp", expiresAtMs);
    if (lastChance) {
      claims.put("lastChance", true);
    }
    String state = new JsonObject().put("claims", claims).put("topics", new JsonArray().add("a.b")).encode();
    return new Admitted(new SessionClaim("ann", new SessionRef("1-zz", 0), 2, 1_000, null), true, 0, 4, state, Quota.NONE);
  }

  @Test
  void whoseTokenHasExpiredMayBringAnotherOnce() {
    coordinator.script(command -> command instanceof Resume ? resumed(1_000, false) : null);
    try (RawSocket socket = gateway.open()) {
      JsonObject success = socket.send(reconnect(tokenOf("default", "ann", 1))).text().json();
      assertThat(success.getJsonArray("restored")).containsExactly("a.b");
      assertThat(success.getInstant("expiresAt")).isBetween(Instant.now().plusSeconds(15), Instant.now().plusSeconds(31));
      socket.await("token_expiring");
      GatewayFixture.until("it is remembered", () -> coordinator.heard(Save.class).stream().anyMatch(save -> save.state().contains("lastChance")));
      Save save = coordinator.heard(Save.class).stream().filter(one -> one.state().contains("lastChance")).findFirst().orElseThrow();
      assertThat(save.version()).isEqualTo(5);
      socket.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann"))).await("refreshed");
      GatewayFixture.until("it is as good as any", () -> {
        List<Save> saves = coordinator.heard(Save.class);
        return !saves.get(saves.size() - 1).state().contains("lastChance");
      });
    }
  }

  @Test
  void thereIsNoSecondLastChance() {
    coordinator.script(command -> command instanceof Resume ? resumed(1_000, true) : null);
    try (RawSocket socket = gateway.open()) {
      JsonObject failed = socket.send(reconnect(tokenOf("default", "ann", 1))).text().json();
      assertThat(failed.getString("type")).isEqualTo("reconnect_failed");
      assertThat(failed.getString("reason")).isEqualTo("token_expired");
      GatewayFixture.until("the session is given back", () -> coordinator.heard(Detach.class).size() == 2);
      enter(socket, gateway.token("ann"));
    }
  }

  @Test
  void aSessionOfWhichNothingIsKnownPermitsNothing() {
    coordinator.script(command -> command instanceof Resume
        ? new Admitted(new SessionClaim("ann", new SessionRef("1-zz", 0), 2, 1_000, null), true, 0, 0, "no state", Quota.NONE) : null);
    try (RawSocket socket = gateway.open()) {
      JsonObject success = socket.send(reconnect(tokenOf("default", "ann", 1))).text().json();
      assertThat(success.getJsonArray("restored")).isEmpty();
      socket.await("token_expiring");
      socket.send("{\"type\":\"subscribe\",\"topic\":\"a\"}");
      assertThat(socket.text().json().getString("reason")).isEqualTo("forbidden_subscribe");
      socket.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann"))).await("refreshed");
      socket.subscribe("a");
    }
  }

  @Test
  void topicsThatAreNotPermittedAnyMoreAreNotRestored() {
    String state = new JsonObject().put("claims", new JsonObject().put("exp", System.currentTimeMillis() + 3_600_000))
        .put("topics", new JsonArray().add("a.b").add("user.bob").add("vestibule.x").add("not a topic")).encode();
    coordinator.script(command -> command instanceof Resume
        ? new Admitted(new SessionClaim("ann", new SessionRef("1-zz", 0), 2, 1_000, null), true, 0, 1, state, Quota.NONE) : null);
    try (RawSocket socket = gateway.open()) {
      assertThat(socket.send(reconnect(tokenOf("default", "ann", 1))).text().json().getJsonArray("restored")).containsExactly("a.b");
    }
  }

  @Test
  void aSessionRemembersNoMoreThanPermitted() {
    try (RawSocket socket = gateway.open()) {
      JsonObject success = enter(socket, gateway.token("ann"));
      String big = "x".repeat(2_000);
      assertThatThrownBy(() -> TestCalls.call(gateway, "vestibule.session.set",
          new JsonObject().put("userId", "ann").put("attributes", new JsonObject().put("big", big))))
          .hasCauseInstanceOf(Failure.class).hasMessageContaining("remember more than permitted");
      int taken = 0;
      JsonObject answer;
      do {
        answer = socket.send(new JsonObject().put("type", "subscribe").put("topic", "topic." + "x".repeat(90) + taken++)).text().json();
      } while (answer.getString("type").equals("subscribed"));
      assertThat(answer.getString("reason")).isEqualTo("session_too_large");
      assertThat(answer.getInteger("code")).isEqualTo(413);
      assertThat(taken).isBetween(5, 12);
      int last = taken - 2;
      awaitSaved(gateway, success, "x" + last);
      assertThat(coordinator.heard(Save.class)).allSatisfy(save -> {
        assertThat(save.state().length()).isLessThanOrEqualTo(1_024);
        assertThat(save.state()).as("the claims have their room").contains("\"exp\"");
      });
      socket.send(new JsonObject().put("type", "unsubscribe").put("topic", "topic." + "x".repeat(90) + 0)).await("unsubscribed");
      JsonObject again = socket.send(new JsonObject().put("type", "subscribe").put("topic", "topic." + "y".repeat(90))).text().json();
      assertThat(again.getString("type")).as(again.encode()).isEqualTo("subscribed");
    }
  }

  @Test
  void whoeverTheServerSendsAwayKeepsNoSlot() {
    try (RawSocket socket = gateway.open()) {
      enter(socket, gateway.token("ann"));
      TestCalls.call(gateway, "vestibule.disconnect", new JsonObject().put("userId", "ann"));
      socket.expectClose(4511, "disconnected");
    }
    GatewayFixture.until("the coordinator knows", () -> coordinator.heard(Leave.class).size() == 1);
  }

  /** What its token says is there as soon as its place is: whoever's node dies right after the join has lost nothing. */
  @Test
  void whoseNodeDiesBeforeAnythingIsSavedComesBackWithTheRightsOfItsToken() {
    coordinator.script(command -> command instanceof Save ? new AdmissionAnswer.Done() : null);
    String token = gateway.token("ann", new JsonObject().put("caps", new JsonObject().put("subscribe", new JsonArray().add("a.**"))), Duration.ofHours(1));
    for (int room = 1; room >= 0; room--) {
      coordinator.room(room);
      JsonObject first;
      try (RawSocket socket = gateway.open()) {
        first = socket.send(auth(token)).text().json();
        assertThat(first.getString("type")).isEqualTo(room == 1 ? "auth_success" : "queued");
      }
      try (RawSocket socket = gateway.open()) {
        JsonObject again = socket.send(reconnect(first.getString("resumeToken"))).text().json();
        if (room == 0) {
          assertThat(again.getString("type")).isEqualTo("queued");
          coordinator.promote(GatewayFixture.NODE, coordinator.connectionOf("ann"));
        }
        socket.await(frame -> "user.ann".equals(frame.getString("topic")), "it is in");
        socket.subscribe("a.b");
        socket.send("{\"type\":\"subscribe\",\"topic\":\"b\"}");
        assertThat(socket.await("error").getString("reason")).isEqualTo("forbidden_subscribe");
        socket.send("{\"type\":\"leave\"}");
        socket.expectClose(1000, "normal");
      }
      GatewayFixture.until("it has left", () -> coordinator.heard(Leave.class).size() > 0);
    }
  }

  @Test
  void ofSomebodyNewThereIsNothingToSave() {
    try (RawSocket ann = gateway.open(); RawSocket bob = gateway.open()) {
      JsonObject annes = enter(ann, gateway.token("ann"));
      JsonObject bobs = enter(bob, gateway.token("bob"));
      bob.subscribe("a.b");
      awaitSaved(gateway, bobs, "a.b");
      bob.subscribe("a.c");
      awaitSaved(gateway, bobs, "a.c");
      assertThat(coordinator.stateOf(annes.getString("sessionId"))).contains("\"exp\"");
      assertThat(coordinator.heard(Save.class)).noneMatch(save -> save.session().id().equals(annes.getString("sessionId")));
    }
  }

  /** Its token says so much that nothing of it is remembered. */
  @Test
  void aWaiterOfWhoseTokenNothingIsKnownIsLetInAndBringsAnother() {
    coordinator.room(0);
    JsonObject queued;
    try (RawSocket socket = gateway.open()) {
      JsonObject claims = new JsonObject().put("info", new JsonObject().put("text", "x".repeat(600)));
      queued = socket.send(auth(gateway.token("ann", claims, Duration.ofHours(1)))).text().json();
    }
    assertThat(coordinator.heard(Join.class).get(1).state()).isNull();
    try (RawSocket socket = gateway.open()) {
      assertThat(socket.send(reconnect(queued.getString("resumeToken"))).text().type()).isEqualTo("queued");
      coordinator.promote(GatewayFixture.NODE, coordinator.connectionOf("ann"));
      assertThat(socket.text().type()).isIn("auth_success", "reconnect_success");
      socket.await("token_expiring");
      socket.send("{\"type\":\"subscribe\",\"topic\":\"a.b\"}");
      assertThat(socket.await("error").getString("reason")).isEqualTo("forbidden_subscribe");
      socket.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann"))).await("refreshed");
      socket.subscribe("a.b");
    }
  }

  @Test
  void aWaiterComesBackToItsPlace() {
    coordinator.room(0);
    JsonObject queued;
    try (RawSocket socket = gateway.open()) {
      queued = socket.send(auth(gateway.token("ann"))).text().json();
      assertThat(queued.getString("type")).isEqualTo("queued");
    }
    try (RawSocket socket = gateway.open()) {
      JsonObject again = socket.send(reconnect(queued.getString("resumeToken")).put("id", "r")).text().json();
      assertThat(again.getString("type")).isEqualTo("queued");
      assertThat(again.getString("id")).isEqualTo("r");
      assertThat(again.getString("joinedAt")).isEqualTo(queued.getString("joinedAt"));
      coordinator.promote(GatewayFixture.NODE, coordinator.connectionOf("ann"));
      JsonObject in = socket.text().json();
      assertThat(in.getString("type")).isIn("auth_success", "reconnect_success");
      assertThat(in.getString("id")).isEqualTo("r");
      socket.await("subscribed");
      socket.subscribe("a.b");
    }
  }

  /** It is told in time, and its place waits for it, though it never showed this node its token. */
  @Test
  void aWaiterThatCameBackIsToldOfTheEndOfItsToken() throws Exception {
    coordinator.room(0);
    Instant end = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 4);
    JsonObject queued;
    try (RawSocket socket = gateway.open()) {
      queued = socket.send(auth(gateway.token("ann", new JsonObject().put("exp", end.getEpochSecond()), Duration.ofSeconds(4)))).text().json();
    }
    String resume = queued.getString("resumeToken");
    try (RawSocket socket = gateway.open()) {
      JsonObject again = socket.send(reconnect(resume)).text().json();
      assertThat(again.getString("type")).isEqualTo("queued");
      resume = again.getString("resumeToken");
      assertThat(socket.await("token_expiring").getInstant("expiresAt")).isEqualTo(end);
      GatewayFixture.until("it is away when its token and the leeway are over", () -> coordinator.heard(Away.class).size() == 1);
    }
    try (RawSocket socket = gateway.open()) {
      assertThat(socket.send(reconnect(resume)).text().type()).isEqualTo("queued");
      assertThat(socket.text().type()).as("it is over already, and it is told all the same").isEqualTo("token_expiring");
      GatewayFixture.until("it is away", () -> coordinator.heard(Away.class).size() == 2);
      socket.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann"))).await("refreshed");
      GatewayFixture.until("it is back", () -> coordinator.heard(Away.class).size() == 3);
      assertThat(coordinator.heard(Away.class)).extracting(Away::away).containsExactly(true, true, false);
      coordinator.promote(GatewayFixture.NODE, coordinator.connectionOf("ann"));
      socket.await(frame -> "user.ann".equals(frame.getString("topic")), "it is in");
      socket.subscribe("a.b");
    }
  }

  @Test
  void nobodyElseCanSetWhatASessionRemembers() {
    try (RawSocket socket = gateway.open()) {
      JsonObject success = enter(socket, gateway.token("ann"));
      for (JsonObject body : List.of(new JsonObject(), new JsonObject().put("userId", "ann"), new JsonObject().put("userId", "ann").put("attributes", 1),
          new JsonObject().put("userId", "ann").put("sessionId", "x").put("attributes", new JsonObject()))) {
        assertThatThrownBy(() -> TestCalls.call(gateway, "vestibule.session.set", body)).hasCauseInstanceOf(Failure.class);
      }
      JsonObject nobody = TestCalls.call(gateway, "vestibule.session.set",
          new JsonObject().put("sessionId", success.getString("sessionId") + "0").put("attributes", new JsonObject().put("a", 1)));
      assertThat(nobody.getInteger("connections")).isZero();
      JsonObject one = TestCalls.call(gateway, "vestibule.session.set",
          new JsonObject().put("connectionId", success.getString("connectionId")).put("attributes", new JsonObject().put("a", 1)));
      assertThat(one.getInteger("connections")).isEqualTo(1);
      awaitSaved(gateway, success, "\"attributes\":{\"a\":1}");
    }
  }
}
