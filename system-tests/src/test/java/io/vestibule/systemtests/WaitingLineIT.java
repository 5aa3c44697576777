package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Crowd;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Line;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More people than slots at the door of a cluster of three, and what happens to them when its nodes die, freeze and go away. */
@Tag("waits")
class WaitingLineIT {
  private static final int CAPACITY = 50;
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration ALL = Duration.ofSeconds(120);
  private static final Duration STAY = Duration.ofMillis(500);

  /** Two promotions leave in order on two sockets; this much may the machine turn them round until the test has read them. */
  private static final Duration SLACK = Duration.ofSeconds(1);

  /**
   * Admissions again after so long (3 s, 12 s), and as much as a machine with two cores for three nodes and hundreds of clients may add where no door is held up. Waiting for a lease or a failure timeout
   * takes longer.
   */
  private static final Duration AFTER_A_KILL = Duration.ofSeconds(3 + 2);
  private static final Duration AFTER_A_FREEZE = Duration.ofSeconds(12 + 3);

  private static final String[] SETTINGS = {
      "--set", "admission.capacity=" + CAPACITY,
      "--set", "cluster.expected-size=3",
      "--set", "admission.adaptive=false",
      "--set", "admission.ip-joins=0",
      "--set", "admission.user-joins=0",
      "--set", "gateway.limits.connections-per-ip=0",
      "--set", "gateway.limits.auth-timeout=60s",
  };

  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void neverMoreThanTheCapacityInOrderEachOnce() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(3, SETTINGS);
    try (var crowd = new Crowd(nodes, cluster, STAY)) {
      crowd.come(500, ANSWER);
      assertThat(crowd.admissions()).isEqualTo(CAPACITY);
      crowd.letGo();
      Duration took = crowd.awaitAdmissions(500, ALL);
      System.out.println("500 people through " + CAPACITY + " slots in " + took.toMillis() + " ms");
      crowd.assertNobodyWasTurnedAway();
      crowd.assertNeverMoreThan(CAPACITY);
      crowd.assertInOrder(SLACK);
    }
  }

  @Test
  void theCoordinatorIsKilled() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(3, SETTINGS);
    try (var crowd = new Crowd(nodes, cluster, Duration.ofSeconds(2))) {
      crowd.come(250, ANSWER);
      crowd.letGo();
      crowd.awaitAdmissions(80, ALL);
      VestibuleProcess leader = new Line(nodes, cluster).coordinator();
      crowd.gone(leader);
      leader.signal("KILL");
      long killed = System.nanoTime();
      crowd.awaitAdmissions(250, ALL);
      System.out.println("the coordinator killed: longest pause without an admission " + crowd.longestPauseSince(killed).toMillis() + " ms, a door was held up for "
          + crowd.heldUp().toMillis() + " ms");
      assertThat(crowd.longestPauseSince(killed)).isLessThan(AFTER_A_KILL.plus(crowd.heldUp()));
      crowd.assertNobodyWasTurnedAway();
      crowd.assertNeverMoreThan(CAPACITY);
      crowd.assertInOrder(Duration.ofSeconds(4));
    }
  }

  /** The real test of fencing: for 20 s somebody else leads, and then there are two who believe that they do. */
  @Test
  void theCoordinatorIsFrozen() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(3, SETTINGS);
    VestibuleProcess leader = new Line(nodes, cluster).coordinator();
    // Nobody's socket is at the frozen node: what is tested is the line, not the sockets.
    List<VestibuleProcess> others = cluster.stream().filter(node -> node != leader).toList();
    try (var crowd = new Crowd(nodes, others, Duration.ofSeconds(3))) {
      crowd.come(200, ANSWER);
      crowd.letGo();
      crowd.awaitAdmissions(70, ALL);
      leader.signal("STOP");
      long frozen = System.nanoTime();
      Nodes.awaitMoment(frozen, Duration.ofSeconds(20));
      leader.signal("CONT");
      crowd.awaitAdmissions(200, ALL);
      System.out.println("the coordinator frozen: longest pause without an admission " + crowd.longestPauseSince(frozen).toMillis() + " ms");
      assertThat(crowd.longestPauseSince(frozen)).isLessThan(AFTER_A_FREEZE);
      crowd.assertNobodyWasTurnedAway();
      crowd.assertNeverMoreThan(CAPACITY);
      crowd.assertInOrder(Duration.ofSeconds(4), frozen, crowd.longestPauseSince(frozen));
    }
  }

  @Test
  void aGatewaysPeopleComeBackAtFullCapacity() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(3, SETTINGS);
    var line = new Line(nodes, cluster);
    VestibuleProcess leader = line.coordinator();
    VestibuleProcess victim = cluster.stream().filter(node -> node != leader).findFirst().orElseThrow();
    try (var crowd = new Crowd(nodes, cluster, STAY)) {
      crowd.come(150, ANSWER);
      crowd.gone(victim);
      victim.signal("KILL");
      Eventually.within(ALL, "everybody of the killed node has come back", () -> line.is(CAPACITY, 100));
      assertThat(crowd.admissions()).as("nobody took a slot that was kept for another").isEqualTo(CAPACITY);
      crowd.letGo();
      crowd.awaitAdmissions(150, ALL);
      crowd.assertNobodyWasTurnedAway();
      crowd.assertNeverMoreThan(CAPACITY);
      crowd.assertInOrder(Duration.ofSeconds(4));
    }
  }

  @Test
  void aConnectionThatIsCutBeforeItReadsItsSuccessLosesNothing() throws Exception {
    VestibuleProcess node = nodes.start("a", "--set", "admission.capacity=1");
    Client inside = nodes.open(node, "inside");
    inside.request(new JsonObject().put("type", "auth").put("token", nodes.token("inside")), "auth_success");
    Client waiter = nodes.open(node, "waiter");
    Frame queued = waiter.request(new JsonObject().put("type", "auth").put("token", nodes.token("waiter")), "queued");
    assertThat(queued.json().getLong("position")).isEqualTo(1);

    // The slot becomes free and the socket dies in the same moment: whichever the server sees first, the token of `queued` must do.
    inside.send(new JsonObject().put("type", "leave"));
    waiter.close();
    Client again = nodes.open(node, "waiter-again");
    again.send(new JsonObject().put("type", "reconnect_attempt").put("token", queued.json().getString("resumeToken")));
    Frame success = again.await("it is in", frame -> frame.type().equals("reconnect_success") || frame.type().equals("auth_success"));
    again.close();

    // And the token of a success that nobody showed to have read is good as well as the one before.
    Client third = nodes.open(node, "waiter-third");
    third.request(new JsonObject().put("type", "reconnect_attempt").put("token", success.json().getString("resumeToken")), "reconnect_success");
    third.subscribe("a.b");
  }

  @Test
  void somebodyWaitsOverHttpAndOpensASocketInTime() throws Exception {
    VestibuleProcess node = nodes.start("a", "--set", "admission.capacity=1");
    Client inside = nodes.connect(node, "inside");
    HttpResponse<String> joined = node.call("/api/admission/join", nodes.token("walker"), new JsonObject());
    assertThat(joined.statusCode()).as(joined.body()).isEqualTo(202);
    String token = new JsonObject(joined.body()).getString("resumeToken");
    assertThat(new JsonObject(joined.body()).getLong("position")).isEqualTo(1);

    inside.send(new JsonObject().put("type", "leave"));
    Eventually.within(ANSWER, "the status says admitted", () -> node.call("/api/admission/status", token, null).statusCode() == 200);
    Client walker = nodes.open(node, "walker");
    walker.request(new JsonObject().put("type", "reconnect_attempt").put("token", token), "reconnect_success");
    walker.subscribe("a.b");
  }

  @Test
  void aWaiterWhoseNodeDiesRightAfterTheJoinHasTheRightsOfItsTokenOnAnother() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(2, "--set", "admission.capacity=1");
    Client inside = nodes.connect(cluster.get(0), "inside");
    Client waiter = nodes.open(cluster.get(1), "waiter");
    Frame queued = waiter.request(new JsonObject().put("type", "auth").put("token", nodes.token("waiter")), "queued");
    cluster.get(1).signal("KILL");
    Client again = nodes.open(cluster.get(0), "waiter-again");
    again.request(new JsonObject().put("type", "reconnect_attempt").put("token", queued.json().getString("resumeToken")), "queued");
    inside.send(new JsonObject().put("type", "leave"));
    again.await("it is in", frame -> "user.waiter".equals(frame.topic()));
    again.subscribe("a.b");
  }

  @Test
  void aRollingDrainLosesNeitherSlotNorPlace() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(3, SETTINGS);
    var line = new Line(nodes, cluster);
    try (var crowd = new Crowd(nodes, cluster, STAY)) {
      crowd.come(150, ANSWER);
      for (VestibuleProcess node : cluster) {
        crowd.gone(node);
        HttpResponse<String> drained =
            node.call("/api/admin/drain", nodes.operatorToken(), new JsonObject().put("node", node.name()).put("deadline", "30s"));
        assertThat(drained.statusCode()).as(drained.body()).isBetween(200, 202);
        Eventually.within(Duration.ofSeconds(60), "everybody has left " + node.name(), () -> node.role("gateway").getInteger("connections") == 0);
        Eventually.within(ANSWER, "all slots and places are kept", () -> line.is(CAPACITY, 100));
        HttpResponse<String> undrained = node.call("/api/admin/undrain", nodes.operatorToken(), new JsonObject().put("node", node.name()));
        assertThat(undrained.statusCode()).as(undrained.body()).isBetween(200, 202);
        Eventually.within(ANSWER, node.name() + " serves again", node::isReady);
        crowd.open(node);
      }
      assertThat(crowd.admissions()).isEqualTo(CAPACITY);
      crowd.letGo();
      crowd.awaitAdmissions(150, ALL);
      crowd.assertNobodyWasTurnedAway();
      crowd.assertNeverMoreThan(CAPACITY);
      crowd.assertInOrder(Duration.ofSeconds(4));
    }
  }
}
