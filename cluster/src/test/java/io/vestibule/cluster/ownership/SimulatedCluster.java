package io.vestibule.cluster.ownership;

import io.vestibule.cluster.ownership.OwnershipEffect.Acquired;
import io.vestibule.cluster.ownership.OwnershipEffect.Lost;
import io.vestibule.cluster.ownership.OwnershipEffect.RaiseTerm;
import io.vestibule.cluster.ownership.OwnershipEffect.ReadTerm;
import io.vestibule.cluster.ownership.OwnershipEffect.Renew;
import io.vestibule.cluster.ownership.OwnershipEvent.NodesChanged;
import io.vestibule.cluster.ownership.OwnershipEvent.TermRaised;
import io.vestibule.cluster.ownership.OwnershipEvent.TermRead;
import io.vestibule.cluster.ownership.OwnershipEvent.TermsSeen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;

/**
 * Several nodes, one store, and a network between them that delays, loses and repeats, on one simulated clock. It watches every
 * step for what must never happen.
 */
final class SimulatedCluster {
  static final OwnershipTimings TIMINGS = new OwnershipTimings(Duration.ofSeconds(6), Duration.ofMillis(1500),
      Duration.ofSeconds(2), Duration.ofMillis(200), Duration.ofSeconds(5));
  private static final long MILLI = 1_000_000;
  private static final long TICK = 250 * MILLI;

  private final ShardKind kind;
  private final boolean storeCompares;
  private final OwnershipTimings nodeTimings;
  private final Random random;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final PriorityQueue<Message> network =
      new PriorityQueue<>(Comparator.comparingLong(Message::at).thenComparingLong(Message::order));
  private final Map<Integer, Term> store = new HashMap<>();
  private final Map<Integer, TreeMap<Long, Term>> storeHistory = new HashMap<>();
  private final Map<String, String> holders = new HashMap<>();
  private final Map<Integer, Long> fences = new HashMap<>();
  private boolean calm;
  private long now = 1;
  private long order;
  private int started;

  private record Message(long at, long order, Runnable delivery) {}

  private final class Node {
    private final String id;
    private final OwnershipCore core;
    private final Map<Integer, Long> held = new HashMap<>();
    private final Map<Integer, Long> highest = new HashMap<>();
    private final List<OwnershipEvent> inbox = new ArrayList<>();
    private boolean frozen;

    private Node(String id) {
      this.id = id;
      this.core = new OwnershipCore(kind, id, nodeTimings);
    }
  }

  SimulatedCluster(ShardKind kind, long seed, boolean storeCompares, OwnershipTimings nodeTimings) {
    this.kind = kind;
    this.random = new Random(seed);
    this.storeCompares = storeCompares;
    this.nodeTimings = nodeTimings;
  }

  void join() {
    String id = "node-" + ++started;
    nodes.put(id, new Node(id));
    tellViews();
  }

  void kill(int which) {
    if (!nodes.isEmpty()) {
      nodes.remove(idOf(which));
      tellViews();
    }
  }

  void freeze(int which) {
    if (!nodes.isEmpty()) {
      nodes.get(idOf(which)).frozen = true;
    }
  }

  /** The node goes on where it was: what reached it meanwhile comes first, in a burst. */
  void thaw(int which) {
    if (!nodes.isEmpty()) {
      thaw(nodes.get(idOf(which)));
    }
  }

  /** One node believes that only some of the nodes exist. */
  void misinform(int which, int mask) {
    if (!nodes.isEmpty()) {
      List<String> some = new ArrayList<>(nodes.keySet());
      some.removeIf(id -> (mask >> some.indexOf(id) & 1) == 1);
      hear(nodes.get(idOf(which)), new NodesChanged(List.copyOf(some)));
    }
  }

  /** Every node writes what it believes it may, and the writes travel too. */
  void write() {
    for (Node node : nodes.values()) {
      node.held.forEach((shard, term) -> send(() -> arriveWrite(node.id, shard, term)));
    }
  }

  void advance(long millis) {
    long until = now + millis * MILLI;
    while (now < until) {
      long next = Math.min(until, now + TICK);
      while (!network.isEmpty() && network.peek().at() <= next) {
        Message message = network.poll();
        now = Math.max(now, message.at());
        message.delivery().run();
      }
      now = next;
      for (Node node : List.copyOf(nodes.values())) {
        hear(node, new OwnershipEvent.Tick());
      }
      checkLeases();
    }
  }

  /** All is well from now on: nothing is lost, nobody sleeps, everybody sees everybody. Long enough to settle. */
  void settle() {
    calm = true;
    nodes.values().forEach(this::thaw);
    advance(10_000);
    tellViews();
    advance(30_000);
  }

  void checkSettled() {
    List<String> ids = List.copyOf(nodes.keySet());
    for (int shard = 0; shard < kind.count() && !ids.isEmpty(); shard++) {
      String choice = Rendezvous.choose(kind.name(), shard, ids).orElseThrow();
      for (Node node : nodes.values()) {
        boolean holds = node.core.state(shard) instanceof ShardState.Owned;
        check(holds == node.id.equals(choice), "shard " + shard + " should be held by " + choice + " alone, but "
            + node.id + " is " + node.core.state(shard));
      }
      Node owner = nodes.get(choice);
      long term = owner.held.get(shard);
      check(owner.core.isCurrent(shard, term, now), choice + " does not count itself as current");
      check(store.get(shard).equals(new Term(term, choice)), "the store has " + store.get(shard));
    }
  }

