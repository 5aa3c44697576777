package io.vestibule.presence.bus;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.presence.core.OnlineUsers;
import io.vestibule.presence.core.SaidOnline;
import java.util.BitSet;
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
    final ReplicaCopy<String, String> copy = new ReplicaCopy<>(PresenceKinds.SAID, 0, (topic, before, now) -> { });
    long copyTerm;
    OnlineUsers own;
    long ownTerm;
    boolean owned;
    int beats;

    boolean knowsLater(long term) {
      return copy.isWhole() && copyTerm > term;
    }

    boolean isYoung() {
      return beats <= PATIENCE_BEATS;
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
   */
  void begun(int number, Reign reign, boolean alone) {
    Shard shard = shards[number];
    if (shard.knowsLater(shard.ownTerm)) {
      reign.users().inherit(shard.copy.entries());
    } else if (shard.own != null && shard.own.isKnown()) {
      reign.users().inherit(shard.own.said());
    } else if (alone) {
      reign.users().inheritNothing();
    }
    shard.own = reign.users();
    shard.ownTerm = reign.term();
    shard.owned = true;
    shard.beats = 0;
  }

  /** This node owns a shard no more. */
  void ended(int number) {
    shards[number].owned = false;
    shards[number].beats = 0;
  }

  /** Another node says what it has said. */
  ReplicaAnswer heard(int number, ReplicaUpdate<String, String> update) {
    Shard shard = shards[number];
    ReplicaAnswer answer = shard.copy.apply(update);
    if (answer.outcome() == ReplicaAnswer.Outcome.APPLIED && shard.copy.isWhole()) {
      shard.copyTerm = SaidOnline.termOf(update.life());
    }
    return answer;
  }

  /** An owner that knows nothing yet of what was said before learns it now, if it is known; the answer is whether it was. */
  boolean passOn(int number) {
    Shard shard = shards[number];
    return shard.owned && shard.copy.isWhole() && shard.copyTerm < shard.ownTerm && shard.own.inherit(shard.copy.entries());
  }

  /** What this node says of a shard, or has said until a moment ago; null otherwise. */
  OnlineUsers latest(int number) {
    Shard shard = shards[number];
    return shard.owned || shard.isYoung() ? shard.own : null;
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
        } else if (shard.owned && shard.own.inheritNothing()) {
          touched.set(number);
        }
      }
    }
  }
}
