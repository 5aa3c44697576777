package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Gateways and the owner of a shard, with everything that a network and dying nodes do between them: in the end each gateway knows of each topic that it watches just who the living gateways say is
 * there, whatever happened before; and of somebody who was there all the time nobody ever heard that he left. Of users it is said once when they come online and once when they go.
 */
class ShardRoomsPropertyTest {
  private static final int GATEWAYS = 3;
  private static final int USERS = 6;
  private static final List<String> TOPICS = Stream.concat(Stream.of("a", "b"), IntStream.range(0, USERS).mapToObj(ShardRoomsPropertyTest::own)).toList();
  private static final String RESIDENT = "resident";

  private enum Event { TALK, STATE, UNSTATE, WATCH, UNWATCH, UP, DOWN, UP_LOST, DOWN_LOST, UP_UNANSWERED, DOWN_UNANSWERED, LATE, DIE, FREEZE, THAW, TAKEOVER, TAKEOVER_BY_NEWCOMER, LEARN, EDGES, INHERIT, INHERIT_NOTHING }

  /** The topic that a user has for himself. */
  private static String own(int user) {
    return "user.u" + user;
  }

  private record Step(Event event, int gateway, int topic, int user, int value) {}

  @Property(tries = 2_000)
  void everybodyEndsWithTheTruth(@ForAll("steps") List<Step> steps) {
    Scene scene = new Scene(new RoomLimits(100, 10));
    steps.forEach(scene::happen);
    scene.calmDown();
    scene.assertTruth();
    assertThat(scene.falseLeaves).isZero();
  }

