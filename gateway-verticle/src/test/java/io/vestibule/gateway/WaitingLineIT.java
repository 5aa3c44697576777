package io.vestibule.gateway;

import static io.vestibule.gateway.SessionFrames.auth;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Away;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionNotice.Requeued;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.admission.TestCoordinator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Waiting on the socket: what somebody in the line is told, may do, and must not hear. */
class WaitingLineIT {
  @AutoClose
  private GatewayFixture gateway = GatewayFixture.start();
  private TestCoordinator coordinator = gateway.coordinator;

  /** A socket in the line. */
  private RawSocket queued(String user) {
    coordinator.room(0);
    RawSocket socket = gateway.open().send(auth(gateway.token(user)).put("id", 7));
    assertThat(socket.text().type()).isEqualTo("queued");
    return socket;
  }

  @Test
  void aWaiterIsPromotedOnItsSocket() {
    coordinator.room(0);
    try (RawSocket socket = gateway.open()) {
      socket.send(auth(gateway.token("ann")).put("id", 7).put("device", "phone"));
      JsonObject queued = socket.text().json();
      assertThat(queued.getString("type")).isEqualTo("queued");
      assertThat(queued.getInteger("id")).isEqualTo(7);
      assertThat(queued.getString("queue")).isEqualTo("default");
      assertThat(queued.getInteger("position")).isEqualTo(1);
      assertThat(queued.getString("resumeToken")).contains(".");
      assertThat(queued.getInstant("joinedAt")).isNotNull();
      assertThat(queued.getValue("etaMs")).isNull();
      assertThat(gateway.gauge("vestibule.connections.waiting")).isEqualTo(1);
      Join join = coordinator.heard(Join.class).get(1);
      assertThat(join.device()).isEqualTo("phone");
      assertThat(join.maxConnections()).isEqualTo(-1);

      String connection = coordinator.connectionOf("ann");
      assertThat(coordinator.say(GatewayFixture.NODE, new Moved("default", connection, TestCoordinator.standing(4))).unknown()).isEmpty();
      JsonObject moved = socket.text().json();
      assertThat(moved.getInteger("position")).isEqualTo(4);
      assertThat(moved.containsKey("id")).isFalse();

      assertThat(coordinator.promote(GatewayFixture.NODE, connection).unknown()).isEmpty();
      JsonObject success = socket.text().json();
      assertThat(success.getString("type")).isEqualTo("auth_success");
      assertThat(success.getInteger("id")).as("the final answer").isEqualTo(7);
      assertThat(success.getString("connectionId")).isEqualTo(connection);
      assertThat(success.getInteger("resumeTtlMs")).isEqualTo(300_000);
      assertThat(socket.text().json().getString("topic")).isEqualTo("user.ann");
      assertThat(coordinator.promote(GatewayFixture.NODE, connection).unknown()).as("said twice").isEmpty();
      socket.subscribe("a.b");
      gateway.publish("a.b", 1);
      assertThat(socket.await("message").getInteger("data")).isEqualTo(1);
      assertThat(gateway.gauge("vestibule.connections.waiting")).isZero();
    }
  }

  /** A new coordinator knows of a session that something is stored, and not that it was never in. */
  @Test
  void whoeverShowedAJwtIsAnsweredByAuthSuccessWhateverACoordinatorTakesItFor() {
    try (RawSocket socket = queued("ann")) {
      var promoted = new Admitted(coordinator.claimOf("ann"), true, 0, 1, null, Quota.NONE);
      coordinator.say(GatewayFixture.NODE, new Promoted("default", coordinator.connectionOf("ann"), promoted));
      JsonObject success = socket.text().json();
      assertThat(success.getString("type")).isEqualTo("auth_success");
      assertThat(success.getInteger("id")).isEqualTo(7);
    }
  }

