package io.vestibule.admission.bus;

import io.vestibule.admission.core.QueueRules;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.ownership.ShardListener;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The queues that this node leads: those of the shards it holds, unless it sees only a minority of its cluster. A reign that is over by itself while the shard is still held (the store
 * lost what it had, or knows a higher term) is followed by another after a moment.
 */
final class LedQueues implements ShardListener {
  private static final EventLog LOG = EventLog.of(LedQueues.class);
  private static final long AGAIN_MILLIS = 500;

  private final Map<String, QueueRules> rules;
  private final Surroundings surroundings;
  private final Currency currency;
  private final Map<Integer, Long> held = new HashMap<>();
  private final Map<String, QueueLeader> leaders = new TreeMap<>();
  private boolean minority;
  private boolean ended;

  /** What this node has to do with the shards. */
  interface Currency {
    /** Whether it holds a shard with a term, and may act for the whole cluster, at this moment. */
    boolean isCurrent(int shard, long term);

    /** Whether it is its turn to hold a shard, taken or not. */
    boolean isTurn(int shard);

    /** The store knows another owner of the same term: only a higher one will do. */
    void dispute(int shard, long term);
  }

  /**
   * Leads nothing yet.
   *
   * @param rules of each queue, by name
   */
  LedQueues(Map<String, QueueRules> rules, Surroundings surroundings, Currency currency) {
    this.rules = rules;
    this.surroundings = surroundings;
    this.currency = currency;
  }

  @Override
  public void acquired(int shard, long term) {
    held.put(shard, term);
    rules.keySet().stream().filter(queue -> ShardKinds.QUEUES.shardOf(queue) == shard).forEach(queue -> lead(queue, shard, term));
  }

  @Override
  public void lost(int shard, long term) {
    if (held.remove(shard, term)) {
      rules.keySet().stream().filter(queue -> ShardKinds.QUEUES.shardOf(queue) == shard).forEach(queue -> stop(queue, "the shard is not this node's any more"));
    }
  }

  /** The cluster is whole enough, or not: a node that sees only a minority admits nobody, since the majority does. */
  void minority(boolean now) {
    if (now == minority) {
      return;
    }
    minority = now;
    LOG.warn(now ? LogEvent.CLUSTER_MINORITY : LogEvent.CLUSTER_MAJORITY, null).with(LogKey.COUNT, leaders.size()).write();
    if (now) {
      rules.keySet().forEach(queue -> stop(queue, "this node sees only a minority of its cluster"));
    } else {
      Map.copyOf(held).forEach(this::acquired);
    }
  }

  boolean isMinority() {
    return minority;
  }

  boolean isConfigured(String queue) {
    return rules.containsKey(queue);
  }

  /** The names of all queues that there are, in their order. */
  SortedSet<String> configured() {
    return new TreeSet<>(rules.keySet());
  }

  /** Whether this node leads the queue, or is about to. */
  boolean isConcerned(String queue) {
    return leaders.containsKey(queue) || isConfigured(queue) && currency.isTurn(ShardKinds.QUEUES.shardOf(queue));
  }

  /** The leader of a queue; empty where this node does not lead it. */
  Optional<QueueLeader> leader(String queue) {
    return Optional.ofNullable(leaders.get(queue));
  }

  Collection<QueueLeader> all() {
    return leaders.values();
  }

  /** Gives every queue up. */
  void end() {
    ended = true;
    held.clear();
    rules.keySet().forEach(queue -> stop(queue, "this node is stopping"));
  }

  private void lead(String queue, int shard, long term) {
    if (ended || minority || leaders.containsKey(queue)) {
      return;
    }
    Reign reign = new Reign(rules.get(queue), shard, term, () -> currency.isCurrent(shard, term));
    QueueLeader leader = new QueueLeader(reign, surroundings, (why, disputed) -> again(queue, shard, term, disputed));
    leaders.put(queue, leader);
    leader.start();
  }

  private void again(String queue, int shard, long term, boolean disputed) {
    leaders.remove(queue);
    if (disputed) {
      currency.dispute(shard, term);
    } else {
      leadLater(queue, shard, term);
    }
  }

  /** A shard that is held and may not be acted for, because the cluster just falls apart or its lease is over, is lost soon or may be acted for again. */
  private void leadLater(String queue, int shard, long term) {
    surroundings.timers().after(AGAIN_MILLIS, () -> {
      if (!ended && Long.valueOf(term).equals(held.get(shard))) {
        if (currency.isCurrent(shard, term)) {
          lead(queue, shard, term);
        } else {
          leadLater(queue, shard, term);
        }
      }
    });
  }

  private void stop(String queue, String why) {
    QueueLeader leader = leaders.remove(queue);
    if (leader != null) {
      leader.end(why);
    }
  }
}
