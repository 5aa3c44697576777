package io.vestibule.gateway;

import static io.vestibule.gateway.GatewayFixture.NODE;
import static io.vestibule.gateway.GatewayFixture.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Moved;
import io.vestibule.contract.admission.AdmissionNotice.Requeued;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.admission.TestCoordinator;
import io.vestibule.gateway.bridge.BridgeConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Sockets of the event-bus bridge in the waiting line: they wait, are let in, come back and are sent away like all others. */
class BridgeWaitingIT {
  private static final int NODE_BYTES = 100_000;
  private static final List<String> OPEN = List.of("echo.service", "chat.room");

  @AutoClose
  private GatewayFixture gateway;
  private TestCoordinator coordinator;

  private void start(Duration pingTimeout, Consumer<TestConfig> change) {
    gateway = GatewayFixture.start(config -> {
      config.bridge = new BridgeConfig(true, OPEN, OPEN, 20, pingTimeout, 64 << 10, NODE_BYTES);
      change.accept(config);
    });
    coordinator = gateway.coordinator;
    gateway.vertx.eventBus().consumer("echo.service", message -> message.reply(message.body()));
  }

  private void start() {
    start(Duration.ofSeconds(30), config -> { });
  }

  private BridgeClient queued(String user) {
    coordinator.room(0);
    BridgeClient client = BridgeClient.of(gateway, user);
    client.event("queued");
    return client;
  }

  private static JsonObject ask(Object body) {
    return new JsonObject().put("type", "send").put("address", "echo.service").put("body", body).put("replyAddress", "r");
  }

  private static void answered(BridgeClient client, Object body) {
    JsonObject answer = client.next();
    assertThat(answer.getString("type")).as("%s", answer).isEqualTo("rec");
    assertThat(answer.getValue("body")).isEqualTo(body);
  }

  private void ended(String user, End end) {
    coordinator.say(NODE, new Ended("default", coordinator.connectionOf(user), end));
  }

  @Test
  void whoKnowsNothingOfALineHearsNothingOfItWhereThereIsRoom() {
    start();
    try (BridgeClient client = BridgeClient.of(gateway, "ann")) {
      client.send(ask(1));
      answered(client, 1);
      assertThat(coordinator.heard(Join.class)).last().satisfies(join -> {
        assertThat(join.user()).isEqualTo("ann");
        assertThat(join.queue()).isEqualTo("default");
      });
      gateway.publish("user.ann", 1);
      gateway.settle();
      client.fence();
    }
    until("its session is let go of", () -> coordinator.heard(Detach.class).stream().anyMatch(detach -> detach.session().equals(coordinator.claimOf("ann").session())));
  }

  @Test
  void aWaiterIsToldAndLetInOnItsSocketAndWhatItSaidIsDoneThen() {
    start();
    coordinator.room(0);
    try (BridgeClient client = BridgeClient.open(gateway, "?queue=sale&token=" + gateway.token("ann"))) {
      JsonObject queued = client.event("queued");
      assertThat(queued.getString("queue")).isEqualTo("sale");
      assertThat(queued.getInteger("position")).isEqualTo(1);
      assertThat(queued.getString("resumeToken")).contains(".");
      client.send(ask(1)).send(new JsonObject().put("type", "ping")).send(ask(2));

      String connection = coordinator.connectionOf("ann");
      assertThat(coordinator.sockets(NODE, "sale")).hasSize(1);
      coordinator.say(NODE, new Moved("sale", connection, TestCoordinator.standing(4)));
      assertThat(client.event("queued").getInteger("position")).isEqualTo(4);
      assertThat(gateway.gauge("vestibule.connections.waiting")).isEqualTo(1);

      assertThat(coordinator.promote(NODE, connection).unknown()).isEmpty();
      JsonObject in = client.event("auth_success");
      assertThat(in.getString("userId")).isEqualTo("ann");
      assertThat(in.getString("resumeToken")).contains(".");
      answered(client, 1);
      answered(client, 2);
      client.send(ask(3));
      answered(client, 3);
      until("it has shown that it reads", () -> !coordinator.heard(Confirm.class).isEmpty());
      assertThat(gateway.gauge("vestibule.connections.waiting")).isZero();
    }
  }

