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
 * lost what it had) is followed by another after a moment; where the store knows another owner, a higher term is needed first.
 */
final class LedQueues implements ShardListener {
  private static final EventLog LOG = EventLog.of(LedQueues.class);
  private static final long AGAIN_MILLIS = 500;

  /** Whoever was refused a moment ago may be refused again with the next write. */
  private static final long LATELY_MILLIS = 5_000;

  private final Map<String, QueueRules> rules;
  private final Surroundings surroundings;
  private final Currency currency;
  private final Map<Integer, Long> held = new HashMap<>();
  private final Map<String, QueueLeader> leaders = new TreeMap<>();
  private final Map<String, Hindrance> refusals = new HashMap<>();
  private final Map<String, Hindrance> hindrances = new TreeMap<>();
  private boolean minority;
  private boolean ended;

  /** What this node has to do with the shards. */
  interface Currency {
    /** Whether it holds a shard with a term, and may act for the whole cluster, at this moment. */
    boolean isCurrent(int shard, long term);

    /** Whether it is its turn to hold a shard, taken or not. */
    boolean isTurn(int shard);

    /** The store knows another owner, of a term that is not lower: only one above that will do. */
    void dispute(int shard, long term, long seen);
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

  /** Whether this node leads the queues of a shard at this moment, or is about to, and has not given up the sockets of a gateway. */
  boolean counts(int shard, String gateway) {
    Long term = held.get(shard);
    return term != null && currency.isCurrent(shard, term)
        && leaders.values().stream().filter(leader -> ShardKinds.QUEUES.shardOf(leader.queue()) == shard).allMatch(leader -> leader.counts(gateway));
  }

  /** The leader of a queue; empty where this node does not lead it. */
  Optional<QueueLeader> leader(String queue) {
    return Optional.ofNullable(leaders.get(queue));
  }

  /** Time has passed: looks what keeps this node from leading. */
  void tick() {
    long nowMs = surroundings.monotonicMs();
    for (String queue : rules.keySet()) {
      Optional<Hindrance> now = ended ? Optional.empty() : look(queue, nowMs);
      Hindrance before = hindrances.get(queue);
      now.ifPresentOrElse(found -> hindrances.put(queue, before == null ? found : new Hindrance(found.reason(), found.detail(), before.sinceMs())),
          () -> hindrances.remove(queue));
      surroundings.meters().of(queue).hindered(now.isPresent());
    }
  }

  /** Why this node does not lead a queue that it should lead, as far as it does not. */
  Map<String, Hindrance> hindrances() {
    return hindrances;
  }

  private Optional<Hindrance> look(String queue, long nowMs) {
    int shard = ShardKinds.QUEUES.shardOf(queue);
    QueueLeader leader = leaders.get(queue);
    Hindrance refusal = refusals.get(queue);
    boolean refused = refusal != null && nowMs - refusal.sinceMs() < LATELY_MILLIS;
    if (!held.containsKey(shard) && !currency.isTurn(shard)) {
      return Optional.empty();
    } else if (minority) {
      return Optional.of(new Hindrance(Hindrance.Reason.MINORITY, "this node sees only a minority of its cluster", nowMs));
    } else if (leader != null && leader.trouble().isPresent()) {
      return leader.trouble().map(trouble -> new Hindrance(Hindrance.Reason.STORE_FAILED, trouble, nowMs));
    } else if (refused) {
      return Optional.of(new Hindrance(Hindrance.Reason.GIVEN_UP, refusal.detail(), nowMs));
    } else if (leader != null) {
      return leader.isOpen() ? Optional.empty() : Optional.of(new Hindrance(Hindrance.Reason.TAKING_OVER, "it is being taken over", nowMs));
    }
    return Optional.of(held.containsKey(shard) ? new Hindrance(Hindrance.Reason.TAKING_OVER, "it is about to be taken over", nowMs)
        : new Hindrance(Hindrance.Reason.NO_TERM, "the term of its shard could not be taken yet", nowMs));
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
    QueueLeader leader = new QueueLeader(reign, surroundings, (why, toSurpass) -> again(queue, shard, term, why, toSurpass));
    leaders.put(queue, leader);
    leader.start();
  }

  private void again(String queue, int shard, long term, String why, long toSurpass) {
    leaders.remove(queue);
    refusals.put(queue, new Hindrance(Hindrance.Reason.GIVEN_UP, why, surroundings.monotonicMs()));
    if (toSurpass > 0) {
      currency.dispute(shard, term, toSurpass);
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
