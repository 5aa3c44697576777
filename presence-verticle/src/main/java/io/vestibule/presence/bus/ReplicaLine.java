package io.vestibule.presence.bus;

import io.vertx.core.Future;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.contract.replica.ReplicaKind;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What one other node is told of shards: the updates of several in a message, one message under way. A source that has never been answered is told once even if it is empty, since the other node may
 * hold what an earlier owner had; after that an empty one costs nothing. One event loop.
 *
 * @param <K> keys
 * @param <V> values
 */
final class ReplicaLine<K, V> {
  /** Bytes of a message, about. */
  static final int MOST_BYTES = 256 << 10;

  /** What an update takes besides its entries, about. */
  private static final int FRAME_BYTES = 64;

  private static final int SHARDS = ShardKinds.PRESENCE.count();
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  /** A copy has to ask for the whole when it does not know the source yet; if it does again, the next beat is soon enough. */
  private static final int WHOLES_AT_ONCE = 2;

  private final ReplicaKind<K, V> kind;
  private final Way<K, V> way;
  private final PresenceMeters.Told meters;
  private final LongSupplier clockMs;
  private final BitSet due = new BitSet(SHARDS);
  private final BitSet beats = new BitSet(SHARDS);
  private final BitSet refused = new BitSet(SHARDS);
  private final byte[] wholesWanted = new byte[SHARDS];
  private int next;
  private int failures;
  private long pausedUntilMs = Long.MIN_VALUE;
  private boolean underWay;
  private boolean ended;

  /** An update of one shard, with where it comes from. */
  record Part<K, V>(int shard, ReplicaSource<K, V> source, ReplicaUpdate<K, V> update) {}

  /** From the shards of this node to the other node. */
  interface Way<K, V> {
    /** What the other node is to be told of a shard; null for nothing now. */
    ReplicaSource<K, V> source(int shard);

    /** The other node believes in another owner of a shard, and goes on to do so; see {@link ReplicaSource#outlived}. */
    void outlived(int shard, long life);

    /** Brings it there; fails when there is no answer in time. */
    Future<PresenceAnswers> carry(List<Part<K, V>> parts);
  }

  /**
   * Nothing to tell yet.
   *
   * @param clockMs a clock that never goes back
   */
  ReplicaLine(ReplicaKind<K, V> kind, Way<K, V> way, PresenceMeters.Told meters, LongSupplier clockMs) {
    this.kind = kind;
    this.way = way;
    this.meters = meters;
    this.clockMs = clockMs;
  }

  /** Of these shards there may be something to tell. */
  void due(BitSet some) {
    due.or(some);
  }

  /** It is time to look whether the other node has what it should have. */
  void beat() {
    beats.set(0, SHARDS);
  }

  /** Sends what is to be sent. */
  void flush() {
    if (underWay || ended || due.isEmpty() && beats.isEmpty() || clockMs.getAsLong() < pausedUntilMs) {
      return;
    }
    List<Part<K, V>> parts = new ArrayList<>();
    int room = MOST_BYTES;
    for (int looked = 0; looked < SHARDS && room > 0; looked++) {
      Part<K, V> part = take(next, room);
      next = (next + 1) % SHARDS;
      if (part != null) {
        parts.add(part);
        room -= FRAME_BYTES + part.update.changes().stream().mapToInt(entry -> kind.weight(entry.key(), entry.value())).sum();
      }
    }
    if (!parts.isEmpty()) {
      boolean full = room <= 0;
      underWay = true;
      way.carry(parts).onComplete(answers -> answered(parts, answers, full), thrown -> failed(parts));
    }
  }

  private Part<K, V> take(int shard, int room) {
    boolean beat = beats.get(shard);
    if (!beat && (refused.get(shard) || !due.get(shard))) {
      return null;
    }
    refused.clear(shard);
    beats.clear(shard);
    due.clear(shard);
    ReplicaSource<K, V> source = way.source(shard);
    if (source == null) {
      return null;
    }
    var update = beat && !source.entries().isEmpty() ? source.beat(room) : source.next(room);
    return update.map(taken -> new Part<>(shard, source, taken)).orElse(null);
  }

  /** Says nothing more: the other node is gone. */
  void end() {
    ended = true;
  }

  private void answered(List<Part<K, V>> parts, PresenceAnswers answers, boolean full) {
    if (answers.answers().size() != parts.size()) {
      failed(parts);
      return;
    }
    underWay = false;
    failures = 0;
    for (int i = 0; i < parts.size(); i++) {
      answered(parts.get(i), answers.answers().get(i));
    }
    // What did not fit goes at once, what has changed meanwhile with the next tick.
    if (full) {
      flush();
    }
  }

  private void answered(Part<K, V> part, ReplicaAnswer answer) {
    part.source.answered(part.update, answer);
    meters.answered(answer.outcome());
    if (answer.outcome() == Outcome.APPLIED) {
      wholesWanted[part.shard] = 0;
    }
    boolean atOnce = answer.outcome() == Outcome.APPLIED || answer.outcome() == Outcome.WHOLE_WANTED && ++wholesWanted[part.shard] < WHOLES_AT_ONCE;
    due.set(part.shard, due.get(part.shard) || atOnce && part.source.isDue());
    if (answer.outcome() == Outcome.NOT_MINE) {
      // Whoever is right is known by the next beat; until then the whole would be sent in vain with every change.
      refused.set(part.shard);
      part.source.outlived().ifPresent(life -> way.outlived(part.shard, life));
    }
  }

  /** It may have arrived or not; it is said again. */
  private void failed(List<Part<K, V>> parts) {
    underWay = false;
    meters.unanswered(parts.size());
    for (Part<K, V> part : parts) {
      part.source.unanswered(part.update);
      due.set(part.shard);
    }
    pausedUntilMs = clockMs.getAsLong() + Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures++, 10));
  }
}
