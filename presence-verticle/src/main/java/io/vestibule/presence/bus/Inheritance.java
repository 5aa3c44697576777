package io.vestibule.presence.bus;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.presence.core.OnlineUsers;
import io.vestibule.presence.core.SaidOnline;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;

/**
 * What other owners of the shards have said of users, in case this node is the next one; and what this node has said of a shard that it has lost, for the next one, which may not have heard it yet. One
 * event loop.
 */
final class Inheritance {
  /** Beats for which a new owner may still learn what was said before, and one that has lost a shard still tells. */
  private static final int PATIENCE_BEATS = 3;

  private final Shard[] shards = new Shard[ShardKinds.PRESENCE.count()];

  private static final class Shard {
    final ReplicaCopy<String, SaidUser> copy = new ReplicaCopy<>(PresenceKinds.SAID, 0, (topic, before, now) -> { });
    long copyTerm;
    OnlineUsers own;
    long ownTerm;
    /** What this node had said when it owned the shard before; null where it did not. */
    Map<String, SaidUser> earlier;
    long earlierTerm;
    boolean owned;
    /** Whether this node was cut off when it took it: another may have owned it at the same time, with whatever term. */
    boolean doubtful;
    int beats;

    boolean knowsLater(long term) {
      return copy.isWhole() && copyTerm > term;
    }

    /** Passes on what the owner just before has said; the answer is whether that was known, and still of use. */
    boolean passOn() {
      if (copy.isWhole() && copyTerm == ownTerm - 1 || doubtful && knowsLater(earlierTerm)) {
        return own.inherit(copy.entries());
      }
      return earlier != null && !doubtful && earlierTerm == ownTerm - 1 && own.inherit(earlier);
    }

    /** The latest that is known of what owners before have said. */
    Map<String, SaidUser> before() {
      return knowsLater(earlierTerm) ? copy.entries() : earlier == null ? Map.of() : earlier;
    }

    /** Passes on the latest that is known, if anything is. */
    boolean passOnLatest() {
      if (knowsLater(earlierTerm) && (copyTerm < ownTerm || doubtful)) {
        return own.inherit(copy.entries());
      }
      return earlier == null ? own.inheritNothing() : own.inherit(earlier);
    }
  }

  Inheritance() {
    for (int shard = 0; shard < shards.length; shard++) {
      shards[shard] = new Shard();
    }
  }

  /**
   * This node owns a shard.
   *
   * @param alone whether there is nobody who could know more
   * @param cutOff whether there is rather somebody whom this node does not see
   */
  void begun(int number, Reign reign, boolean alone, boolean cutOff) {
    Shard shard = shards[number];
    if (shard.own != null && shard.own.isKnown()) {
      shard.earlier = Map.copyOf(shard.own.said());
      shard.earlierTerm = shard.ownTerm;
    }
    shard.own = reign.users();
    shard.ownTerm = reign.term();
    shard.owned = true;
    shard.doubtful = cutOff;
    shard.beats = 0;
    if (!cutOff && !shard.passOn() && alone) {
      shard.passOnLatest();
    }
  }

  /** This node owns a shard no more. */
  void ended(int number) {
    shards[number].owned = false;
    shards[number].beats = 0;
  }

  /** Another node says what it has said. */
  ReplicaAnswer heard(String owner, int number, ReplicaUpdate<String, SaidUser> update) {
    Shard shard = shards[number];
    ReplicaAnswer answer = shard.copy.apply(owner, update);
    if (answer.outcome() == ReplicaAnswer.Outcome.APPLIED && shard.copy.isWhole()) {
      shard.copyTerm = SaidOnline.termOf(update.life());
    }
    return answer;
  }

  /** An owner that does not know yet what the one just before it has said learns it now, if it is known; the answer is whether it was. */
  boolean passOn(int number) {
    return shards[number].owned && shards[number].passOn();
  }

  /** When a user of a shard that this node owns was there last, if he is not online; of what was said before this node has said anything, as far as it is known here. 0 where it is not. */
  long lastSeen(int number, String topic, long nowMs) {
    Shard shard = shards[number];
    return shard.owned ? shard.own.lastSeen(topic, shard.before(), nowMs) : 0;
  }

  /** What this node says of a shard, or has said until a moment ago; null otherwise. */
  OnlineUsers latest(int number) {
    Shard shard = shards[number];
    return shard.owned || shard.beats <= PATIENCE_BEATS ? shard.own : null;
  }

  /** The other nodes with the role. */
  void colleaguesAre(Set<String> nodes) {
    for (Shard shard : shards) {
      if (shard.own != null) {
        shard.own.colleaguesAre(nodes);
      }
    }
  }

  /**
   * A while has passed: nobody waits for ever.
   *
   * @param touched gets the shards of which there may be something to tell now
   */
  void beat(BitSet touched) {
    for (int number = 0; number < shards.length; number++) {
      Shard shard = shards[number];
      if (shard.own != null && ++shard.beats > PATIENCE_BEATS) {
        if (!shard.owned && shard.knowsLater(shard.ownTerm)) {
          shard.own = null;
        } else if (shard.owned) {
          if (shard.passOnLatest()) {
            touched.set(number);
          }
          shard.earlier = null;
        }
      }
    }
  }
}
