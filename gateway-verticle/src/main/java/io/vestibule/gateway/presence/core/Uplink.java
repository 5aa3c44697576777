package io.vestibule.gateway.presence.core;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What this node states, on its way to the owners of the shards: one message under way to each owner, which speaks of several shards, and the next one {@value #GATHER_MS} ms later at the earliest; what
 * changes meanwhile goes along. Every two seconds an owner hears of each of its shards, of those without anybody too: it answers nobody before it has heard all gateways. One thread; time is an argument.
 */
public final class Uplink {
  /** From one message to the next. */
  public static final long GATHER_MS = 20;

  static final long BEAT_MS = 2_000;
  static final int MESSAGE_BYTES = 256 << 10;

  private final String self;
  private final Shard[] shards = new Shard[ShardKinds.PRESENCE.count()];
  private final Map<String, Lane> lanes = new HashMap<>();

  /** Brings a message to a node. */
  public interface Road {
    /** Sends it; what becomes of it is told by {@link #answered} or {@link #failed}. */
    void send(String owner, PresenceStatements message);
  }

  private static final class Shard {
    final int number;
    final ReplicaSource<PresenceKey, Statement> source;
    final Backoff backoff = new Backoff();
    String owner;

    Shard(int number, long life) {
      this.number = number;
      this.source = new ReplicaSource<>(PresenceKinds.STATEMENTS, life);
    }
  }

  /** To one owner. */
  private static final class Lane {
    final Backoff backoff = new Backoff();
    final List<Shard> shards = new ArrayList<>();
    PresenceStatements underWay;
    long notBeforeMs = Long.MIN_VALUE;
    long beatAtMs = Long.MIN_VALUE;
    int first;

    long departsAtMs() {
      return Math.max(notBeforeMs, backoff.notBeforeMs());
    }
  }

  /**
   * Nothing is stated yet.
   *
   * @param self the node id of this gateway
   * @param life higher than that of each earlier one with this node id
   */
  public Uplink(String self, long life) {
    this.self = self;
    for (int i = 0; i < shards.length; i++) {
      shards[i] = new Shard(i, life);
    }
  }

  /**
   * States something.
   *
   * @param statement null where nothing is to be said of the key any more
   */
  public void state(PresenceKey key, Statement statement) {
    ReplicaSource<PresenceKey, Statement> source = shards[ShardKinds.PRESENCE.shardOf(key.topic())].source;
    if (statement == null) {
      source.remove(key);
    } else {
      source.put(key, statement);
    }
  }

  /** The owners as they are seen now. A shard's new one has to be told everything. */
  public void ownersAre(IntFunction<Optional<String>> owners) {
    Map<String, Lane> before = new HashMap<>(lanes);
    lanes.clear();
    for (Shard shard : shards) {
      String owner = owners.apply(shard.number).orElse(null);
      if (!Objects.equals(owner, shard.owner)) {
        shard.owner = owner;
        shard.source.restart();
        shard.backoff.worked();
      }
      if (owner != null) {
        lane(owner, before).shards.add(shard);
      }
    }
  }

  private Lane lane(String owner, Map<String, Lane> before) {
    return lanes.computeIfAbsent(owner, id -> {
      Lane lane = before.getOrDefault(id, new Lane());
      lane.shards.clear();
      lane.first = 0;
      return lane;
    });
  }

  /**
   * Sends what can be sent.
   *
   * @return when to look again, if nothing happens before
   */
  public long proceed(long nowMs, Road road) {
    long next = nowMs + BEAT_MS;
    for (Map.Entry<String, Lane> entry : lanes.entrySet()) {
      Lane lane = entry.getValue();
      if (lane.underWay == null) {
        if (lane.departsAtMs() <= nowMs) {
          depart(entry.getKey(), lane, nowMs, road);
        }
        if (lane.underWay == null) {
          next = Math.min(next, nextOf(lane, nowMs));
        }
      }
    }
    return next;
  }

  private void depart(String owner, Lane lane, long nowMs, Road road) {
    boolean beats = lane.beatAtMs <= nowMs;
    var updates = new ArrayList<PresenceStatements.Shard>();
    int bytes = 0;
    int looked = 0;
    // From where the last message had no room on, so that a busy shard starves no other.
    for (; looked < lane.shards.size() && bytes < MESSAGE_BYTES; looked++) {
      Shard shard = lane.shards.get((lane.first + looked) % lane.shards.size());
      if (shard.backoff.notBeforeMs() <= nowMs) {
        int room = MESSAGE_BYTES - bytes;
        Optional<ReplicaUpdate<PresenceKey, Statement>> update = beats ? shard.source.beat(room) : shard.source.next(room);
        if (update.isPresent()) {
          updates.add(new PresenceStatements.Shard(shard.number, update.get()));
          bytes += weightOf(update.get());
        }
      }
    }
    lane.first = (lane.first + looked) % lane.shards.size();
    if (beats && looked == lane.shards.size()) {
      lane.beatAtMs = nowMs + BEAT_MS;
    }
    if (!updates.isEmpty()) {
      lane.underWay = new PresenceStatements(self, updates);
      lane.notBeforeMs = nowMs + GATHER_MS;
      road.send(owner, lane.underWay);
    }
  }

  private static int weightOf(ReplicaUpdate<PresenceKey, Statement> update) {
    int bytes = 0;
    for (ReplicaUpdate.Entry<PresenceKey, Statement> entry : update.changes()) {
      bytes += PresenceKinds.STATEMENTS.weight(entry.key(), entry.value());
    }
    return bytes;
  }

  private static long nextOf(Lane lane, long nowMs) {
    long next = Math.max(nowMs, lane.beatAtMs);
    for (Shard shard : lane.shards) {
      if (shard.source.isDue()) {
        next = Math.min(next, Math.max(nowMs, shard.backoff.notBeforeMs()));
      }
    }
    return Math.max(next, lane.departsAtMs());
  }

  /** An owner has answered. */
  public void answered(String owner, PresenceStatements message, PresenceAnswers answers, long nowMs) {
    if (answers.answers().size() != message.shards().size()) {
      failed(owner, message, nowMs);
      return;
    }
    Lane lane = lanes.get(owner);
    if (lane == null || lane.underWay != message) {
      return;
    }
    lane.underWay = null;
    lane.backoff.worked();
    for (int i = 0; i < message.shards().size(); i++) {
      Shard shard = shards[message.shards().get(i).number()];
      ReplicaAnswer answer = answers.answers().get(i);
      // One that has another owner meanwhile does not take it for its answer.
      shard.source.answered(message.shards().get(i).update(), answer);
      if (answer.outcome() == Outcome.NOT_MINE && owner.equals(shard.owner)) {
        shard.backoff.failed(nowMs);
      } else {
        shard.backoff.worked();
      }
    }
  }

  /** No answer came in time, or none that makes sense. */
  public void failed(String owner, PresenceStatements message, long nowMs) {
    Lane lane = lanes.get(owner);
    if (lane == null || lane.underWay != message) {
      return;
    }
    lane.underWay = null;
    lane.backoff.failed(nowMs);
    message.shards().forEach(said -> shards[said.number()].source.unanswered(said.update()));
  }

  /** Entries that are stated now. */
  public int size() {
    int size = 0;
    for (Shard shard : shards) {
      size += shard.source.entries().size();
    }
    return size;
  }
}
