package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import io.vestibule.systemtests.harness.Visitors;
import io.vestibule.systemtests.harness.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Users come and go at random on three nodes, with one to three connections each, in three topics, while nodes die, freeze and come: after each quiet moment every watcher and every node knows just who is where
 * and how, and of those who stay all the time nobody ever heard that they left.
 */
@Tag("waits")
class PresenceIT {
  private static final String TYPIST = "typist";
  private static final Set<String> RESIDENTS = Set.of("resident-a", "resident-b", "watcher-a", "watcher-b");
  private static final Duration QUIET_LIMIT = Duration.ofSeconds(60);
  private static final Duration FREEZE = Duration.ofSeconds(20);

  @RegisterExtension final Nodes nodes = new Nodes();
  private final long seed = ThreadLocalRandom.current().nextLong();
  private final Visitors visitors = new Visitors(nodes, seed);

  @Test
  void everybodyKnowsWhoIsThereWhileNodesDieAndCome() throws Exception {
    List<VestibuleProcess> serving = new ArrayList<>(nodes.startCluster(3, Visitors.settings()));
    settle(serving);

    visitors.churn(serving);
    visitors.awaitTruth(serving, "after people came and went");
    VestibuleProcess victim = serving.remove(2);
    Client typist = visitors.enter(victim, TYPIST, Visitors.TOPICS);
    JsonObject typing = new JsonObject().put("type", "typing").put("topic", Visitors.PLAIN).put("typing", true);
    typist.send(typing);
    typist.send(typing);
    awaitTyping(true);
    victim.signal("KILL");
    visitors.gone(victim);
    Duration gone = visitors.awaitTruth(serving, "after a node was killed");
    System.out.println("a killed node: its members gone after " + gone.toMillis() + " ms");
    awaitTyping(false);
    visitors.churn(serving);
    serving.add(nodes.start("d", Visitors.settings()));
    visitors.churn(serving);
    visitors.awaitTruth(serving, "after a node came");
    VestibuleProcess second = serving.remove(2);
    visitors.enter(second, "guest", Visitors.TOPICS);
    second.signal("KILL");
    visitors.gone(second);
    // People come and go while the others have not yet noticed.
    visitors.churn(serving);
    visitors.awaitTruth(serving, "after a node was killed while people came and went");
    assertNobodyLeftFalsely();
    assertThat(plain()).allSatisfy(watcher -> assertThat(typing(watcher)).as("what %s was told of who typed on the node that died", watcher).containsExactly(true, false));
  }

  @Test
  void aFrozenNodeTakesItsMembersAlongAndBringsThemBack() throws Exception {
    List<VestibuleProcess> serving = new ArrayList<>(nodes.startCluster(3, Visitors.settings()));
    List<VestibuleProcess> others = serving.subList(0, 2);
    settle(serving);
    visitors.churn(serving);
    visitors.awaitTruth(serving, "before the freeze");
    VestibuleProcess frozen = serving.get(2);
    visitors.callBack(frozen, others.get(0));
    List<Watcher> onIt = visitors.watch(frozen, "watcher-c");
    visitors.trust(onIt);
    visitors.awaitTruth(serving, "with a watcher on the node");

    long stopped = System.nanoTime();
    frozen.signal("STOP");
    visitors.watchers().removeAll(onIt);
    Runnable thawed = visitors.gone(frozen);
    Duration gone = visitors.awaitTruth(others, "while it is frozen");
    System.out.println("a frozen node: its members gone after " + gone.toMillis() + " ms");
    visitors.churn(others);
    Nodes.awaitMoment(stopped, FREEZE);
    frozen.signal("CONT");
    nodes.awaitOneCluster(serving, QUIET_LIMIT);
    thawed.run();
    visitors.awaitLine(serving);
    visitors.awaitTruth(serving, "after the thaw");
    if (!onIt.get(0).client().hasEnded()) {
      visitors.trust(onIt);
      visitors.awaitTruth(serving, "after the thaw, on the node that was frozen");
    }
    visitors.churn(serving);
    visitors.awaitTruth(serving, "after people came and went again");
    assertNobodyLeftFalsely();
  }

  private void settle(List<VestibuleProcess> serving) throws Exception {
    for (int i = 0; i < 2; i++) {
      String name = serving.get(i).name();
      visitors.enter(serving.get(i), "resident-" + name, Visitors.TOPICS);
      visitors.trust(visitors.watch(serving.get(i), "watcher-" + name));
    }
    visitors.crowd(serving.subList(0, 2));
  }

  private Stream<Watcher> plain() {
    return visitors.watchers().stream().filter(watcher -> watcher.topic().equals(Visitors.PLAIN));
  }

  private void awaitTyping(boolean typing) {
    Eventually.within(QUIET_LIMIT, TYPIST + (typing ? " types" : " types no more"), () -> plain().allMatch(watcher -> typing(watcher).contains(typing)));
  }

  /** What a watcher was told of whether the typist types, one after the other. */
  private static List<Boolean> typing(Watcher watcher) {
    return watcher.client().frames().stream().filter(frame -> frame.type().equals("typing") && TYPIST.equals(frame.json().getString("userId")))
        .map(frame -> frame.json().getBoolean("typing")).toList();
  }

  private void assertNobodyLeftFalsely() {
    assertThat(visitors.falseLeaves(RESIDENTS)).as("seed " + seed).isEmpty();
  }
}
