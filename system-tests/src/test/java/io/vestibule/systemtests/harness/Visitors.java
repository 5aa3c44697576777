package io.vestibule.systemtests.harness;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * People who come and go at random, with up to three connections each, in some of three topics: one as any, one that shows who is away, and one that is about as large as is still listed. Knows what is true
 * of them, and whether everybody else does. One thread.
 */
public final class Visitors {
  /** A topic as any. */
  public static final String PLAIN = "room.one";
  /** One that shows who has dropped. */
  public static final String AWAY = "away.one";
  /** One with a crowd. */
  public static final String LARGE = "large.one";
  /** All of them. */
  public static final List<String> TOPICS = List.of(PLAIN, AWAY, LARGE);

  private static final int CROWD = 20;
  private static final int LISTED = 27;
  private static final int USERS = 12;
  private static final int MOST_CONNECTIONS = 3;
  private static final int STEPS = 25;
  /**
   * Close codes of sessions that are over or go on elsewhere (docs/protocol.md): given up; replaced, since the user came anew while nobody was there; the same, told by a coordinator that took over after it and knows no
   * more than that the session is not there; taken over.
   */
  private static final Set<Integer> OVER = Set.of(1000, 4509, 4410, 4510);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Nodes nodes;
  private final long seed;
  private final Random random;
  private final List<Visit> present = new ArrayList<>();
  /** Whose only connection was cut, and who is waited for. */
  private final List<Visit> dropped = new ArrayList<>();
  /** Who said how he is, one after the other. */
  private final List<Client> said = new ArrayList<>();
  private final List<Watcher> watchers = new ArrayList<>();

  /** A connection that is in some topics. */
  private record Visit(VestibuleProcess node, String user, Client client, String resumeToken, Set<String> topics) {}