  @Test
  void whoWaitsHearsNothingAndMayDoLittle() {
    try (RawSocket socket = queued("ann")) {
      for (String type : List.of("subscribe", "unsubscribe", "message", "history", "presence", "typing", "rpc", "ack")) {
        socket.send(new JsonObject().put("type", type).put("topic", "a").put("id", type).put("data", 1).put("typing", true).put("offset", 1).put("messageId", "m"));
        JsonObject error = socket.text().json();
        assertThat(error.getInteger("code")).as(type).isEqualTo(401);
        assertThat(error.getString("id")).isEqualTo(type);
      }
      for (String type : List.of("auth", "reconnect_attempt")) {
        socket.send(new JsonObject().put("type", type).put("token", gateway.token("eve")));
        assertThat(socket.text().json().getString("reason")).isEqualTo("already_authenticated");
      }
      JsonObject given = TestCalls.call(gateway, "vestibule.subscribe", new JsonObject().put("userId", "ann").put("topic", "a"));
      assertThat(given.getInteger("connections")).isZero();
      gateway.publish("user.ann", "secret");
      gateway.publish("a", "secret");
      gateway.settle();
      socket.send("{\"type\":\"ping\",\"id\":1}");
      assertThat(socket.text().type()).as("nothing came before").isEqualTo("pong");
      socket.send("{\"type\":\"health_check\",\"id\":2}");
      assertThat(socket.text().type()).isEqualTo("health");
    }
  }

  @Test
  void leavingGivesThePlaceUpAtOnce() {
    try (RawSocket socket = queued("ann")) {
      socket.send("{\"type\":\"leave\",\"id\":4}");
      assertThat(socket.text().json().getInteger("id")).isEqualTo(4);
      socket.expectClose(1000, "normal");
    }
    GatewayFixture.until("the coordinator was told", () -> coordinator.heard(Leave.class).size() == 1);
    try (RawSocket in = admitted("bob")) {
      in.send("{\"type\":\"leave\",\"id\":5}");
      in.expectClose(1000, "normal");
    }
    GatewayFixture.until("the coordinator was told", () -> coordinator.heard(Leave.class).size() == 2);
    assertThat(detached()).isZero();
  }

  @Test
  void whoCannotLeaveIsToldSoAndStaysIn() {
    try (RawSocket in = admitted("bob")) {
      coordinator.script(command -> command instanceof Leave ? new Refused(ErrorReason.MINORITY, 2_000, 0, 0, Quota.NONE) : null);
      JsonObject error = in.send("{\"type\":\"leave\",\"id\":5}").await("error");
      assertThat(error.getInteger("id")).isEqualTo(5);
      assertThat(error.getInteger("code")).isEqualTo(503);
      assertThat(error.getString("reason")).isEqualTo("minority");
      assertThat(error.getInteger("retryAfterMs")).isEqualTo(2_000);
      in.subscribe("a.b");
      gateway.publish("a.b", "still in");
      in.await("message");
      coordinator.script(command -> null);
      in.send("{\"type\":\"leave\",\"id\":6}");
      assertThat(in.await("left").getInteger("id")).isEqualTo(6);
      in.expectClose(1000, "normal");
    }
    assertThat(coordinator.heard(Leave.class)).hasSize(2);
    assertThat(detached()).isZero();
  }

  @Test
  void aNoticeThatIsFasterThanTheAnswerSaysThatItLeftAsItAsked() {
    try (RawSocket in = admitted("bob")) {
      String connection = coordinator.connectionOf("bob");
      coordinator.hold();
      in.send("{\"type\":\"leave\",\"id\":7}");
      GatewayFixture.until("it is asked", () -> coordinator.heard(Leave.class).size() == 1);
      coordinator.say(GatewayFixture.NODE, new Ended("default", connection, End.LEFT));
      assertThat(in.await("left").getInteger("id")).isEqualTo(7);
      in.expectClose(1000, "normal");
      coordinator.release();
    }
  }

  private RawSocket admitted(String user) {
    coordinator.room(1);
    return gateway.open(user);
  }