  @Test
  void whoNamesAQueueIsToldThatItIsIn() {
    start();
    try (BridgeClient client = BridgeClient.open(gateway, "?queue=default&token=" + gateway.token("ann"))) {
      assertThat(client.event("auth_success").getInteger("resumeTtlMs")).isEqualTo(300_000);
      client.send(ask(1));
      answered(client, 1);
    }
  }

  @Test
  void refusalsAreSaidAndTheSocketIsClosed() {
    start();
    Map.of(ErrorReason.UNKNOWN_QUEUE, CloseReason.NOT_AUTHENTICATED, ErrorReason.LINE_FULL, CloseReason.OVER_CAPACITY, ErrorReason.DRAINING, CloseReason.RESTARTING,
        ErrorReason.TOO_MANY_USER_CONNECTIONS, CloseReason.OVER_CAPACITY, ErrorReason.ADMISSION_UNAVAILABLE, CloseReason.OVER_CAPACITY).forEach((reason, close) -> {
          coordinator.script(command -> command instanceof Join ? new Refused(reason, 1_000, 0, 0, Quota.NONE) : null);
          BridgeClient client = BridgeClient.of(gateway, "ann").send(ask(1));
          client.refused(reason.slug());
          client.closedWith(close.code());
          assertThat(client.frames).isEmpty();
        });
    coordinator.script(command -> null);
    BridgeClient nowhere = BridgeClient.open(gateway, "?queue=no%20queue&token=" + gateway.token("ann"));
    nowhere.refused("unknown_queue");
    nowhere.closedWith(4501);
  }

  @Test
  void aResumeTokenBringsBackWhoWaitedAndWhoWasIn() {
    start();
    coordinator.room(0);
    String first;
    try (BridgeClient client = BridgeClient.of(gateway, "ann")) {
      first = client.event("queued").getString("resumeToken");
    }
    String second;
    try (BridgeClient client = BridgeClient.open(gateway, "?token=" + first)) {
      client.event("queued");
      coordinator.promote(NODE, coordinator.connectionOf("ann"));
      second = client.event("reconnect_success").getString("resumeToken");
      client.send(ask(1));
      answered(client, 1);
    }
    try (BridgeClient client = BridgeClient.open(gateway, "?token=" + second)) {
      assertThat(client.event("reconnect_success").getString("userId")).isEqualTo("ann");
      client.send(ask(2));
      answered(client, 2);
      until("the newest token was read", () -> coordinator.heard(Confirm.class).stream().anyMatch(confirm -> confirm.generation() == 3));
    }
    BridgeClient used = BridgeClient.open(gateway, "?token=" + first);
    used.refused("used");
    used.closedWith(4501);
    coordinator.forget();
    BridgeClient late = BridgeClient.open(gateway, "?token=" + second);
    late.refused("expired");
    late.closedWith(4501);
  }

  @Test
  void smallFramesAreBoundedToo() {
    start(Duration.ofSeconds(30), config -> config.messageBurst = 1_000);
    try (BridgeClient client = queued("ann")) {
      for (int i = 0; i < 600; i++) {
        client.socket.writeTextMessage("1");
      }
      client.refused("not_authenticated");
    }
  }

  @Test
  void whatItSaysWhileItWaitsIsBounded() {
    start();
    try (BridgeClient client = queued("ann")) {
      String large = "x".repeat(30_000);
      client.send(ask(large)).send(ask(large)).send(ask(large));
      client.refused("not_authenticated");
      coordinator.promote(NODE, coordinator.connectionOf("ann"));
      client.event("auth_success");
      answered(client, large);
      answered(client, large);
      client.fence();
    }
  }

