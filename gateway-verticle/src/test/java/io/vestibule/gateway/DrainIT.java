package io.vestibule.gateway;

import static io.vestibule.gateway.TwoGateways.FIRST;
import static io.vestibule.gateway.TwoGateways.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.message.GatewayCommand.Drain;
import io.vestibule.contract.message.GatewayCommand.Undrain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A node that is emptied while another serves: who is told what, where they end up, and what becomes of those who do not listen. */
class DrainIT {
  private static final int CLIENTS = 40;

  @AutoClose
  private final TwoGateways cluster = TwoGateways.start();

  private record Client(RawSocket socket, JsonObject welcome) {}

  private Client enter(String node, String user) {
    RawSocket socket = cluster.open(node);
    return new Client(socket, cluster.authenticate(socket, user));
  }

  @Test
  void everybodyIsSentToTheOtherNodeAndKeepsItsSession() throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(enter(FIRST, "user" + i));
    }
    Instant before = Instant.now();
    JsonObject answer = new JsonObject(cluster.operator(SECOND, "POST", "drain", "{\"node\":\"first\",\"deadline\":\"60s\"}").body());
    assertThat(answer.getJsonArray("nodes")).isEqualTo(JsonArray.of(new JsonObject().put("id", FIRST).put("name", "first").put("connections", CLIENTS)));
    GatewayFixture.until("the others hear of it", () -> cluster.loads.get(FIRST).draining());
    for (Client client : clients) {
      JsonObject move = client.socket.await("move");
      assertThat(move.getString("reason")).isEqualTo("drain");
      assertThat(move.getLong("withinMs")).isBetween(1L, 45_000L);
      assertThat(Instant.parse(move.getString("deadline"))).isBetween(before.plusSeconds(59), Instant.now().plusSeconds(60));
    }
    try (RawSocket refused = RawSocket.connect(cluster.port(FIRST))) {
      assertThat(refused.request("/ws")).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after: 1");
    }
    for (Client client : clients) {
      RawSocket next = cluster.open(SECOND);
      JsonObject resumed = cluster.resume(next, client.welcome.getString("resumeToken"));
      assertThat(resumed.getString("type")).isEqualTo("reconnect_success");
      assertThat(resumed.getString("sessionId")).isEqualTo(client.welcome.getString("sessionId"));
      client.socket.close();
    }
    assertThat(cluster.coordinator.heard(AdmissionCommand.Leave.class)).as("nobody gave a place up").isEmpty();
    GatewayFixture.until("the node is empty", () -> cluster.loads.get(FIRST).connections() == 0);
    assertThat(cluster.loads.get(SECOND).draining()).isFalse();

    cluster.command(FIRST, new Undrain());
    try (RawSocket again = cluster.open(FIRST)) {
      assertThat(cluster.authenticate(again, "back").getString("type")).isEqualTo("auth_success");
    }
    GatewayFixture.until("the others hear of that too", () -> !cluster.loads.get(FIRST).draining());
  }

  @Test
  void whoDoesNotListenIsClosedAtTheDeadlineAndNobodyComesBackHere() throws Exception {
    Client client = enter(FIRST, "anna");
    RawSocket stranger = cluster.open(FIRST);
    cluster.command(FIRST, new Drain(60_000, false));
    assertThat(cluster.authenticate(stranger, "late").getString("reason")).isEqualTo("draining");
    assertThat(cluster.resume(stranger, client.welcome.getString("resumeToken")).getString("reason")).isEqualTo("draining");
    assertThat(cluster.coordinator.heard(AdmissionCommand.Resume.class)).isEmpty();
    client.socket.send("{\"type\":\"ping\"}");
    client.socket.await("pong");
    cluster.command(FIRST, new Drain(1_000, false));
    client.socket.expectClose(1012, "restarting");
    stranger.expectClose(1012, "restarting");
  }

  private RawSocket bridge(String node, String user, String query) {
    return RawSocket.connect(cluster.port(node)).upgrade("/eventbus/websocket?token=" + cluster.token(user) + query);
  }

  @Test
  void whoCannotBeToldToMoveIsSentAwayLongBeforeTheDeadline() throws Exception {
    RawSocket unaware = bridge(FIRST, "anna", "");
    RawSocket aware = bridge(FIRST, "ben", "&queue=default");
    aware.await("auth_success");
    GatewayFixture.until("both are in", () -> cluster.coordinator.heard(AdmissionCommand.Join.class).size() == 2);
    cluster.command(FIRST, new Drain(60_000, false));
    aware.await("move");
    assertThat(unaware.await("err").getString("body")).isEqualTo("restarting");
    assertThat(unaware.rest()).contains(new RawSocket.Goodbye(1012, "restarting"));
    aware.send("{\"type\":\"nothing\"}");
    assertThat(aware.await("err").getString("body")).as("it goes when it likes").isEqualTo("missing_address");
    assertThat(cluster.coordinator.heard(AdmissionCommand.Leave.class)).as("its slot is kept").isEmpty();
    try (RawSocket next = bridge(SECOND, "anna", "&queue=default")) {
      next.await("auth_success");
    }
  }

  @Test
  void undoneInTimeNobodyIsClosed() throws Exception {
    Client client;
    long drained;
    do {
      client = enter(FIRST, "anna");
      drained = System.nanoTime();
      cluster.command(FIRST, new Drain(2_000, false));
      client.socket.await(frame -> Set.of("move", "closing").contains(frame.getString("type")), "what becomes of it");
      cluster.command(FIRST, new Undrain());
      // Where the machine slept over the deadline, all were rightly closed.
    } while (System.nanoTime() - drained >= Duration.ofSeconds(2).toNanos());
    long deadline = System.nanoTime() + Duration.ofMillis(2_600).toNanos();
    GatewayFixture.until("the deadline has passed", () -> System.nanoTime() > deadline);
    client.socket.send("{\"type\":\"ping\"}");
    client.socket.await("pong");
  }

  @Test
  void aNodeThatIsStoppedSendsItsClientsAwayFirst() throws Exception {
    Client moves = enter(FIRST, "anna");
    Client stays = enter(FIRST, "ben");
    long started = System.nanoTime();
    Future<Void> stopped = cluster.stop(FIRST);
    JsonObject move = moves.socket.await("move");
    assertThat(move.getLong("withinMs")).as("a quarter of the time is kept for those that are late").isBetween(1L, 1_500L);
    try (RawSocket next = cluster.open(SECOND)) {
      assertThat(cluster.resume(next, moves.welcome.getString("resumeToken")).getString("type")).isEqualTo("reconnect_success");
    }
    moves.socket.close();
    stays.socket.await("move");
    stays.socket.expectClose(1012, "restarting");
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(1_900));
    GatewayFixture.await(stopped);
  }

  @Test
  void theLastNodeHasNowhereToSendAnybody() throws Exception {
    cluster.command(SECOND, new Drain(60_000, false));
    GatewayFixture.until("the first has heard", () -> cluster.loads.get(SECOND).draining());
    Client client = enter(FIRST, "anna");
    Future<Void> stopped = cluster.stop(FIRST);
    List<RawSocket.Received> last = client.socket.expectClose(1012, "restarting");
    assertThat(last.toString()).doesNotContain("move");
    GatewayFixture.await(stopped);
  }

  @Test
  void whenAllDrainWhoWaitsStaysAndWhoIsInIsClosedAtTheDeadline() throws Exception {
    cluster.coordinator.room(1);
    Client in = enter(FIRST, "anna");
    Client waits = enter(FIRST, "ben");
    assertThat(waits.welcome.getString("type")).isEqualTo("queued");
    JsonObject answer = new JsonObject(cluster.operator(FIRST, "POST", "drain", "{\"cluster\":true,\"deadline\":\"60s\"}").body());
    assertThat(answer.getJsonArray("nodes")).hasSize(2);
    try (RawSocket newcomer = cluster.open(SECOND)) {
      JsonObject refused = cluster.authenticate(newcomer, "cleo");
      assertThat(refused.getString("reason")).isEqualTo("draining");
      assertThat(refused.getLong("retryAfterMs")).isEqualTo(30_000);
    }
    // A waiter may change its socket, on another node too.
    RawSocket next = cluster.open(SECOND);
    assertThat(cluster.resume(next, waits.welcome.getString("resumeToken")).getString("type")).isEqualTo("queued");
    cluster.operator(FIRST, "POST", "drain", "{\"cluster\":true,\"deadline\":\"2s\"}");
    List<RawSocket.Received> last = in.socket.expectClose(1012, "restarting");
    assertThat(last.toString()).doesNotContain("\"move\"");
    next.send("{\"type\":\"ping\"}");
    next.await("pong");
  }

  private JsonObject nodes(String asked) {
    try {
      return new JsonObject(cluster.operator(asked, "GET", "nodes", null).body());
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void operatorsSeeWhatTheNodesSay() throws Exception {
    Client client = enter(FIRST, "anna");
    GatewayFixture.until("the count is told", () -> cluster.loads.get(FIRST).connections() == 1);
    GatewayFixture.until("the other has heard of the first too", () -> nodes(SECOND).getJsonArray("nodes").getJsonObject(1).containsKey("gateway"));
    JsonObject nodes = nodes(SECOND);
    assertThat(nodes.getString("self")).isEqualTo(SECOND);
    assertThat(nodes.getJsonArray("nodes")).hasSize(3);
    JsonObject gateway = nodes.getJsonArray("nodes").getJsonObject(1).getJsonObject("gateway");
    assertThat(gateway.getBoolean("draining")).isFalse();
    assertThat(gateway.getInteger("maxConnections")).isEqualTo(20_000);
    assertThat(gateway.getDouble("heapAfterGc")).isBetween(0.0, 1.0);
    assertThat(gateway.getDouble("cpu")).isBetween(0.0, 1.0);
    client.socket.close();
  }
}