  private long detached() {
    String warmUp = coordinator.heard(Join.class).get(0).holder().connection();
    return coordinator.heard(Detach.class).stream().filter(detach -> !detach.holder().connection().equals(warmUp)).count();
  }

  @Test
  void aSocketThatIsGoneIsToldOnce() {
    queued("ann").close();
    GatewayFixture.until("the waiter's is told", () -> detached() == 1);
    RawSocket in = admitted("bob");
    in.close();
    GatewayFixture.until("the other's is told", () -> detached() == 2);
    assertThat(coordinator.heard(Detach.class)).allSatisfy(detach -> assertThat(detach.holder().gateway()).isEqualTo(GatewayFixture.NODE));
    assertThat(coordinator.heard(Leave.class)).isEmpty();
  }

  @Test
  void theFirstFrameShowsThatTheTokenWasRead() {
    try (RawSocket socket = queued("ann")) {
      int before = coordinator.heard(Confirm.class).size();
      socket.send("{\"type\":\"ping\"}").await("pong");
      socket.send("{\"type\":\"ping\"}").await("pong");
      GatewayFixture.until("it is confirmed", () -> coordinator.heard(Confirm.class).size() > before);
      Confirm confirm = coordinator.heard(Confirm.class).get(before);
      assertThat(confirm.generation()).isEqualTo(1);
      assertThat(confirm.session()).isEqualTo(coordinator.claimOf("ann").session());
      coordinator.say(GatewayFixture.NODE, new Moved("default", coordinator.connectionOf("ann"), TestCoordinator.standing(1)));
      socket.await("queued");
      socket.send("{\"type\":\"ping\"}").await("pong");
      coordinator.sockets(GatewayFixture.NODE, "default");
      assertThat(coordinator.heard(Confirm.class)).as("once for each token").hasSize(before + 1);
    }
  }

  @Test
  void noticesOfConnectionsThatAreNotThereAreReported() {
    try (RawSocket socket = queued("ann")) {
      String connection = coordinator.connectionOf("ann");
      assertThat(coordinator.say(GatewayFixture.NODE, new Moved("default", "nobody", TestCoordinator.standing(1))).unknown()).containsExactly("nobody");
      assertThat(coordinator.say(GatewayFixture.NODE, new Ended("another", connection, End.REVOKED)).unknown()).as("of another queue").containsExactly(connection);
      assertThat(coordinator.say(GatewayFixture.NODE, 5, new Moved("default", connection, TestCoordinator.standing(2))).unknown()).isEmpty();
      assertThat(socket.text().json().getInteger("position")).isEqualTo(2);
      assertThat(coordinator.say(GatewayFixture.NODE, 4, new Ended("default", connection, End.REVOKED)).unknown()).as("of an older term")
          .containsExactly(connection);
      assertThat(coordinator.say(GatewayFixture.NODE, 6, new Moved("default", connection, TestCoordinator.standing(3))).unknown()).isEmpty();
      assertThat(socket.text().json().getInteger("position")).isEqualTo(3);
    }
  }

  @Test
  void aSessionThatEndedClosesItsConnection() {
    for (End end : End.values()) {
      try (RawSocket socket = queued("ann-" + end)) {
        coordinator.say(GatewayFixture.NODE, new Ended("default", coordinator.connectionOf("ann-" + end), end));
        switch (end) {
          case REPLACED -> socket.expectClose(4509, "replaced");
          case TAKEN_OVER -> socket.expectClose(4510, "taken_over");
          case REVOKED -> socket.expectClose(4512, "revoked");
          case LEFT -> socket.expectClose(1000, "normal");
          case EXPIRED -> socket.expectClose(4502, "token_expired");
          case LOST -> socket.expectClose(4410, "session_lost");
        }
      }
    }
    GatewayFixture.until("all are gone", () -> gateway.gauge("vestibule.connections") == 0);
    assertThat(detached()).as("there is nothing to let go of").isZero();
  }

