package io.vestibule.cluster.ownership;

import io.vestibule.cluster.ownership.OwnershipEffect.Acquired;
import io.vestibule.cluster.ownership.OwnershipEffect.Lost;
import io.vestibule.cluster.ownership.OwnershipEffect.RaiseTerm;
import io.vestibule.cluster.ownership.OwnershipEffect.ReadTerm;
import io.vestibule.cluster.ownership.OwnershipEffect.Renew;
import io.vestibule.cluster.ownership.OwnershipEvent.Disputed;
import io.vestibule.cluster.ownership.OwnershipEvent.NodesChanged;
import io.vestibule.cluster.ownership.OwnershipEvent.RenewalFailed;
import io.vestibule.cluster.ownership.OwnershipEvent.Stopped;
import io.vestibule.cluster.ownership.OwnershipEvent.StoreFailed;
import io.vestibule.cluster.ownership.OwnershipEvent.TermRaised;
import io.vestibule.cluster.ownership.OwnershipEvent.TermRead;
import io.vestibule.cluster.ownership.OwnershipEvent.TermsSeen;
import io.vestibule.cluster.ownership.ShardState.Owned;
import io.vestibule.cluster.ownership.ShardState.Raising;
import io.vestibule.cluster.ownership.ShardState.Reading;
import io.vestibule.cluster.ownership.ShardState.Unowned;
import io.vestibule.cluster.ownership.ShardState.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * One node's side of owning the shards of one kind: pure, driven by events and time.
 *
 * <p>A view of the cluster only says whose turn it is; what makes an owner is the term in the store. To take a shard a node
 * reads the term and replaces it by the next one in its own name, if it is still the one it read; of two that try, one
 * succeeds, and a claim that was delayed while the world went on fails. An owner counts itself as one only while it has lately seen its
 * term in the store (the lease), measured from before it asked: a node that was frozen wakes up with the lease run out and finds
 * that first, whatever it hears first. Everything else that may go wrong (late, lost and repeated answers, a store that does not answer,
 * nodes with different views) ends in a pause and a new attempt with a higher term.
 *
 * <p>Not thread-safe, except {@link #isCurrent}.
 */
public final class OwnershipCore {
  private static final Unowned UNOWNED = new Unowned();

  /** A reign that lasted for so many of the longest pauses was not part of a dispute. */
  private static final int UNDISPUTED_PAUSES = 4;

  private final ShardKind kind;
  private final String self;
  private final long lease;
  private final long renewEvery;
  private final long storeDeadline;
  private final Retry retry;
  private final long undisputed;
  private final AtomicReferenceArray<ShardState> states;
  private final long[] highestSeen;
  private final int[] disputes;
  private final boolean[] wanted;
  private Renewal renewal;
  private boolean stopped;
  private long tickets;

  /** The latest look at the terms that are held; null before the first. */
  private record Renewal(long ticket, long sinceNanos, boolean ended) {
    boolean isAwaiting(long answered) {
      return !ended && ticket == answered;
    }

    Renewal end() {
      return new Renewal(ticket, sinceNanos, true);
    }
  }

  /** A node that has heard of no nodes yet and owns nothing. */
  public OwnershipCore(ShardKind kind, String self, OwnershipTimings timings) {
    this.kind = kind;
    this.self = self;
    this.lease = timings.lease().toNanos();
    this.renewEvery = timings.renewEvery().toNanos();
    this.storeDeadline = timings.storeDeadline().toNanos();
    this.retry = new Retry(self, timings);
    this.undisputed = UNDISPUTED_PAUSES * timings.longestRetry().toNanos();
    this.states = new AtomicReferenceArray<>(kind.count());
    this.highestSeen = new long[kind.count()];
    this.disputes = new int[kind.count()];
    this.wanted = new boolean[kind.count()];
    for (int shard = 0; shard < kind.count(); shard++) {
      states.set(shard, UNOWNED);
    }
  }

  /**
   * Takes one step.
   *
   * @param event what happened
   * @param now nanoseconds of a clock that never goes back
   * @return what is to be done, in this order
   */
  public List<OwnershipEffect> execute(OwnershipEvent event, long now) {
    List<OwnershipEffect> effects = new ArrayList<>();
    if (stopped) {
      return effects;
    }
    endLeases(now, effects);
    if (event instanceof NodesChanged changed) {
      nodesChanged(changed.nodeIds(), now, effects);
    } else if (event instanceof TermRead read) {
      termRead(read, now, effects);
    } else if (event instanceof TermRaised raised) {
      termRaised(raised, now, effects);
    } else if (event instanceof StoreFailed failed) {
      storeFailed(failed.shard(), failed.ticket(), now);
    } else if (event instanceof TermsSeen seen) {
      termsSeen(seen, now, effects);
    } else if (event instanceof RenewalFailed failed && renewal != null && renewal.isAwaiting(failed.ticket())) {
      renewal = renewal.end();
    } else if (event instanceof Disputed disputed) {
      disputed(disputed, now, effects);
    } else if (event instanceof Stopped) {
      stop(effects);
      return effects;
    }
    pursue(now, effects);
    renew(now, effects);
    return effects;
  }

  /**
   * Whether this node holds the shard with this term at this moment. Any thread may ask; the answer is a promise for no longer than
   * the lease, so a store must check the term too.
   */
  public boolean isCurrent(int shard, long term, long now) {
    return states.get(shard) instanceof Owned owned && owned.term() == term && isBefore(now, owned.leaseUntilNanos());
  }

  /** What this node makes of a shard. */
  public ShardState state(int shard) {
    return states.get(shard);
  }

  /** How many shards this node holds. */
  public int owned() {
    return count(Owned.class);
  }

  /** How many shards this node ought to hold and does not yet. */
  public int pending() {
    return kind.count() - count(Owned.class) - count(Unowned.class);
  }

  private void nodesChanged(List<String> nodeIds, long now, List<OwnershipEffect> effects) {
    for (int shard = 0; shard < kind.count(); shard++) {
      wanted[shard] = Rendezvous.choose(kind.name(), shard, nodeIds).filter(self::equals).isPresent();
      ShardState state = states.get(shard);
      if (wanted[shard] && state instanceof Unowned unowned) {
        read(shard, unowned.toReading(++tickets, now), effects);
      } else if (wanted[shard] && state instanceof Waiting waiting) {
        // Whatever kept it from the shard may be over now.
        read(shard, waiting.toReading(++tickets, now), effects);
      } else if (!wanted[shard]) {
        giveUp(shard, state, effects);
      }
    }
  }

  private void giveUp(int shard, ShardState state, List<OwnershipEffect> effects) {
    states.set(shard, UNOWNED);
    if (state instanceof Owned owned) {
      effects.add(new Lost(shard, owned.term()));
    }
  }

  private void termRead(TermRead read, long now, List<OwnershipEffect> effects) {
    if (!(states.get(read.shard()) instanceof Reading reading) || reading.ticket() != read.ticket()) {
      return;
    }
    see(read.shard(), read.stored());
    // A store that forgot must not make a term fall: the claim is above everything that was ever seen.
    Term claimed = new Term(highestSeen[read.shard()] + 1, self);
    Raising raising = reading.toRaising(++tickets, claimed, now);
    states.set(read.shard(), raising);
    effects.add(new RaiseTerm(read.shard(), raising.ticket(), read.stored(), claimed));
  }

  private void termRaised(TermRaised raised, long now, List<OwnershipEffect> effects) {
    int shard = raised.shard();
    if (!(states.get(shard) instanceof Raising raising) || raising.ticket() != raised.ticket()) {
      return;
    }
    see(shard, raised.stored());
    long leaseUntil = raising.sinceNanos() + lease;
    if (raised.stored().equals(raising.claimed()) && isBefore(now, leaseUntil)) {
      Owned owned = raising.toOwned(leaseUntil);
      states.set(shard, owned);
      effects.add(new Acquired(shard, owned.term()));
    } else {
      states.set(shard, raising.toWaiting(retry.at(shard, raising.attempt(), now)));
    }
  }

  private void storeFailed(int shard, long ticket, long now) {
    ShardState state = states.get(shard);
    if (state instanceof Reading reading && reading.ticket() == ticket) {
      states.set(shard, reading.toWaiting(retry.at(shard, reading.attempt(), now)));
    } else if (state instanceof Raising raising && raising.ticket() == ticket) {
      states.set(shard, raising.toWaiting(retry.at(shard, raising.attempt(), now)));
    }
  }

  private void termsSeen(TermsSeen seen, long now, List<OwnershipEffect> effects) {
    if (renewal == null || !renewal.isAwaiting(seen.ticket())) {
      return;
    }
    renewal = renewal.end();
    long asked = renewal.sinceNanos();
    for (Map.Entry<Integer, Term> entry : seen.stored().entrySet()) {
      int shard = entry.getKey();
      if (states.get(shard) instanceof Owned owned && !isBefore(asked, owned.sinceNanos())) {
        see(shard, entry.getValue());
        if (entry.getValue().equals(new Term(owned.term(), self))) {
          states.set(shard, owned.toRenewed(asked + lease));
        } else {
          lose(shard, owned, now, effects);
        }
      }
    }
  }

  /**
   * Only a term above the other's ends it, and only the owner of this moment takes one: whoever was deposed finds its lease over first, and to whoever's turn it is not any more the shard is lost
   * already. Two halves of a cluster that both write to a store outside of it would depose each other for as long as they are apart, so the pauses become longer.
   */
  private void disputed(Disputed disputed, long now, List<OwnershipEffect> effects) {
    int shard = disputed.shard();
    if (states.get(shard) instanceof Owned owned && owned.term() == disputed.term()) {
      highestSeen[shard] = Math.max(highestSeen[shard], disputed.seen());
      disputes[shard] = now - owned.sinceNanos() < undisputed ? disputes[shard] + 1 : 0;
      states.set(shard, owned.toWaiting(retry.at(shard, disputes[shard], now)));
      effects.add(new Lost(shard, owned.term()));
    }
  }

  /** Before anything else: what was ours may not be any more, if this node slept. */
  private void endLeases(long now, List<OwnershipEffect> effects) {
    for (int shard = 0; shard < kind.count(); shard++) {
      if (states.get(shard) instanceof Owned owned && !isBefore(now, owned.leaseUntilNanos())) {
        lose(shard, owned, now, effects);
      }
    }
  }

  private void lose(int shard, Owned owned, long now, List<OwnershipEffect> effects) {
    states.set(shard, owned.toWaiting(retry.at(shard, 0, now)));
    effects.add(new Lost(shard, owned.term()));
  }

  /** Ends the waits that are over: for the store's answer, and for the next attempt. */
  private void pursue(long now, List<OwnershipEffect> effects) {
    for (int shard = 0; shard < kind.count(); shard++) {
      ShardState state = states.get(shard);
      if (state instanceof Reading reading && now - reading.sinceNanos() >= storeDeadline) {
        storeFailed(shard, reading.ticket(), now);
      } else if (state instanceof Raising raising && now - raising.sinceNanos() >= storeDeadline) {
        storeFailed(shard, raising.ticket(), now);
      } else if (state instanceof Waiting waiting && !isBefore(now, waiting.untilNanos())) {
        read(shard, waiting.toReading(++tickets, now), effects);
      }
    }
  }

  private void read(int shard, Reading reading, List<OwnershipEffect> effects) {
    states.set(shard, reading);
    effects.add(new ReadTerm(shard, reading.ticket()));
  }

  private void renew(long now, List<OwnershipEffect> effects) {
    if (renewal != null && now - renewal.sinceNanos() < (renewal.ended() ? renewEvery : storeDeadline)) {
      return;
    }
    TreeSet<Integer> held = new TreeSet<>();
    for (int shard = 0; shard < kind.count(); shard++) {
      if (states.get(shard) instanceof Owned) {
        held.add(shard);
      }
    }
    if (!held.isEmpty()) {
      renewal = new Renewal(++tickets, now, false);
      effects.add(new Renew(renewal.ticket(), held));
    }
  }

  private void stop(List<OwnershipEffect> effects) {
    stopped = true;
    for (int shard = 0; shard < kind.count(); shard++) {
      giveUp(shard, states.get(shard), effects);
    }
  }

  private void see(int shard, Term stored) {
    highestSeen[shard] = Math.max(highestSeen[shard], stored.number());
  }

  private int count(Class<? extends ShardState> type) {
    int count = 0;
    for (int shard = 0; shard < kind.count(); shard++) {
      if (type.isInstance(states.get(shard))) {
        count++;
      }
    }
    return count;
  }

  private static boolean isBefore(long now, long then) {
    return now - then < 0;
  }
}
