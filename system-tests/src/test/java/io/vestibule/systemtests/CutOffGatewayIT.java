package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Crowd;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Guest;
import io.vestibule.systemtests.harness.Line;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node is cut off for longer than slots are kept: its people reach it as before, and their slots go to others. */
class CutOffGatewayIT {
  private static final int CAPACITY = 6;
  private static final int STAYERS = 3;
  private static final int GUESTS = 8;
  private static final Duration FAILURE_TIMEOUT = Duration.ofSeconds(6);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final Duration ALL = Duration.ofSeconds(90);

  @RegisterExtension @Order(1) final Networks networks = Networks.of("a", "b", "c");
  @RegisterExtension @Order(2) final Nodes nodes = new Nodes();

  @Test
  void closesItsSocketsBeforeTheirSlotsAreGivenAway() throws Exception {
    List<VestibuleProcess> cluster = nodes.startCluster(networks, "--set", "admission.capacity=" + CAPACITY, "--set", "cluster.expected-size=3",
        "--set", "cluster.failure-timeout=" + FAILURE_TIMEOUT.toSeconds() + "s", "--set", "admission.slot-grace=20s", "--set", "admission.adaptive=false", "--set", "admission.ip-joins=0");
    VestibuleProcess leader = new Line(nodes, cluster).coordinator();
    VestibuleProcess cutOff = cluster.stream().filter(node -> node != leader).findFirst().orElseThrow();
    List<VestibuleProcess> majority = cluster.stream().filter(node -> node != cutOff).toList();
    try (var crowd = new Crowd(nodes, majority, Duration.ofMillis(500))) {
      List<Client> stayers = new ArrayList<>();
      for (int i = 0; i < STAYERS; i++) {
        stayers.add(inside(cutOff, "stayer-" + i));
      }
      Client returner = nodes.open(cutOff, "returner");
      String token = returner.request(auth("returner"), "auth_success").json().getString("resumeToken");
      crowd.come(GUESTS, ANSWER);
      int before = CAPACITY - STAYERS - 1;
      assertThat(crowd.admissions()).isEqualTo(before);

      networks.cut(cutOff.name());
      long cutAt = System.nanoTime();
      assertThat(returner.awaitEnd(ALL).code()).isEqualTo(4411);
      System.out.println("cut off: closed after " + Duration.ofNanos(System.nanoTime() - cutAt).toMillis() + " ms");
      Client back = nodes.open(leader, "returner-again");
      back.request(new JsonObject().put("type", "reconnect_attempt").put("token", token), "reconnect_success");
      for (Client stayer : stayers) {
        Client.End end = stayer.awaitEnd(ALL);
        assertThat(end.code()).isEqualTo(4411);
        assertThat(Duration.ofNanos(end.atNanos() - cutAt)).as("so long may nobody lead").isGreaterThan(FAILURE_TIMEOUT.multipliedBy(3).dividedBy(2));
      }

      crowd.awaitAdmissions(before + STAYERS, ALL);
      long firstAt = crowd.guests().stream().mapToLong(Guest::admittedAtNanos).filter(at -> at > cutAt).min().orElseThrow();
      System.out.println("cut off: the slots are given to others after " + Duration.ofNanos(firstAt - cutAt).toMillis() + " ms");
      stayers.forEach(stayer -> assertThat(stayer.awaitEnd(ALL).atNanos()).as("was out before another came in").isLessThan(firstAt));
      networks.heal(cutOff.name());
      nodes.awaitOneCluster(cluster, ALL);
      Eventually.within(ANSWER, "no more are in than there are slots", () -> new Line(nodes, cluster).is(CAPACITY, GUESTS - before - STAYERS));
      crowd.assertNobodyWasTurnedAway();
    }
  }

  private Client inside(VestibuleProcess node, String user) throws InterruptedException {
    Client client = nodes.open(node, user);
    client.request(auth(user), "auth_success");
    return client;
  }

  private JsonObject auth(String user) {
    return new JsonObject().put("type", "auth").put("token", nodes.token(user));
  }
}
