package io.vestibule.presence.bus;

import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.PresenceNews;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.presence.core.ShardRooms;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What one gateway is told: the updates of several shards in a message, one message under way. A source that has never been answered is told once, whatever the gateway watches: it may hold the view of an
 * earlier owner. After that one whose gateway watches nothing costs nothing. One event loop.
 */
final class NewsLine {
  /** Bytes of a message, about. */
  static final int MOST_BYTES = 256 << 10;

  /** What an update takes besides its entries, about. */
  private static final int FRAME_BYTES = 64;

  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  /** A copy has to ask for the whole when it does not know the source yet; if it does again, the next beat is soon enough. */
  private static final int WHOLES_AT_ONCE = 2;

  private final String gateway;
  private final OwnedShards shards;
  private final Gateways gateways;
  private final PresenceMeters meters;
  private final LongSupplier clockMs;
  private final BitSet due = new BitSet();
  private final BitSet beats = new BitSet();
  private final byte[] wholesWanted;
  private int next;
  private int failures;
  private long pausedUntilMs = Long.MIN_VALUE;
  private boolean underWay;
  private boolean ended;

  private record Part(int shard, ReplicaSource<PresenceKey, Known> source, ReplicaUpdate<PresenceKey, Known> update) {}

  /**
   * Nothing to tell yet.
   *
   * @param clockMs a clock that never goes back
   */
  NewsLine(String gateway, OwnedShards shards, int shardCount, Gateways gateways, PresenceMeters meters, LongSupplier clockMs) {
    this.gateway = gateway;
    this.shards = shards;
    this.gateways = gateways;
    this.meters = meters;
    this.clockMs = clockMs;
    this.wholesWanted = new byte[shardCount];
  }

  /** Of these shards there may be something to tell. */
  void due(BitSet some) {
    due.or(some);
  }

  /** It is time to look whether the gateway has what it should have. */
  void beat() {
    beats.set(0, wholesWanted.length);
  }

  /** Sends what is to be sent. */
  void flush() {
    if (underWay || ended || due.isEmpty() && beats.isEmpty() || clockMs.getAsLong() < pausedUntilMs) {
      return;
    }
    List<Part> parts = new ArrayList<>();
    int room = MOST_BYTES;
    for (int looked = 0; looked < wholesWanted.length && room > 0; looked++) {
      int shard = next;
      next = (next + 1) % wholesWanted.length;
      Part part = take(shard, room);
      if (part != null) {
        parts.add(part);
        room -= FRAME_BYTES + part.update.changes().stream().mapToInt(entry -> PresenceKinds.NEWS.weight(entry.key(), entry.value())).sum();
      }
    }
    if (!parts.isEmpty()) {
      send(parts, room <= 0);
    }
  }

  private Part take(int shard, int room) {
    boolean beat = beats.get(shard);
    if (!beat && !due.get(shard)) {
      return null;
    }
    beats.clear(shard);
    due.clear(shard);
    ShardRooms rooms = shards.current(shard);
    var source = rooms == null ? null : rooms.newsFor(gateway);
    if (source == null) {
      return null;
    }
    var update = beat && !source.entries().isEmpty() ? source.beat(room) : source.next(room);
    return update.map(taken -> new Part(shard, source, taken)).orElse(null);
  }

  private void send(List<Part> parts, boolean full) {
    underWay = true;
    var news = new PresenceNews(parts.stream().map(part -> new PresenceNews.Shard(part.shard, part.update)).toList());
    gateways.tell(gateway, news).onComplete(answers -> answered(parts, answers, full), thrown -> failed(parts));
  }

  /** Says nothing more: the gateway is gone. */
  void end() {
    ended = true;
  }

  private void answered(List<Part> parts, PresenceAnswers answers, boolean full) {
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

  private void answered(Part part, ReplicaAnswer answer) {
    part.source.answered(part.update, answer);
    meters.told(answer.outcome());
    if (answer.outcome() == Outcome.APPLIED) {
      wholesWanted[part.shard] = 0;
    }
    boolean atOnce = answer.outcome() == Outcome.APPLIED || answer.outcome() == Outcome.WHOLE_WANTED && ++wholesWanted[part.shard] < WHOLES_AT_ONCE;
    due.set(part.shard, due.get(part.shard) || atOnce && part.source.isDue());
  }

  /** It may have arrived or not; it is said again. */
  private void failed(List<Part> parts) {
    underWay = false;
    meters.untold(parts.size());
    for (Part part : parts) {
      part.source.unanswered(part.update);
      due.set(part.shard);
    }
    pausedUntilMs = clockMs.getAsLong() + Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures++, 10));
  }
}