  @Test
  void whatAllSayWhileTheyWaitIsBoundedTogether() {
    start();
    String large = "x".repeat(45_000);
    try (BridgeClient ann = queued("ann"); BridgeClient bob = queued("bob"); BridgeClient cid = queued("cid")) {
      ann.send(ask(large));
      bob.send(ask(large));
      until("both are kept", () -> gateway.gauge("vestibule.bridge.held") > 2 * large.length());
      cid.send(ask(large));
      cid.refused("unavailable");
      coordinator.promote(NODE, coordinator.connectionOf("ann"));
      ann.event("auth_success");
      answered(ann, large);
      cid.send(ask(large));
      coordinator.promote(NODE, coordinator.connectionOf("cid"));
      cid.event("auth_success");
      answered(cid, large);
    }
    until("who has gone holds nothing", () -> gateway.gauge("vestibule.bridge.held") == 0);
  }

  @Test
  void aWaiterWithoutASignOfLifeIsClosedAndOneThatPingsIsNot() {
    start(Duration.ofSeconds(3), config -> config.messagesPerSecond = 0);
    try (BridgeClient alive = queued("bob")) {
      // They come later: whenever one of them is closed, the time of the living one has gone by too.
      for (String user : List.of("ann", "cid")) {
        BridgeClient silent = queued(user);
        until("the silent one is closed", () -> {
          alive.send(new JsonObject().put("type", "ping"));
          return silent.closed;
        });
        silent.refused("heartbeat_timeout");
        silent.closedWith(4000);
      }
      assertThat(alive.closed).isFalse();
      coordinator.promote(NODE, coordinator.connectionOf("bob"));
      alive.event("auth_success");
    }
  }

  @Test
  void aWaitersSocketEndsWithItsToken() {
    start(Duration.ofSeconds(30), TestConfig::withoutLeeway);
    coordinator.room(0);
    BridgeClient client = BridgeClient.open(gateway, "?token=" + gateway.token("ann", new JsonObject(), Duration.ofSeconds(4)));
    client.event("queued");
    client.refused("token_expired");
    client.closedWith(4502);
    until("its place is away", () -> coordinator.heard(Detach.class).stream().anyMatch(detach -> detach.session().equals(coordinator.claimOf("ann").session())));
  }

  @Test
  void whoIsReplacedOrRevokedIsToldSo() {
    start();
    BridgeClient in = BridgeClient.of(gateway, "ann");
    in.fence();
    ended("ann", End.REPLACED);
    in.refused("replaced");
    in.closedWith(4509);
    BridgeClient waiter = queued("bob");
    ended("bob", End.REVOKED);
    waiter.refused("revoked");
    waiter.closedWith(4512);
  }

  @Test
  void serversMaySendItAway() {
    start();
    BridgeClient client = BridgeClient.of(gateway, "ann");
    client.fence();
    SessionRef session = coordinator.claimOf("ann").session();
    gateway.vertx.eventBus().request("vestibule.disconnect", new JsonObject().put("userId", "ann")).await();
    client.refused("disconnected");
    client.closedWith(4511);
    until("nobody is kept waiting for its slot", () -> coordinator.heard(Leave.class).stream().anyMatch(leave -> leave.session().equals(session)));
  }

  @Test
  void whoIsPutBackIntoTheLineHearsNothingUntilItIsInAgain() {
    start();
    try (BridgeClient client = BridgeClient.of(gateway, "ann")) {
      client.send("register", "chat.room", null).fence();
      String connection = coordinator.connectionOf("ann");
      coordinator.say(NODE, new Requeued("default", connection, new Waiting(coordinator.claimOf("ann"), TestCoordinator.standing(2), null, Quota.NONE)));
      assertThat(client.event("queued").getInteger("position")).isEqualTo(2);
      gateway.vertx.eventBus().publish("chat.room", "unheard");
      client.send(ask(1));
      coordinator.say(NODE, new Moved("default", connection, TestCoordinator.standing(1)));
      assertThat(client.event("queued").getInteger("position")).isEqualTo(1);
      coordinator.promote(NODE, connection);
      client.event("auth_success");
      answered(client, 1);
      gateway.vertx.eventBus().publish("chat.room", "heard");
      answered(client, "heard");
    }
  }

  @Test
  void aForgedResumeTokenGetsNoSocket() {
    start();
    assertThat(catchThrowableOfType(BridgeClient.Refused.class,
        () -> BridgeClient.open(gateway, "?token=Zm9yZ2Vk.Zm9yZ2Vk")).status()).isEqualTo(401);
  }
}
