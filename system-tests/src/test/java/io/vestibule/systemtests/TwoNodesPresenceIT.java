package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Roster;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of two nodes either is half of the cluster: one freezes and thaws, and is alone at first. */
@Tag("waits")
class TwoNodesPresenceIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration FREEZE = Duration.ofSeconds(20);

  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void whoThawsSaysOfNobodyThatHeLeftAndBothKnowTheTruth() throws Exception {
    List<VestibuleProcess> both = nodes.startCluster(2, "--set", "admission.slot-grace=4m", "--set", "admission.away-time=4m");
    VestibuleProcess a = both.get(0);
    VestibuleProcess b = both.get(1);
    var roster = new Roster(nodes, IntStream.range(0, 30).mapToObj(i -> "room." + i).toArray(String[]::new));
    for (VestibuleProcess node : both) {
      roster.watch(node, "watcher-" + node.name());
      roster.enter(node, "resident-" + node.name());
    }
    roster.enter(a, "goer");
    roster.awaitTruth("before the freeze", both);

    long stopped = System.nanoTime();
    b.signal("STOP");
    roster.awaitTruth("while one is frozen", List.of(a));
    roster.leave("goer");
    roster.enter(a, "comer");
    Nodes.awaitMoment(stopped, FREEZE);
    b.signal("CONT");
    System.out.println("thawed: one cluster after " + nodes.awaitOneCluster(both, LIMIT).toMillis() + " ms");
    roster.awaitTruth("after the thaw", both);
    assertThat(roster.everLeft(b)).as("on the node that was frozen").contains("goer").doesNotContain("watcher-a", "watcher-b", "resident-a", "resident-b");
    assertThat(roster.everLeft(a)).as("on the other").doesNotContain("watcher-a", "resident-a");
    misbehave(a, b, roster);
  }

  /** Somebody who means no good, at one node: the other, and those who watch, do not notice. */
  private void misbehave(VestibuleProcess a, VestibuleProcess b, Roster roster) throws Exception {
    Client bad = nodes.connect(b, "bad");
    for (String topic : List.of("room.*", "room..1", "vestibule.x", "user.resident-a", "")) {
      for (String type : List.of("subscribe", "presence")) {
        bad.request(new JsonObject().put("type", type).put("topic", topic).put("presence", true), "error");
      }
    }
    JsonObject update = new JsonObject().put("type", "presence_update");
    bad.request(update.copy().put("status", "x").put("data", new JsonObject().put("x", "y".repeat(3_000))), "error");
    bad.request(update.copy().put("status", "two words"), "error");
    bad.subscribe("room.0");
    int frames = bad.frames().size();
    for (int i = 0; i < 200; i++) {
      bad.send(update.copy().put("status", "s" + i).put("data", new JsonObject().put("x", "y".repeat(1_000))));
    }
    for (int i = 0; i < 50; i++) {
      bad.send(new JsonObject().put("type", "typing").put("topic", "room.0").put("typing", i % 2 == 0));
    }
    Eventually.within(LIMIT, "most of them are answered", () -> bad.hasEnded() || bad.frames().size() >= frames + 200);
    bad.close();
    roster.enter(b, "good");
    roster.awaitTruth("after somebody misbehaved", List.of(a, b));
  }
}