  /** Nobody is there. */
  public Visitors(Nodes nodes, long seed) {
    this.nodes = nodes;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** Further arguments of the nodes. */
  public static String[] settings() {
    return new String[] {"--set", "presence.listed-members=" + LISTED, "--set", "presence.sample=5", "--set", "admission.slot-grace=10m", "--set", "admission.session-ttl=10m", "--set", "gateway.limits.connections-per-ip=0",
        // Of a node that has just died nobody knows yet that nobody is there: who comes anew counts beside his connections there.
        "--set", "admission.max-connections-per-user=0",
        "--set", "topics=[{pattern: 'away.**', subscribe: authenticated, publish: authenticated, presence-away: true, presence-grace: 1s}, "
            + "{pattern: '**', subscribe: authenticated, publish: authenticated}]"};
  }

  /** A crowd comes to the large topic, on these nodes in turn, and stays. */
  public void crowd(List<VestibuleProcess> at) throws InterruptedException {
    for (int i = 0; i < CROWD; i++) {
      enter(at.get(i % at.size()), "crowd-" + i, Set.of(LARGE));
    }
  }

  /** Somebody comes, and is in some topics. */
  public Client enter(VestibuleProcess node, String user, Collection<String> topics) throws InterruptedException {
    Client client = nodes.open(node, user);
    String token = client.request(new JsonObject().put("type", "auth").put("token", nodes.token(user)), "auth_success").json().getString("resumeToken");
    for (String topic : topics) {
      client.subscribe(topic);
    }
    present.add(new Visit(node, user, client, token, Set.copyOf(topics)));
    return client;
  }

  /** Somebody comes and watches all topics; of what he knows nothing is demanded before {@link #trust}. */
  public List<Watcher> watch(VestibuleProcess node, String user) throws InterruptedException {
    Client client = enter(node, user, TOPICS);
    List<Watcher> his = new ArrayList<>();
    for (String topic : TOPICS) {
      his.add(Watcher.of(client, topic));
    }
    return his;
  }

  /** From now on they know the truth after each quiet moment. */
  public void trust(List<Watcher> more) {
    watchers.addAll(more);
  }

  /** They who know the truth. */
  public List<Watcher> watchers() {
    return watchers;
  }

  /** A while in which people come to these nodes, go, drop, come back and say how they are. */
  public void churn(List<VestibuleProcess> serving) throws InterruptedException {
    for (int step = 0; step < STEPS; step++) {
      String user = "user-" + random.nextInt(USERS);
      List<Visit> his = present.stream().filter(visit -> visit.user.equals(user)).toList();
      List<Visit> waited = dropped.stream().filter(visit -> visit.user.equals(user)).toList();
      VestibuleProcess node = serving.get(random.nextInt(serving.size()));
      if (!waited.isEmpty()) {
        comeBack(waited.get(0), node);
      } else if (!his.isEmpty() && random.nextInt(4) == 0) {
        say(his.get(random.nextInt(his.size())).client);
      } else if (his.isEmpty() || his.size() < MOST_CONNECTIONS && random.nextBoolean()) {
        enter(node, user, someTopics());
      } else {
        go(his.get(random.nextInt(his.size())), his.size() == 1);
      }
    }
  }

  private Set<String> someTopics() {
    var some = new LinkedHashSet<String>();
    some.add(TOPICS.get(random.nextInt(TOPICS.size())));
    TOPICS.stream().filter(topic -> random.nextBoolean()).forEach(some::add);
    return some;
  }

  private void say(Client client) throws InterruptedException {
    said.add(client);
    client.request(new JsonObject().put("type", "presence_update").put("status", "status-" + said.size()), "presence_updated");
  }

  /** Some say goodbye, some just unsubscribe, some are cut off. */
  private void go(Visit visit, boolean last) throws InterruptedException {
    present.remove(visit);
    int how = random.nextInt(3);
    if (how == 0 && (last || !visit.topics.contains(AWAY))) {
      visit.client.close();
      if (visit.topics.contains(AWAY)) {
        dropped.add(visit);
      }
      return;
    }
    if (how == 1) {
      for (String topic : visit.topics) {
        visit.client.request(new JsonObject().put("type", "unsubscribe").put("topic", topic), "unsubscribed");
      }
    }
    visit.client.request(new JsonObject().put("type", "leave"), "left");
  }

  /** What he had said and where he was just before he dropped may not have been kept: he says it again. */
  private void comeBack(Visit visit, VestibuleProcess node) throws InterruptedException {
    Client client = nodes.open(node, visit.user);
    String token = client.request(new JsonObject().put("type", "reconnect_attempt").put("token", visit.resumeToken), "reconnect_success").json().getString("resumeToken");
    for (String topic : visit.topics) {
      client.subscribe(topic);
    }
    say(client);
    dropped.remove(visit);
    present.add(new Visit(node, visit.user, client, token, visit.topics));
  }

  /** Those who are waited for at a node come back at another, so that nobody is. */
  public void callBack(VestibuleProcess from, VestibuleProcess to) throws InterruptedException {
    for (Visit visit : dropped.stream().filter(visit -> visit.node == from).toList()) {
      comeBack(visit, to);
    }
  }

  /**
   * A node is no more, and nobody who was there.
   *
   * @return undoes it, as far as sockets have survived
   */
  public Runnable gone(VestibuleProcess node) {
    List<Visit> lost = present.stream().filter(visit -> visit.node == node).toList();
    present.removeAll(lost);
    dropped.removeIf(visit -> visit.node == node);
    return () -> present.addAll(lost);
  }

  /** Until the line knows of all sockets that there are, and of no other: who led it while a node was away may have given up sessions of sockets there, which are closed when it hears of them. */
  public void awaitLine(List<VestibuleProcess> serving) {
    Line line = new Line(nodes, serving);
    Eventually.within(LIMIT, "the line knows of all sockets", () -> {
      int known = line.status().getJsonObject("byGateway").stream().mapToInt(gateway -> (Integer) gateway.getValue()).sum();
      return known == present.stream().filter(visit -> !visit.client.hasEnded()).count();
    });
  }

  /** How each user in a topic is: with how many connections, and as the last of those has said that are there. */
  private Map<String, String> truth(String topic) {
    // Whom a node that was frozen has closed has a session all the same, unless he was told that it is over.
    present.stream().filter(visit -> visit.client.hasEnded() && visit.topics.contains(AWAY) && !OVER.contains(visit.client.awaitEnd(Duration.ofSeconds(1)).code())).forEach(dropped::add);
    present.removeIf(visit -> visit.client.hasEnded());
    var connections = new TreeMap<String, Integer>();
    var last = new TreeMap<String, Integer>();
    for (Visit visit : present) {
      if (visit.topics.contains(topic)) {
        connections.merge(visit.user, 1, Integer::sum);
        last.merge(visit.user, said.lastIndexOf(visit.client) + 1, Math::max);
      }
    }
    var truth = new TreeMap<String, String>();
    connections.forEach((user, count) -> truth.put(user, count + (last.get(user) == 0 ? " online" : " status-" + last.get(user))));
    if (topic.equals(AWAY)) {
      dropped.forEach(visit -> truth.putIfAbsent(visit.user, "0 away"));
    }
    return truth;
  }

  /** Waits until every watcher knows the truth of his topic, and every node that is asked of every topic; how long the watchers took. */
  public Duration awaitTruth(Collection<VestibuleProcess> serving, String when) {
    Duration taken = Eventually.within(LIMIT, () -> when + " (seed " + seed + ") not so: " + wrong(), () -> wrong().isEmpty());
    Eventually.within(LIMIT, () -> when + " (seed " + seed + ") answered " + wrongAnswers(serving), () -> wrongAnswers(serving).isEmpty());
    return taken;
  }

  private List<String> wrong() {
    var truths = new TreeMap<String, Map<String, String>>();
    TOPICS.forEach(topic -> truths.put(topic, truth(topic)));
    return watchers.stream().filter(watcher -> !watcher.knows(truths.get(watcher.topic()))).map(watcher -> watcher + " " + watcher.seen() + ", true is " + truths.get(watcher.topic())).toList();
  }

  private List<String> wrongAnswers(Collection<VestibuleProcess> serving) {
    List<String> wrong = new ArrayList<>();
    for (String topic : TOPICS) {
      String truth = truth(topic).toString();
      serving.stream().map(node -> Roster.answer(node, topic, Watcher::look)).filter(answer -> !answer.equals(truth)).forEach(answer -> wrong.add(topic + " " + answer + ", true is " + truth));
    }
    return wrong;
  }

  /** Of whom a watcher was ever told that he left, though he stays; with the topic. */
  public Set<String> falseLeaves(Set<String> residents) {
    var left = new TreeSet<String>();
    watchers.forEach(watcher -> watcher.everLeft().stream().filter(residents::contains).forEach(user -> left.add(user + " in " + watcher.topic() + " to " + watcher)));
    return left;
  }
}