  @Property(tries = 500)
  void ofLargeTopicsTheCountAndASampleAreTrue(@ForAll("steps") List<Step> steps) {
    Scene scene = new Scene(new RoomLimits(3, 2));
    steps.forEach(scene::happen);
    scene.calmDown();
    scene.assertCountsAndSamples();
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Event> event = Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.of(Event.TALK, Event.WATCH)), Tuple.of(5, Arbitraries.of(Event.values())));
    Arbitrary<Step> step = Combinators.combine(event, Arbitraries.integers().between(0, GATEWAYS - 1), Arbitraries.integers().between(0, 2),
        Arbitraries.integers().between(0, USERS - 1), Arbitraries.integers().between(0, 2)).as(Step::new);
    return step.list().ofMaxSize(150);
  }

  /** One gateway node: what it states, and what it was told. */
  private static final class Node {
    final String id;
    final ReplicaSource<PresenceKey, Statement> statements = new ReplicaSource<>(PresenceKinds.STATEMENTS, 1);
    final ReplicaCopy<PresenceKey, Known> news;
    /** Topics that it has ceased to watch, until it is told of them again: what it is told of the end of that is no leave, whether it watches again by then or not. */
    final Set<String> unwatched = new HashSet<>();
    boolean frozen;

    Node(String id, Runnable onFalseLeave) {
      this.id = id;
      news = new ReplicaCopy<>(PresenceKinds.NEWS, 0, (key, before, now) -> {
        if (now == null && RESIDENT.equals(key.user()) && statements.entries().containsKey(PresenceKey.of(key.topic())) && !unwatched.contains(key.topic())) {
          onFalseLeave.run();
        } else if (now != null && key.user() == null) {
          unwatched.remove(key.topic());
        }
      });
    }
  }

  private static final class Scene {
    private final RoomLimits limits;
    private final Node[] nodes = new Node[GATEWAYS];
    private final List<Runnable> late = new ArrayList<>();
    private int incarnations;
    private long term = 1;
    private final Set<String> unknown = new HashSet<>();
    private final Set<String> online = new HashSet<>();
    /** When those who were said to be offline last were seen, which each owner learns of the one before it. */
    private final Map<String, Long> went = new HashMap<>();
    private Map<String, SaidUser> said = Map.of();
    private OnlineUsers users;
    private boolean exact = true;
    private ShardRooms rooms;
    private int falseLeaves;

    Scene(RoomLimits limits) {
      this.limits = limits;
      for (int i = 0; i < GATEWAYS; i++) {
        nodes[i] = born();
      }
      nodes[0].statements.put(new PresenceKey("a", RESIDENT), new Here(1, 1, UserStatus.ONLINE, null));
      rooms = owner();
    }

    private ShardRooms owner() {
      said = users != null && users.isKnown() ? Map.copyOf(users.said()) : said;
      users = new OnlineUsers(term, new SeenLimits(Long.MAX_VALUE, USERS));
      ShardRooms owner = new ShardRooms(limits, term, users);
      owner.gatewaysAre(seen(), unknown.isEmpty());
      return owner;
    }

    private Node born() {
      return new Node("g" + ++incarnations, () -> falseLeaves++);
    }

    private Set<String> live() {
      var live = new HashSet<String>();
      for (Node node : nodes) {
        if (!node.frozen) {
          live.add(node.id);
        }
      }
      return live;
    }

    /** The gateways that the owner has heard of. */
    private Set<String> seen() {
      var seen = live();
      seen.removeAll(unknown);
      return seen;
    }

    private void membersChanged() {
      rooms.gatewaysAre(seen(), unknown.isEmpty());
    }

    void happen(Step step) {
      Node node = nodes[step.gateway];
      String topic = step.topic < 2 ? TOPICS.get(step.topic) : own(step.user);
      switch (step.event) {
        case TALK -> talk();
        case STATE -> node.statements.put(new PresenceKey(topic, "u" + step.user),
            new Here(step.value, 10 + step.user, step.value == 0 && step.user % 2 == 0, new UserStatus(step.value == 0 ? "away" : "online", null, step.value), step.value == 1 ? "{}" : null));
        case UNSTATE -> node.statements.remove(new PresenceKey(topic, "u" + step.user));
        case WATCH -> node.statements.put(PresenceKey.of(topic), new Statement.Watched());
        case UNWATCH -> {
          node.statements.remove(PresenceKey.of(topic));
          node.unwatched.add(topic);
        }
        case UP -> up(node, true, true);
        case UP_LOST -> up(node, false, false);
        case UP_UNANSWERED -> up(node, true, false);
        case DOWN -> down(node, true, true);
        case DOWN_LOST -> down(node, false, false);
        case DOWN_UNANSWERED -> down(node, true, false);
        case LATE -> {
          if (!late.isEmpty()) {
            late.get(step.user * 7 % late.size()).run();
          }
        }
        case DIE -> die(step.gateway);
        case FREEZE -> freeze(step.gateway, step.gateway != 0);
        case THAW -> freeze(step.gateway, false);
        case TAKEOVER -> takeOver(step.value);
        case TAKEOVER_BY_NEWCOMER -> {
          unknown.add(node.id);
          takeOver(step.value);
        }
        case LEARN -> {
          unknown.clear();
          membersChanged();
        }
        case EDGES -> edges(1 + step.value);
        case INHERIT -> users.inherit(said);
        case INHERIT_NOTHING -> exact &= !users.inheritNothing();
      }
    }

    /** What a gateway says arrives or not, and may come again at any time. */
    private void up(Node node, boolean arrives, boolean answered) {
      if (node.frozen) {
        return;
      }
      node.statements.beat(100).ifPresent(update -> {
        ReplicaUpdate<PresenceKey, Statement> said = update;
        late.add(() -> rooms.hear(node.id, said));
        var answer = arrives ? rooms.hear(node.id, update) : null;
        if (answered) {
          node.statements.answered(update, answer);
        } else {
          node.statements.unanswered(update);
        }
      });
    }

    private void down(Node node, boolean arrives, boolean answered) {
      var news = rooms.newsFor(node.id);
      if (news == null || node.frozen) {
        return;
      }
      news.beat(100).ifPresent(update -> {
        late.add(() -> node.news.apply(update));
        var answer = arrives ? node.news.apply(update) : null;
        if (answered) {
          news.answered(update, answer);
        } else {
          news.unanswered(update);
        }
      });
    }

    private void talk() {
      for (Node node : nodes) {
        up(node, true, true);
      }
      for (Node node : nodes) {
        down(node, true, true);
      }
    }

    private void die(int gateway) {
      if (gateway != 0) {
        nodes[gateway] = born();
        membersChanged();
      }
    }

    private void freeze(int gateway, boolean frozen) {
      nodes[gateway].frozen = frozen;
      membersChanged();
    }

    /** Another node owns the shard. Some gateways know at once. */
    private void takeOver(int whoKnows) {
      term++;
      rooms = owner();
      for (int i = 0; i < whoKnows; i++) {
        nodes[i].statements.restart();
      }
    }

    /** Whoever adds up what is said from the beginning on knows who is online, whatever takes the shard over, as long as each owner learns what the one before it has said. */
    private void edges(long nowMs) {
      if (!rooms.isComplete()) {
        return;
      }
      for (UserEdge edge : users.edges(rooms, nowMs)) {
        assertThat(edge.topic()).isEqualTo("user." + edge.userId());
        if (edge.online()) {
          went.remove(edge.userId());
        } else {
          went.put(edge.userId(), edge.lastSeenMs());
        }
        boolean isNews = edge.online() ? online.add(edge.userId()) : online.remove(edge.userId());
        assertThat(isNews || !exact).isTrue();
      }
      if (users.isKnown()) {
        Set<String> there = new HashSet<>();
        for (int user = 0; user < USERS; user++) {
          there.addAll(rooms.view(own(user)).orElseThrow().members().keySet());
        }
        assertThat(users.said().values().stream().filter(SaidUser::isOnline).map(SaidUser::user)).containsExactlyInAnyOrderElementsOf(there);
        assertThat(users.count()).isEqualTo(there.size());

        if (exact) {
          assertThat(online).isEqualTo(there);
          went.forEach((user, atMs) -> assertThat(users.lastSeen("user." + user, Map.of(), nowMs)).isEqualTo(atMs));
        } else {
          went.clear();
        }
        online.clear();
        online.addAll(there);
        exact = true;
      }
    }

    void calmDown() {
      for (Node node : nodes) {
        node.frozen = false;
      }
      unknown.clear();
      membersChanged();
      for (int round = 0; round < 60; round++) {
        talk();
      }
      assertThat(rooms.isComplete()).isTrue();
      assertThat(rooms.divergences()).isZero();
      assertThat(rooms.members()).isEqualTo(TOPICS.stream().mapToInt(topic -> truth(topic).size()).sum());
      users.inherit(said);
      edges(4);
      edges(5);
    }

    /** Who is in a topic, by what the gateways hold. */
    private Map<String, List<Here>> truth(String topic) {
      Map<String, List<Here>> truth = new TreeMap<>();
      for (Node node : nodes) {
        node.statements.entries().forEach((key, said) -> {
          if (key.topic().equals(topic) && said instanceof Here here) {
            truth.computeIfAbsent(key.user(), user -> new ArrayList<>()).add(here);
          }
        });
      }
      return truth;
    }

    void assertTruth() {
      for (Node node : nodes) {
        Map<PresenceKey, Known> expected = new HashMap<>();
        for (String topic : TOPICS) {
          if (node.statements.entries().containsKey(PresenceKey.of(topic))) {
            Map<String, List<Here>> truth = truth(topic);
            truth.forEach((user, said) -> expected.put(new PresenceKey(topic, user), Merge.of(said)));
            expected.put(PresenceKey.of(topic), new Known.Room(truth.size(), false));
          }
        }
        assertThat(node.news.entries()).isEqualTo(expected);
      }
    }

    void assertCountsAndSamples() {
      for (Node node : nodes) {
        for (String topic : TOPICS) {
          if (node.statements.entries().containsKey(PresenceKey.of(topic))) {
            Map<String, List<Here>> truth = truth(topic);
            Known.Room room = (Known.Room) node.news.entries().get(PresenceKey.of(topic));
            List<PresenceKey> named = node.news.entries().keySet().stream().filter(key -> key.topic().equals(topic) && key.user() != null).toList();
            assertThat(room.count()).isEqualTo(truth.size());
            assertThat(named).allSatisfy(key -> assertThat(node.news.entries().get(key)).isEqualTo(Merge.of(truth.get(key.user()))));
            assertThat(named.size()).isBetween(room.sampled() ? 1 : truth.size(), room.sampled() ? limits.sample() : limits.listed());
            assertThat(room.sampled() ? truth.size() > limits.listedAgain() : truth.size() <= limits.listed()).isTrue();
          }
        }
      }
    }
  }
}
