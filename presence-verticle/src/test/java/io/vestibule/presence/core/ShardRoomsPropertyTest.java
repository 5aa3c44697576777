package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
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
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Gateways and the owner of a shard, with everything that a network and dying nodes do between them: in the end each gateway knows of each topic that it watches just who the living gateways say is
 * there, whatever happened before; and of somebody who was there all the time nobody ever heard that he left.
 */
class ShardRoomsPropertyTest {
  private static final int GATEWAYS = 3;
  private static final List<String> TOPICS = List.of("a", "b");
  private static final String RESIDENT = "resident";

  private enum Event { STATE, UNSTATE, WATCH, UNWATCH, UP, DOWN, UP_LOST, DOWN_LOST, UP_UNANSWERED, DOWN_UNANSWERED, LATE, DIE, FREEZE, THAW, TAKEOVER }

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
    Arbitrary<Step> step = Combinators.combine(Arbitraries.of(Event.values()), Arbitraries.integers().between(0, GATEWAYS - 1), Arbitraries.integers().between(0, 1),
        Arbitraries.integers().between(0, 5), Arbitraries.integers().between(0, 2)).as(Step::new);
    return step.list().ofMaxSize(150);
  }

  /** One gateway node: what it states, and what it was told. */
  private static final class Node {
    final String id;
    final ReplicaSource<PresenceKey, Statement> statements = new ReplicaSource<>(PresenceKinds.STATEMENTS, 1);
    final ReplicaCopy<PresenceKey, Known> news;
    boolean frozen;

    Node(String id, Runnable onFalseLeave) {
      this.id = id;
      news = new ReplicaCopy<>(PresenceKinds.NEWS, 0, (key, before, now) -> {
        if (now == null && RESIDENT.equals(key.user()) && statements.entries().containsKey(PresenceKey.of(key.topic()))) {
          onFalseLeave.run();
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
    private ShardRooms rooms;
    private int falseLeaves;

    Scene(RoomLimits limits) {
      this.limits = limits;
      for (int i = 0; i < GATEWAYS; i++) {
        nodes[i] = born();
      }
      nodes[0].statements.put(new PresenceKey("a", RESIDENT), new Here(1, 1, UserStatus.ONLINE, null));
      rooms = new ShardRooms(limits, term, live());
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

    void happen(Step step) {
      Node node = nodes[step.gateway];
      String topic = TOPICS.get(step.topic);
      switch (step.event) {
        case STATE -> node.statements.put(new PresenceKey(topic, "u" + step.user),
            new Here(step.value, 10 + step.user, new UserStatus(step.value == 0 ? "away" : "online", null, step.value), step.value == 1 ? "{}" : null));
        case UNSTATE -> node.statements.remove(new PresenceKey(topic, "u" + step.user));
        case WATCH -> node.statements.put(PresenceKey.of(topic), new Statement.Watched());
        case UNWATCH -> node.statements.remove(PresenceKey.of(topic));
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

    private void die(int gateway) {
      if (gateway != 0) {
        nodes[gateway] = born();
        rooms.gatewaysAre(live());
      }
    }

    private void freeze(int gateway, boolean frozen) {
      nodes[gateway].frozen = frozen;
      rooms.gatewaysAre(live());
    }

    /** Another node owns the shard. Some gateways know at once. */
    private void takeOver(int whoKnows) {
      rooms = new ShardRooms(limits, ++term, live());
      for (int i = 0; i < whoKnows; i++) {
        nodes[i].statements.restart();
      }
    }

    void calmDown() {
      for (Node node : nodes) {
        node.frozen = false;
      }
      rooms.gatewaysAre(live());
      for (int round = 0; round < 60; round++) {
        for (Node node : nodes) {
          up(node, true, true);
        }
        for (Node node : nodes) {
          down(node, true, true);
        }
      }
      assertThat(rooms.isComplete()).isTrue();
      assertThat(rooms.divergences()).isZero();
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
