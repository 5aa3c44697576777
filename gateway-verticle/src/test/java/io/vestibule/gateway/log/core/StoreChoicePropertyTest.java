package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.StoreChoice.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * Nodes that ask for the choice over a network that delays, and are frozen now and then, and write all the time while Redis is lost to some of them and comes back: what is acknowledged in one term is
 * acknowledged before anything is in the next, and nothing is kept in the memory of the cluster after that was looked at.
 */
class StoreChoicePropertyTest {
  private static final long POLL_MS = 500;

  private record Event(long atMs, long order, Runnable what) {}

  private static final class Node {
    final String name;
    final StoreLease lease = new StoreLease();
    Reach reach = new Reach(3_000, 0);
    long frozenUntilMs;
    boolean cut;

    Node(String name) {
      this.name = name;
    }
  }

  private static final class World {
    final Random random;
    final long believedMs;
    final PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> a.atMs != b.atMs ? Long.compare(a.atMs, b.atMs) : Long.compare(a.order, b.order));
    final List<Node> nodes = new ArrayList<>();
    final Set<String> names = new TreeSet<>();
    /** By term, when the last was acknowledged in it. */
    final TreeMap<Long, Long> acknowledged = new TreeMap<>();
    StoreChoice choice = StoreChoice.FIRST;
    boolean redis = true;
    long nowMs;
    long orders;

    World(long seed, int count, long believedMs) {
      random = new Random(seed);
      this.believedMs = believedMs;
      for (int i = 0; i < count; i++) {
        Node node = new Node("n" + i);
        nodes.add(node);
        names.add(node.name);
        at(random.nextInt(500), () -> poll(node));
        at(random.nextInt(500), () -> write(node));
      }
    }

    void at(long delayMs, Runnable what) {
      events.add(new Event(nowMs + delayMs, orders++, what));
    }

    /** As an event loop: what was to be done while it was frozen is done then. */
    void on(Node node, long delayMs, Runnable what) {
      at(delayMs, () -> {
        if (nowMs < node.frozenUntilMs) {
          on(node, node.frozenUntilMs - nowMs, what);
        } else {
          what.run();
        }
      });
    }

    long delay() {
      return random.nextInt(20) == 0 ? random.nextInt(4_000) : random.nextInt(30);
    }

    void poll(Node node) {
      if (redis && !node.cut) {
        node.reach.answered(nowMs);
      } else {
        node.reach.failed();
      }
      long asked = nowMs;
      Boolean reaches = node.reach.reaches(nowMs);
      StoreChoice known = node.lease.choice();
      at(delay(), () -> {
        choice = choice.remembered(known).heard(node.name, reaches, 0, names, true);
        StoreChoice told = choice;
        on(node, delay(), () -> {
          node.lease.told(told, asked, nowMs);
          act(node);
          on(node, POLL_MS, () -> poll(node));
        });
      });
    }

    void act(Node node) {
      StoreChoice seen = node.lease.choice();
      if (node.lease.isIn(Phase.LEAVING, nowMs) && node.lease.isSettled(nowMs)) {
        at(delay(), () -> choice = choice.left(seen.term()));
      } else if (node.lease.isIn(Phase.RETURNING, nowMs) && node.lease.isSettled(nowMs) && seen.isTurnOf(node.name)) {
        long looked = nowMs;
        seen.owed().forEach(term -> closed.merge(term, looked, Math::min));
        at(delay(), () -> choice = choice.returned(seen.term(), seen.owed()));
      }
    }

    final TreeMap<Long, Long> closed = new TreeMap<>();

    void write(Node node) {
      on(node, random.nextInt(40), () -> write(node));
      if (!isUsable(node)) {
        return;
      }
      long term = node.lease.choice().term();
      if (node.lease.choice().phase() == Phase.REDIS && (!redis || node.cut)) {
        return;
      }
      on(node, delay(), () -> {
        if (isUsable(node) && node.lease.choice().term() == term) {
          acknowledged.put(term, nowMs);
          assertThat(acknowledged.tailMap(term, false)).as("nothing was acknowledged in a later term than %s", term).isEmpty();
          assertThat(closed.getOrDefault(term, Long.MAX_VALUE)).as("nobody has looked at term %s", term).isGreaterThanOrEqualTo(nowMs);
        }
      });
    }

    private boolean isUsable(Node node) {
      boolean believed = believedMs == StoreLease.BELIEVED_MS ? node.lease.isBelieved(nowMs) : node.lease.choice() != null;
      return believed && (node.lease.choice().phase() == Phase.REDIS || node.lease.choice().phase() == Phase.MEMORY);
    }

    void run(long forMs) {
      long end = nowMs + forMs;
      while (!events.isEmpty() && events.peek().atMs <= end) {
        Event next = events.poll();
        nowMs = next.atMs;
        next.what.run();
      }
      nowMs = end;
    }
  }

  @Property(tries = 150)
  void oneStoreCountsAtATimeAndTheClusterReturns(@ForAll long seed, @ForAll boolean three) {
    World world = new World(seed, three ? 3 : 2, StoreLease.BELIEVED_MS);
    world.run(5_000);
    for (int round = 0; round < 6; round++) {
      world.redis = world.random.nextInt(3) > 0;
      Node one = world.nodes.get(world.random.nextInt(world.nodes.size()));
      one.cut = world.random.nextInt(3) == 0;
      if (world.random.nextBoolean()) {
        one.frozenUntilMs = world.nowMs + world.random.nextInt(12_000);
      }
      world.run(2_000 + world.random.nextInt(15_000));
    }
    world.nodes.forEach(node -> node.cut = false);
    world.redis = false;
    world.run(60_000);
    assertThat(world.choice.phase()).isEqualTo(Phase.MEMORY);
    assertThat(world.acknowledged.lastEntry().getValue()).as("and it is written to").isGreaterThan(world.nowMs - 10_000);
    world.redis = true;
    world.run(60_000);
    assertThat(world.choice.phase()).isEqualTo(Phase.REDIS);
    assertThat(world.choice.owed()).isEmpty();
    assertThat(world.acknowledged.lastKey()).isEqualTo(world.choice.term());
  }

  @Property(tries = 50)
  void aNodeThatAloneDoesNotReachRedisChangesNothing(@ForAll long seed, @ForAll boolean three) {
    World world = new World(seed, three ? 3 : 2, StoreLease.BELIEVED_MS);
    world.nodes.get(0).cut = true;
    world.run(60_000);
    assertThat(world.choice.term()).isZero();
    assertThat(world.choice.votes()).containsEntry("n0", false);
  }

  /** That the test can fail: who believes for ever what it was told once acknowledges in a term that is over. */
  @Test
  void withoutAnEndToBelievingItWouldNotHold() {
    boolean found = false;
    for (long seed = 0; seed < 50 && !found; seed++) {
      World world = new World(seed, 3, Long.MAX_VALUE);
      try {
        world.run(5_000);
        for (int round = 0; round < 6; round++) {
          world.redis = round % 2 == 1;
          world.nodes.get(round % 3).frozenUntilMs = world.nowMs + 14_000;
          world.run(15_000);
        }
      } catch (AssertionError broken) {
        found = true;
      }
    }
    assertThat(found).isTrue();
  }
}
