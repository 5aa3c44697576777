package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Unawaited;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.gateway.presence.TestPresenceOwner;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Who is waited for: what the gateway that had the connection says of him. */
class PresenceAwayIT {
  private static final String ROOM = "away.1";
  private static final String PLAIN = "plain.1";
  private static final Duration SLOT_GRACE = Duration.ofSeconds(6);

  @AutoClose
  private final GatewayFixture gateway = GatewayFixture.start(config -> {
    config.presence = true;
    config.slotGrace = SLOT_GRACE;
    config.awayTopic("away.**", Duration.ofMillis(300));
  });
  private final TestPresenceOwner owner = gateway.presence;

  /** Comes in, says something of himself, and drops; what {@code auth} was answered. */
  private JsonObject drop(String user) {
    try (RawSocket socket = gateway.open()) {
      JsonObject in = SessionFrames.enter(socket, gateway.token(user));
      socket.subscribe(ROOM).subscribe(PLAIN);
      socket.send(new JsonObject().put("type", "presence_update").put("status", "busy")).await("presence_updated");
      GatewayFixture.until("he is there", () -> owner.said(PLAIN, user) != null && owner.said(PLAIN, user).status().status().equals("busy"));
      return in;
    }
  }

  private void untilAway(String user) {
    GatewayFixture.until(user + " is away", () -> owner.said(ROOM, user) != null && owner.said(ROOM, user).away());
  }

  private void untilGone(String topic, String user) {
    GatewayFixture.until(user + " has gone from " + topic, () -> owner.said(topic, user) == null);
  }

  private void unawaited(JsonObject in, boolean goesOn) {
    gateway.coordinator.say(GatewayFixture.NODE, new Unawaited("default", in.getString("connectionId"), goesOn));
  }

  @Test
  void whoDropsIsAwayWhereTheRuleSaysSoUntilTheSlotIsGivenUp() {
    long started = System.nanoTime();
    drop("ann");
    untilAway("ann");
    Here away = owner.said(ROOM, "ann");
    assertThat(away.connections()).isZero();
    assertThat(away.status().status()).as("what he was is kept").isEqualTo("busy");
    assertThat(owner.said(PLAIN, "ann").away()).isFalse();
    untilGone(ROOM, "ann");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(SLOT_GRACE);
  }

  @Test
  void whoComesBackIsAsHeWas() {
    JsonObject in = drop("ann");
    untilAway("ann");
    try (RawSocket socket = gateway.open()) {
      socket.send(SessionFrames.reconnect(in.getString("resumeToken"))).await("reconnect_success");
      GatewayFixture.until("he is back", () -> owner.said(ROOM, "ann").connections() == 1);
      assertThat(owner.said(ROOM, "ann").away()).isFalse();
      assertThat(owner.said(ROOM, "ann").status().status()).isEqualTo("busy");
      unawaited(in, true);
      socket.send("{\"type\":\"leave\"}").await("left");
      untilGone(ROOM, "ann");
    }
  }

  @Test
  void whoGoesOnElsewhereOrHasLeftIsNotSpokenOfAnyMore() {
    JsonObject ann = drop("ann");
    JsonObject ben = drop("ben");
    untilAway("ann");
    untilAway("ben");
    long started = System.nanoTime();
    unawaited(ann, true);
    unawaited(ben, false);
    untilGone(ROOM, "ben");
    untilGone(PLAIN, "ben");
    untilGone(ROOM, "ann");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).as("not when the slot's time is over").isLessThan(SLOT_GRACE.minusSeconds(1));
  }

  /** A coordinator that takes over, or whose word was lost, hears whom the gateway speaks for. */
  @Test
  void whoIsAwayIsReportedAsLongAsHeIs() {
    JsonObject in = drop("ann");
    untilAway("ann");
    assertThat(gateway.coordinator.report(GatewayFixture.NODE, "default").awaited())
        .contains(new SocketReport.Awaited("default", in.getString("connectionId"), gateway.coordinator.claimOf("ann")));
    assertThat(gateway.coordinator.report(GatewayFixture.NODE, "another").awaited()).isEmpty();
    unawaited(in, false);
    untilGone(ROOM, "ann");
    assertThat(gateway.coordinator.report(GatewayFixture.NODE, "default").awaited()).noneMatch(awaited -> awaited.claim().user().equals("ann"));
  }

  /** The coordinator ends a session, or gives it to another connection, before it hears that the socket has dropped. */
  @Test
  void whoseEndIsToldWhenHeHasDroppedIsNotAwaited() {
    JsonObject ann = drop("ann");
    JsonObject ben = drop("ben");
    JsonObject cid = drop("cid");
    long started = System.nanoTime();
    ended(ann, End.LEFT);
    ended(ben, End.TAKEN_OVER);
    untilGone(PLAIN, "ann");
    untilGone(ROOM, "ann");
    untilGone(ROOM, "ben");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(SLOT_GRACE.minusSeconds(1));
    untilAway("cid");
    ended(cid, End.REVOKED);
    untilGone(ROOM, "cid");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(SLOT_GRACE.minusSeconds(1));
  }

  private void ended(JsonObject in, End how) {
    gateway.coordinator.say(GatewayFixture.NODE, new Ended("default", in.getString("connectionId"), how));
  }

  @Test
  void whoHasLeftOrWasSentAwayIsNotAwaited() {
    try (RawSocket ann = gateway.open("ann").subscribe(ROOM); RawSocket eve = gateway.open("eve").subscribe(ROOM)) {
      GatewayFixture.until("they are there", () -> owner.said(ROOM, "ann") != null && owner.said(ROOM, "eve") != null);
      ann.send("{\"type\":\"leave\"}").await("left");
      TestCalls.call(gateway, "vestibule.disconnect", new JsonObject().put("userId", "eve"));
      untilGone(ROOM, "ann");
      untilGone(ROOM, "eve");
    }
  }

  /** On epoll a socket that is not read at the moment may end; here it is ended by a word of the coordinator. */
  @Test
  void whoseReturnIsCutOffBeforeItsAnswerIsWaitedForAgain() {
    JsonObject in = drop("ann");
    untilAway("ann");
    gateway.coordinator.hold();
    try (RawSocket socket = gateway.open()) {
      socket.send(SessionFrames.reconnect(in.getString("resumeToken")));
      GatewayFixture.until("he has asked", () -> !gateway.coordinator.heard(AdmissionCommand.Resume.class).isEmpty());
      gateway.coordinator.say(GatewayFixture.NODE, new Ended("default", second(), End.REPLACED));
      socket.expectClose(4509, "replaced");
    }
    gateway.coordinator.release();
    GatewayFixture.until("the session is given back", () -> gateway.coordinator.heard(AdmissionCommand.Detach.class).stream().anyMatch(detach -> detach.holder().connection().equals(second())));
    unawaited(in, false);
    try (RawSocket ben = gateway.open("ben").subscribe(ROOM)) {
      GatewayFixture.until("what was said before has been heard", () -> owner.said(ROOM, "ben") != null);
      untilAway("ann");
      assertThat(owner.said(ROOM, "ann").status().status()).isEqualTo("busy");
    }
    unawaited(new JsonObject().put("connectionId", second()), false);
    untilGone(ROOM, "ann");
  }

  /** The connection that somebody came back with. */
  private String second() {
    return gateway.coordinator.heard(AdmissionCommand.Resume.class).get(0).holder().connection();
  }
}
