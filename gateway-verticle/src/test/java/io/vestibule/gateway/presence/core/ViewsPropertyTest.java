package io.vestibule.gateway.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.frame.ServerFrame.PresenceDiff;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import io.vestibule.gateway.presence.TestRooms;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * An owner, a node and the watchers on its two event loops, with what a network, a takeover and full buffers do between them: a client that applies what it is told knows in the end who is there; the
 * numbers have no hole; what is told agrees with its own count; and of somebody who was there all the time nobody hears that he left.
 */
class ViewsPropertyTest {
  private static final int LOOPS = 2;
  private static final int CLIENTS = 3;
  private static final String RESIDENT = "resident";
  private static final int PART_BYTES = 150;

  private enum Event { JOIN, JOIN_HERE, LEAVE, WATCH, UNWATCH, UP, UP_LOST, UP_UNANSWERED, DOWN, DOWN_LOST, DOWN_UNANSWERED, AGAIN, RUN, FULL, ROOM, CLOSE, FLAP, TAKEOVER }

  private record Step(Event event, int client, int topic, int user) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Event.values()), Arbitraries.integers().between(0, LOOPS * CLIENTS - 1), Arbitraries.integers().between(0, 1), Arbitraries.integers().between(0, 7))
        .as(Step::new).list().ofMaxSize(200);
  }

  @Property(tries = 2_000)
  void clientsKnowTheTruth(@ForAll("steps") List<Step> steps) {
    Scene scene = new Scene(100, 10);
    steps.forEach(scene::happen);
    scene.calmDown();
    scene.assertTruth();
  }

  @Property(tries = 1_000)
  void ofLargeTopicsTheyKnowTheCount(@ForAll("steps") List<Step> steps) {
    Scene scene = new Scene(4, 2);
    steps.forEach(scene::happen);
    scene.calmDown();
    scene.assertTruth();
  }

  /** A client on one socket, and what it makes of what it is told. */
  private static final class Client {
    final Map<String, Known> topics = new HashMap<>();
    boolean full;
    boolean closesWhenFull;
  }

  private static final class Known {
    final TreeMap<String, Member> members = new TreeMap<>();
    long rev;
    int count = -1;
    boolean sampled;

    void hear(PresenceTelling telling) {
      if (telling instanceof PresenceState state) {
        assertThat(count < 0 || state.rev() != rev).as("it is news").isTrue();
        members.clear();
        state.members().forEach(named -> members.put(named.user(), named.member()));
        sampled = state.sampled();
        count = state.count();
      } else if (telling instanceof PresenceDiff diff) {
        assertThat(count).as("a state comes first").isNotNegative();
        assertThat(diff.rev()).isEqualTo(rev + 1);
        assertThat(diff.sampled()).isEqualTo(sampled);
        diff.leaves().forEach(left -> {
          assertThat(left.user()).isNotEqualTo(RESIDENT);
          assertThat(members.remove(left.user())).isEqualTo(left.member());
        });
        diff.joins().forEach(named -> assertThat(members.put(named.user(), named.member())).isNull());
        diff.updates().forEach(named -> assertThat(members.put(named.user(), named.member())).isNotNull().isNotEqualTo(named.member()));
        assertThat(diff.count() != count || !diff.isEmpty()).isTrue();
        count = diff.count();
      }
      rev = telling.rev();
      assertThat(sampled || members.size() == count).isTrue();
      assertThat(sampled || members.containsKey(RESIDENT)).isTrue();
    }
  }

  private static final class Scene {
    private final int listed;
    private final int sample;
    private final Map<PresenceKey, Member> others = new HashMap<>();
    private final List<ArrayDeque<Runnable>> toLoop = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private final ArrayDeque<Runnable> toNode = new ArrayDeque<>();
    private final List<LoopWatches<Client, PresenceTelling>> loops = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final Uplink uplink = new Uplink("g", 1);
    private final NodeViews views = new NodeViews(uplink::state, this::tell);
    private final PresenceBook book = new PresenceBook(uplink::state, 0);
    private final List<Runnable> again = new ArrayList<>();
    private TestRooms rooms;
    private long term = 1;
    private long now;

    Scene(int listed, int sample) {
      this.listed = listed;
      this.sample = sample;
      for (String topic : List.of("t0", "t1")) {
        others.put(new PresenceKey(topic, RESIDENT), member(1));
      }
      rooms = new TestRooms(term, listed, sample, others);
      uplink.ownersAre(shard -> Optional.of("owner1"));
      for (int i = 0; i < LOOPS; i++) {
        int loop = i;
        loops.add(new LoopWatches<>(new LoopWatches.Desk() {
          @Override
          public void watch(String topic, long ticket) {
            toNode.add(() -> views.watch(loop, topic, ticket));
          }

          @Override
          public void tellAgain(String topic, long ticket) {
            toNode.add(() -> views.tellAgain(loop, topic, ticket));
          }

          @Override
          public void unwatch(String topic, long ticket) {
            toNode.add(() -> views.unwatch(loop, topic, ticket));
          }
        }, new LoopWatches.Outlet<>() {
          @Override
          public boolean offer(Client client, String topic, PresenceTelling frame) {
            if (client.full) {
              if (client.closesWhenFull) {
                close(loop, client);
              }
              return false;
            }
            client.topics.get(topic).hear(frame);
            return true;
          }

          @Override
          public void hint(Client client, PresenceTelling frame) {
            throw new AssertionError("nobody has come back");
          }

          @Override
          public boolean hasRoom(Client client) {
            return !client.full;
          }
        }));
      }
      for (int i = 0; i < LOOPS * CLIENTS; i++) {
        clients.add(new Client());
      }
    }

    private static Member member(int n) {
      return new Member(1 + n % 2, n, new UserStatus("s" + n % 3, null, n), null);
    }

    private void tell(PresenceTelling telling, Map<Integer, Long> to) {
      to.forEach((loop, ticket) -> toLoop.get(loop).add(() -> {
        if (telling instanceof PresenceState) {
          loops.get(loop).state(telling.topic(), ticket, telling.rev(), telling);
        } else {
          loops.get(loop).change(telling.topic(), ticket, telling.rev(), telling);
        }
      }));
    }

    private void close(int loop, Client client) {
      List.copyOf(client.topics.keySet()).forEach(topic -> loops.get(loop).unwatch(client, topic));
      client.topics.clear();
    }

    void happen(Step step) {
      Client client = clients.get(step.client);
      int loop = step.client % LOOPS;
      String topic = "t" + step.topic;
      String user = "u" + step.user;
      switch (step.event) {
        case JOIN -> rooms.put(topic, user, member(step.client));
        case JOIN_HERE -> {
          book.seated(user, user, null, UserStatus.ONLINE, 0);
          book.entered(user, topic, 0, false, step.user);
        }
        case LEAVE -> {
          rooms.put(topic, user, null);
          book.left(user, topic);
        }
        case WATCH -> {
          if (!client.topics.containsKey(topic)) {
            client.topics.put(topic, new Known());
          }
          loops.get(loop).watch(client, topic);
        }
        case UNWATCH -> {
          client.topics.remove(topic);
          loops.get(loop).unwatch(client, topic);
        }
        case UP -> up(true, true);
        case UP_LOST -> up(false, false);
        case UP_UNANSWERED -> up(true, false);
        case DOWN -> down(true, true);
        case DOWN_LOST -> down(false, false);
        case DOWN_UNANSWERED -> down(true, false);
        case AGAIN -> {
          if (!again.isEmpty()) {
            again.get(step.user * 11 % again.size()).run();
          }
        }
        case RUN -> {
          run(step.user % 2 == 0 ? toNode : toLoop.get(loop));
          loops.get(loop).tick();
        }
        case FULL -> client.full = true;
        case ROOM -> client.full = false;
        case CLOSE -> client.closesWhenFull = true;
        case FLAP -> flap(client, loop, topic);
        case TAKEOVER -> takeOver();
      }
    }

    /** The last one goes and one comes again; meanwhile the owner has heard of the first only. */
    private void flap(Client client, int loop, String topic) {
      for (int i = 0; i < clients.size(); i++) {
        clients.get(i).topics.remove(topic);
        loops.get(i % LOOPS).unwatch(clients.get(i), topic);
      }
      runAll(toNode);
      up(true, true);
      client.topics.put(topic, new Known());
      loops.get(loop).watch(client, topic);
      runAll(toNode);
      down(true, true);
      runAll(toLoop.get(loop));
    }

    private static void runAll(ArrayDeque<Runnable> queue) {
      while (!queue.isEmpty()) {
        queue.poll().run();
      }
    }

    private static void run(ArrayDeque<Runnable> queue) {
      for (int some = 2; some > 0 && !queue.isEmpty(); some--) {
        queue.poll().run();
      }
    }

    private void up(boolean arrives, boolean answered) {
      now += 600;
      uplink.proceed(now, (owner, message) -> {
        again.add(() -> rooms.hear(message));
        var answers = arrives ? rooms.hear(message) : null;
        if (answered) {
          uplink.answered(owner, message, answers, now);
        } else {
          uplink.failed(owner, message, now);
        }
      });
    }

    private void down(boolean arrives, boolean answered) {
      rooms.news(PART_BYTES, true).ifPresent(news -> {
        again.add(() -> views.hear(news));
        var answers = arrives ? views.hear(news) : null;
        rooms.answered(news, answered ? answers : null);
      });
    }

    private void takeOver() {
      rooms = new TestRooms(++term, listed, sample, others);
      String owner = "owner" + term;
      uplink.ownersAre(shard -> Optional.of(owner));
    }

    void calmDown() {
      clients.forEach(client -> client.full = false);
      for (int round = 0; round < 40; round++) {
        now += 2_000;
        up(true, true);
        down(true, true);
        for (int i = 0; i < LOOPS; i++) {
          loops.get(i).tick();
        }
        runAll(toNode);
        toLoop.forEach(Scene::runAll);
      }
    }

    void assertTruth() {
      for (Client client : clients) {
        client.topics.forEach((topic, known) -> {
          TreeMap<String, Member> truth = rooms.members(topic);
          assertThat(known.count).isEqualTo(truth.size());
          assertThat(known.sampled).isEqualTo(truth.size() > listed);
          if (!known.sampled) {
            assertThat(known.members).isEqualTo(truth);
          }
        });
      }
      assertThat(views.divergences()).isZero();
    }
  }
}
