package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Roster;
import io.vestibule.systemtests.harness.VestibuleProcess;
import io.vestibule.systemtests.harness.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Users come and go at random on three nodes, with one to three connections each, while nodes die, freeze and come: after each quiet moment every watcher knows just who is there, and of those who stay all the time
 * nobody ever heard that they left.
 */
class PresenceIT {
  private static final String TOPIC = "room.one";
  private static final String TYPIST = "typist";
  private static final int USERS = 12;
  private static final int MOST_CONNECTIONS = 3;
  private static final int STEPS = 25;
  private static final List<String> RESIDENTS = List.of("resident-a", "resident-b", "watcher-a", "watcher-b");
  private static final Duration QUIET_LIMIT = Duration.ofSeconds(60);
  private static final Duration FREEZE = Duration.ofSeconds(20);

  @RegisterExtension final Nodes nodes = new Nodes();
  private final long seed = ThreadLocalRandom.current().nextLong();
  private final Random random = new Random(seed);
  private final List<Presence> present = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();
  /** Who said how he is, one after the other. */
  private final List<Client> said = new ArrayList<>();

  /** A connection that is in the topic. */
  private record Presence(VestibuleProcess node, String user, Client client) {}

  @Test
  void everybodyKnowsWhoIsThereWhileNodesDieAndCome() throws Exception {
    List<VestibuleProcess> serving = new ArrayList<>(nodes.startCluster(3));
    settle(serving);

    churn(serving);
    assertTruth(serving, "after people came and went");
    VestibuleProcess victim = serving.remove(2);
    enter(victim, TYPIST);
    JsonObject typing = new JsonObject().put("type", "typing").put("topic", TOPIC).put("typing", true);
    present.get(present.size() - 1).client.send(typing);
    present.get(present.size() - 1).client.send(typing);
    awaitTyping(true);
    victim.signal("KILL");
    present.removeIf(one -> one.node == victim);
    Duration gone = assertTruth(serving, "after a node was killed");
    System.out.println("a killed node: its members gone after " + gone.toMillis() + " ms");
    awaitTyping(false);
    churn(serving);
    serving.add(nodes.start("d"));
    churn(serving);
    assertTruth(serving, "after a node came");
    VestibuleProcess second = serving.remove(2);
    enter(second, "guest");
    second.signal("KILL");
    present.removeIf(one -> one.node == second);
    // People come and go while the others have not yet noticed.
    churn(serving);
    assertTruth(serving, "after a node was killed while people came and went");
    assertNobodyLeftFalsely();
    assertThat(watchers).allSatisfy(watcher -> assertThat(typing(watcher)).as("what %s was told of who typed on the node that died", watcher).containsExactly(true, false));
  }

  @Test
  void aFrozenNodeTakesItsMembersAlongAndBringsThemBack() throws Exception {
    List<VestibuleProcess> serving = new ArrayList<>(nodes.startCluster(3));
    settle(serving);
    churn(serving);
    assertTruth(serving, "before the freeze");
    VestibuleProcess frozen = serving.get(2);
    Watcher onIt = Watcher.of(nodes.connect(frozen, "watcher-c"), TOPIC);
    present.add(new Presence(frozen, "watcher-c", onIt.client()));
    Eventually.within(QUIET_LIMIT, "the watcher on the node knows", () -> onIt.connections().equals(truth()));
    List<Presence> onFrozen = present.stream().filter(one -> one.node == frozen).toList();

    long stopped = System.nanoTime();
    frozen.signal("STOP");
    present.removeAll(onFrozen);
    Duration gone = assertTruth(serving.subList(0, 2), "while it is frozen");
    System.out.println("a frozen node: its members gone after " + gone.toMillis() + " ms");
    Nodes.awaitMoment(stopped, FREEZE);
    frozen.signal("CONT");
    nodes.awaitOneCluster(serving, QUIET_LIMIT);
    onFrozen.stream().filter(one -> !one.client.hasEnded()).forEach(present::add);
    assertTruth(serving, "after the thaw");
    if (!onIt.client().hasEnded()) {
      watchers.add(onIt);
      assertTruth(serving, "after the thaw, on the node that was frozen");
    }
    assertNobodyLeftFalsely();
  }

  private void awaitTyping(boolean typing) {
    Eventually.within(QUIET_LIMIT, TYPIST + (typing ? " types" : " types no more"), () -> watchers.stream().allMatch(watcher -> typing(watcher).contains(typing)));
  }