  @Test
  void whoeverIsPutBackInTheLineHearsNothingMoreUntilItIsInAgain() {
    try (RawSocket socket = admitted("ann")) {
      socket.subscribe("a.b");
      String connection = coordinator.connectionOf("ann");
      var back = new Waiting(coordinator.claimOf("ann"), TestCoordinator.standing(9), null, Quota.NONE);
      assertThat(coordinator.say(GatewayFixture.NODE, new Requeued("default", connection, back)).unknown()).isEmpty();
      assertThat(socket.await("queued").getInteger("position")).isEqualTo(9);
      gateway.publish("a.b", "secret");
      gateway.settle();
      socket.send("{\"type\":\"ping\"}");
      assertThat(socket.text().type()).isEqualTo("pong");
      GatewayFixture.until("what it was subscribed to is kept", () -> String.valueOf(coordinator.stateOf(coordinator.claimOf("ann").session().id())).contains("a.b"));
      coordinator.promote(GatewayFixture.NODE, connection);
      socket.await("auth_success");
      gateway.publish("a.b", "for all who are in");
      assertThat(socket.await("message").getString("topic")).isEqualTo("a.b");
    }
  }

  @Test
  void socketsAreReported() {
    try (RawSocket in = admitted("ann"); RawSocket waiting = queued("bob"); RawSocket stranger = gateway.open()) {
      stranger.send("{\"type\":\"ping\"}").await("pong");
      List<SocketReport.Socket> sockets = coordinator.sockets(GatewayFixture.NODE, "default");
      assertThat(sockets).containsExactlyInAnyOrder(
          new SocketReport.Socket("default", coordinator.connectionOf("ann"), coordinator.claimOf("ann"), true, 0),
          new SocketReport.Socket("default", coordinator.connectionOf("bob"), coordinator.claimOf("bob"), false, 1));
      assertThat(coordinator.sockets(GatewayFixture.NODE, "another")).isEmpty();
    }
  }

  @Test
  void anAnswerThatIsUnderWayIsInTheReport() {
    coordinator.hold();
    try (RawSocket socket = gateway.open()) {
      socket.send(auth(gateway.token("ann")));
      GatewayFixture.until("it is decided", () -> coordinator.heard(Join.class).size() == 2);
      gateway.vertx.eventBus().addInboundInterceptor(this::releaseWhenAsked);
      assertThat(coordinator.sockets(GatewayFixture.NODE, "default")).extracting(SocketReport.Socket::connection)
          .containsExactly(coordinator.connectionOf("ann"));
      socket.await("auth_success");
    }
  }

  /** What the coordinator holds is answered when the node has just been asked for its report. */
  private void releaseWhenAsked(DeliveryContext<Object> delivery) {
    delivery.next();
    if (delivery.message().address().equals(Addresses.ADMISSION_SOCKETS.at(GatewayFixture.NODE).name())) {
      coordinator.release();
    }
  }

  @Test
  void aPromotionMayComeBeforeTheAnswer() {
    coordinator.room(0);
    coordinator.hold();
    try (RawSocket socket = gateway.open()) {
      socket.send(auth(gateway.token("ann")).put("id", 3));
      socket.send(new JsonObject().put("type", "subscribe").put("topic", "a.b"));
      GatewayFixture.until("it is decided", () -> coordinator.heard(Join.class).size() == 2);
      coordinator.promote(GatewayFixture.NODE, coordinator.connectionOf("ann"));
      assertThat(socket.text().json().getInteger("id")).isEqualTo(3);
      coordinator.release();
      assertThat(socket.await(frame -> "a.b".equals(frame.getString("topic")), "its subscription").getString("type")).isEqualTo("subscribed");
      assertThat(detached()).isZero();
    }
  }

  @Test
  void anAnswerThatComesTooLateGivesItsSessionBack() {
    coordinator.hold();
    RawSocket socket = gateway.open();
    socket.send(auth(gateway.token("ann")));
    GatewayFixture.until("it is decided", () -> coordinator.heard(Join.class).size() == 2);
    coordinator.say(GatewayFixture.NODE, new Ended("default", coordinator.connectionOf("ann"), End.REPLACED));
    socket.expectClose(4509, "replaced");
    coordinator.release();
    GatewayFixture.until("it is given back", () -> detached() == 1);
  }

