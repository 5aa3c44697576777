package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Crowd;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Line;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The line with Redis behind it: Redis may go and come back empty, with the coordinator or without, and all nodes may go while Redis stays. */
@Tag("waits")
class WaitingLineRedisIT {
  private static final int CAPACITY = 20;
  private static final int PEOPLE = 100;
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration ALL = Duration.ofSeconds(120);
  private static final Duration STAY = Duration.ofSeconds(2);
  private static final Duration SLACK = Duration.ofSeconds(4);

  @RegisterExtension final Redis redis = new Redis();
  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void redisDiesAndComesBackEmpty() throws Exception {
    redis.start();
    List<VestibuleProcess> cluster = nodes.startCluster(3, settings());
    try (var crowd = new Crowd(nodes, cluster, STAY)) {
      crowd.come(PEOPLE, ANSWER);
      VestibuleProcess leader = new Line(nodes, cluster).coordinator();
      Eventually.within(ANSWER, leader.name() + " has a store in order", () -> store(leader).equals("ok"));
      crowd.letGo();
      crowd.awaitAdmissions(CAPACITY + 10, ALL);

      redis.kill();
      long killed = System.nanoTime();
      Eventually.within(ANSWER, leader.name() + " says that its store is degraded", () -> store(leader).equals("degraded"));
      nodes.awaitReady(List.of(leader), ANSWER);
      crowd.awaitAdmissions((int) Math.min(PEOPLE - 10, crowd.admissions() + CAPACITY), ALL);
      assertThat(store(leader)).isEqualTo("degraded");

      redis.start();
      Eventually.within(ANSWER, leader.name() + " says that its store is in order", () -> store(leader).equals("ok"));
      crowd.awaitAdmissions(PEOPLE, ALL);
      System.out.println("redis killed: longest pause without an admission " + crowd.longestPauseSince(killed).toMillis() + " ms");
      assertEverybodyHadHisTurn(crowd);
    }
  }

  @Test
  void theCoordinatorIsKilledWhileRedisIsDown() throws Exception {
    redis.start();
    List<VestibuleProcess> cluster = nodes.startCluster(3, settings());
    var line = new Line(nodes, cluster);
    try (var crowd = new Crowd(nodes, cluster, STAY)) {
      crowd.come(PEOPLE, ANSWER);
      VestibuleProcess leader = line.coordinator();
      crowd.letGo();
      crowd.awaitAdmissions(CAPACITY + 10, ALL);
      redis.kill();
      Eventually.within(ANSWER, leader.name() + " says that its store is degraded", () -> store(leader).equals("degraded"));
      crowd.gone(leader);
      leader.signal("KILL");
      long killed = System.nanoTime();
      crowd.awaitAdmissions(PEOPLE, ALL);
      System.out.println("the coordinator killed without redis: longest pause without an admission " + crowd.longestPauseSince(killed).toMillis() + " ms");
      VestibuleProcess next = line.coordinator();
      assertThat(store(next)).isEqualTo("degraded");

      redis.start();
      Eventually.within(ANSWER, next.name() + " says that its store is in order", () -> store(next).equals("ok"));
      assertEverybodyHadHisTurn(crowd);
    }
  }

  /** Redis outlives the cluster: who was in is in, and who waited waits where he waited. */
  @Test
  void allNodesAreStoppedAndStarted() throws Exception {
    redis.start();
    List<VestibuleProcess> cluster = nodes.startCluster(3, settings());
    Map<String, Frame> last = new LinkedHashMap<>();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 2 * CAPACITY; i++) {
      String user = "guest-" + i;
      Client client = nodes.open(cluster.get(i % cluster.size()), user);
      client.send(new JsonObject().put("type", "auth").put("token", nodes.token(user)));
      String wanted = i < CAPACITY ? "auth_success" : "queued";
      last.put(user, client.await(wanted, frame -> frame.type().equals(wanted)));
      clients.add(client);
    }
    clients.get(0).subscribe("kept.topic");
    for (VestibuleProcess node : cluster) {
      node.signal("TERM");
    }
    for (VestibuleProcess node : cluster) {
      node.awaitExit(ALL);
    }

    List<VestibuleProcess> anew = nodes.startCluster(3, settings());
    List<String> backwards = new ArrayList<>(last.keySet());
    Collections.reverse(backwards);
    for (String user : backwards) {
      Client again = nodes.open(anew.get(backwards.indexOf(user) % anew.size()), user);
      JsonObject before = last.get(user).json();
      boolean wasIn = last.get(user).type().equals("auth_success");
      JsonObject after = again.request(new JsonObject().put("type", "reconnect_attempt").put("token", before.getString("resumeToken")),
          wasIn ? "reconnect_success" : "queued").json();
      if (wasIn) {
        assertThat(after.getString("sessionId")).as(user).isEqualTo(before.getString("sessionId"));
        assertThat(after.getJsonArray("restored").contains("kept.topic")).as("%s is subscribed again", user).isEqualTo(user.equals("guest-0"));
      } else {
        assertThat(after.getString("joinedAt")).as(user).isEqualTo(before.getString("joinedAt"));
      }
    }
    Eventually.within(ANSWER, "all slots and places are kept", () -> new Line(nodes, anew).is(CAPACITY, CAPACITY));
  }

  private String[] settings() {
    return new String[] {
        "--set", "store.type=redis",
        "--set", "store.redis.url=" + redis.url(),
        "--set", "admission.capacity=" + CAPACITY,
        "--set", "admission.slot-grace=4m",
        "--set", "admission.away-time=4m",
        "--set", "admission.adaptive=false",
        "--set", "admission.ip-joins=0",
        "--set", "admission.user-joins=0",
        "--set", "gateway.limits.connections-per-ip=0",
        "--set", "gateway.limits.auth-timeout=60s",
    };
  }

  private static void assertEverybodyHadHisTurn(Crowd crowd) {
    crowd.assertNobodyWasTurnedAway();
    crowd.assertNeverMoreThan(CAPACITY);
    crowd.assertInOrder(SLACK);
  }

  private static String store(VestibuleProcess node) throws Exception {
    return node.role("admission").getJsonObject("store").getString("state");
  }
}