  /** What a watcher was told of whether the typist types, one after the other. */
  private static List<Boolean> typing(Watcher watcher) {
    return watcher.client().frames().stream().filter(frame -> frame.type().equals("typing") && TYPIST.equals(frame.json().getString("userId")))
        .map(frame -> frame.json().getBoolean("typing")).toList();
  }

  private void settle(List<VestibuleProcess> serving) throws Exception {
    enter(serving.get(0), "resident-a");
    enter(serving.get(1), "resident-b");
    for (int i = 0; i < 2; i++) {
      Client watcher = nodes.connect(serving.get(i), RESIDENTS.get(2 + i));
      watchers.add(Watcher.of(watcher, TOPIC));
      present.add(new Presence(serving.get(i), RESIDENTS.get(2 + i), watcher));
    }
  }

  private void enter(VestibuleProcess node, String user) throws InterruptedException {
    present.add(new Presence(node, user, nodes.connect(node, user).subscribe(TOPIC)));
  }

  private void churn(List<VestibuleProcess> serving) throws Exception {
    for (int step = 0; step < STEPS; step++) {
      String user = "user-" + random.nextInt(USERS);
      List<Presence> his = present.stream().filter(one -> one.user.equals(user)).toList();
      if (!his.isEmpty() && random.nextInt(4) == 0) {
        say(his.get(random.nextInt(his.size())).client);
      } else if (his.isEmpty() || his.size() < MOST_CONNECTIONS && random.nextBoolean()) {
        enter(serving.get(random.nextInt(serving.size())), user);
      } else {
        Presence one = his.get(random.nextInt(his.size()));
        present.remove(one);
        go(one.client);
      }
    }
  }

  private void say(Client client) throws InterruptedException {
    String status = "status-" + (said.size() + 1);
    said.add(client);
    client.request(new JsonObject().put("type", "presence_update").put("status", status), "presence_updated");
  }

  /** Some say goodbye, some just unsubscribe, some are cut off. */
  private void go(Client client) throws InterruptedException {
    switch (random.nextInt(3)) {
      case 0 -> client.request(new JsonObject().put("type", "leave"), "left");
      case 1 -> {
        client.request(new JsonObject().put("type", "unsubscribe").put("topic", TOPIC), "unsubscribed");
        client.request(new JsonObject().put("type", "leave"), "left");
      }
      default -> client.close();
    }
  }

  private Map<String, Integer> truth() {
    var truth = new TreeMap<String, Integer>();
    present.forEach(one -> truth.merge(one.user, 1, Integer::sum));
    return truth;
  }

  /** Each is as the last of his connections has said that is still there. */
  private Map<String, String> statuses() {
    var statuses = new TreeMap<String, String>();
    for (Presence one : present) {
      int last = said.lastIndexOf(one.client) + 1;
      statuses.merge(one.user, last == 0 ? "online" : "status-" + last, (a, b) -> number(a) > number(b) ? a : b);
    }
    return statuses;
  }

  private static int number(String status) {
    return status.equals("online") ? 0 : Integer.parseInt(status.substring("status-".length()));
  }

  /** Every watcher knows the truth, and so does every node that is asked. */
  private Duration assertTruth(List<VestibuleProcess> serving, String when) {
    Duration taken = Eventually.within(QUIET_LIMIT, () -> when + " (seed " + seed + ") there are " + truth() + " " + statuses() + ", and known are "
        + watchers.stream().map(watcher -> watcher + ": " + watcher.connections() + " " + watcher.statuses()).toList(),
        () -> watchers.stream().allMatch(watcher -> watcher.connections().equals(truth()) && watcher.statuses().equals(statuses())));
    Eventually.within(QUIET_LIMIT, () -> when + " (seed " + seed + ") there are " + truth() + ", and is answered " + serving.stream().map(node -> Roster.answer(node, TOPIC)).toList(),
        () -> serving.stream().allMatch(node -> Roster.answer(node, TOPIC).equals(truth().toString())));
    return taken;
  }

  private void assertNobodyLeftFalsely() {
    assertThat(watchers).allSatisfy(watcher -> assertThat(watcher.everLeft()).as("seed " + seed).doesNotContainAnyElementsOf(RESIDENTS));
  }
}