  @Test
  void whatACoordinatorRefusesIsToldAndMayBeTriedAgain() {
    coordinator.script(command -> command instanceof Join join && join.user().equals("ann")
        ? new Refused(ErrorReason.TOO_MANY_USER_CONNECTIONS, 3_000, 0, 0, Quota.NONE) : null);
    try (RawSocket socket = gateway.open()) {
      for (int i = 0; i < 7; i++) {
        socket.send(auth(gateway.token("ann")).put("id", i));
        JsonObject refused = socket.text().json();
        assertThat(refused.getString("type")).isEqualTo("auth_error");
        assertThat(refused.getInteger("id")).isEqualTo(i);
        assertThat(refused.getInteger("code")).isEqualTo(429);
        assertThat(refused.getString("reason")).isEqualTo("too_many_user_connections");
        assertThat(refused.getInteger("retryAfterMs")).isEqualTo(3_000);
        assertThat(refused.getBoolean("temporary")).isTrue();
      }
      socket.authenticate(gateway.token("bob"));
    }
  }

  @Test
  void whoseTokenExpiresInTheLineIsAwayUntilItBringsAnother() throws Exception {
    gateway.close();
    gateway = GatewayFixture.start(TestConfig::withoutLeeway);
    coordinator = gateway.coordinator;
    coordinator.room(0);
    try (RawSocket socket = gateway.open()) {
      socket.send(auth(gateway.token("ann", new JsonObject(), Duration.ofSeconds(5))));
      assertThat(socket.text().type()).isEqualTo("queued");
      socket.await("token_expiring");
      GatewayFixture.until("it is away", () -> coordinator.heard(Away.class).size() == 1);
      assertThat(coordinator.heard(Away.class).get(0).away()).isTrue();
      socket.send(new JsonObject().put("type", "refresh").put("token", gateway.token("bob")).put("id", 1));
      assertThat(socket.text().json().getString("reason")).isEqualTo("token_other_user");
      String connection = coordinator.connectionOf("ann");
      assertThat(coordinator.promote(GatewayFixture.NODE, connection).unknown()).as("it is there").isEmpty();
      socket.await("token_expiring");
      GatewayFixture.until("and still away", () -> coordinator.heard(Away.class).size() == 2);
      socket.send(new JsonObject().put("type", "refresh").put("token", gateway.token("ann")).put("id", 2));
      assertThat(socket.text().type()).isEqualTo("refreshed");
      GatewayFixture.until("it is back", () -> coordinator.heard(Away.class).size() == 3);
      assertThat(coordinator.heard(Away.class).get(2).away()).isFalse();
      coordinator.promote(GatewayFixture.NODE, connection);
      socket.await("auth_success");
    }
  }

  @Test
  void theTimeToAuthenticateDoesNotRunInTheLine() throws Exception {
    gateway.close();
    gateway = GatewayFixture.start(config -> config.authTimeout = Duration.ofSeconds(3));
    coordinator = gateway.coordinator;
    try (RawSocket socket = queued("ann"); RawSocket stranger = gateway.open()) {
      stranger.expectClose(4501, "not_authenticated");
      stranger.close();
      socket.send("{\"type\":\"ping\"}");
      assertThat(socket.text().type()).isEqualTo("pong");
    }
  }

  @Test
  void aWaiterCanBeSentAway() {
    try (RawSocket socket = queued("ann")) {
      assertThat(gateway.gauge("vestibule.subscriptions")).isZero();
      JsonObject closed = TestCalls.call(gateway, "vestibule.disconnect", new JsonObject().put("userId", "ann"));
      assertThat(closed.getInteger("connections")).isEqualTo(1);
      socket.expectClose(4511, "disconnected");
    }
  }
}