  private void thaw(Node node) {
    node.frozen = false;
    List<OwnershipEvent> missed = List.copyOf(node.inbox);
    node.inbox.clear();
    missed.forEach(event -> hear(node, event));
  }

  private void hear(Node node, OwnershipEvent event) {
    if (node.frozen) {
      if (!(event instanceof OwnershipEvent.Tick)) {
        node.inbox.add(event);
      }
      return;
    }
    for (OwnershipEffect effect : node.core.execute(event, now)) {
      perform(node, effect);
    }
  }

  private void perform(Node node, OwnershipEffect effect) {
    if (effect instanceof ReadTerm read) {
      send(() -> reply(node, new TermRead(read.shard(), read.ticket(), stored(read.shard()))));
    } else if (effect instanceof RaiseTerm raise) {
      send(() -> reply(node, new TermRaised(raise.shard(), raise.ticket(), arriveRaise(raise))));
    } else if (effect instanceof Renew renew) {
      send(() -> {
        Map<Integer, Term> seen = new HashMap<>();
        renew.shards().forEach(shard -> seen.put(shard, stored(shard)));
        reply(node, new TermsSeen(renew.ticket(), seen));
      });
    } else if (effect instanceof Acquired acquired) {
      acquired(node, acquired);
    } else if (effect instanceof Lost lost) {
      Long held = node.held.remove(lost.shard());
      check(held != null && held == lost.term(), node.id + " lost " + lost + " but held " + held);
    }
  }

  private void acquired(Node node, Acquired acquired) {
    check(!node.held.containsKey(acquired.shard()), node.id + " acquired twice: " + acquired);
    check(node.highest.getOrDefault(acquired.shard(), 0L) < acquired.term(), node.id + " went back to " + acquired);
    node.held.put(acquired.shard(), acquired.term());
    node.highest.put(acquired.shard(), acquired.term());
    String other = holders.putIfAbsent(acquired.shard() + "/" + acquired.term(), node.id);
    check(other == null, node.id + " and " + other + " both hold " + acquired);
  }

  private Term arriveRaise(RaiseTerm raise) {
    Term before = stored(raise.shard());
    boolean wins = !storeCompares || before.equals(raise.expected());
    if (wins && !before.equals(raise.claimed())) {
      check(raise.claimed().number() > before.number() || !storeCompares, "term fell from " + before + " to " + raise.claimed());
      store.put(raise.shard(), raise.claimed());
      storeHistory.computeIfAbsent(raise.shard(), shard -> new TreeMap<>()).put(now, raise.claimed());
    }
    return stored(raise.shard());
  }

  /** A fenced write, as the stores of topic logs and slots will do it. */
  private void arriveWrite(String writer, int shard, long term) {
    Term current = stored(shard);
    boolean accepted = term == current.number();
    if (accepted) {
      check(writer.equals(current.owner()), writer + " wrote to shard " + shard + " with the term of " + current);
      check(fences.getOrDefault(shard, 0L) <= term, "a write with term " + term + " after " + fences.get(shard));
      fences.put(shard, term);
    }
  }

  /** Whoever counts itself as current was seen so by the store within the lease. */
  private void checkLeases() {
    for (Node node : nodes.values()) {
      node.held.forEach((shard, term) -> {
        if (!node.frozen && node.core.isCurrent(shard, term, now)) {
          Term mine = new Term(term, node.id);
          TreeMap<Long, Term> history = storeHistory.get(shard);
          boolean seen = history.tailMap(now - TIMINGS.lease().toNanos()).containsValue(mine)
              || mine.equals(valueOf(history.floorEntry(now - TIMINGS.lease().toNanos())));
          check(seen, node.id + " counts itself as owner of " + shard + " with " + term + " long after " + stored(shard));
        }
      });
    }
  }

  private static Term valueOf(Map.Entry<Long, Term> entry) {
    return entry == null ? Term.NONE : entry.getValue();
  }

  private Term stored(int shard) {
    return store.getOrDefault(shard, Term.NONE);
  }

  private void reply(Node node, OwnershipEvent event) {
    send(() -> {
      if (nodes.get(node.id) == node) {
        hear(node, event);
      }
    });
  }

  private void tellViews() {
    List<String> all = List.copyOf(nodes.keySet());
    for (Node node : nodes.values()) {
      send(() -> hear(node, new NodesChanged(all)));
    }
  }

  private void send(Runnable delivery) {
    int fate = calm ? 99 : random.nextInt(100);
    if (fate < 10) {
      return;
    }
    int copies = fate < 15 ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = calm ? random.nextInt(20) : fate < 30 ? random.nextInt(9000) : random.nextInt(100);
      network.add(new Message(now + delay * MILLI, ++order, delivery));
    }
  }

  private String idOf(int which) {
    return List.copyOf(nodes.keySet()).get(Math.floorMod(which, nodes.size()));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
