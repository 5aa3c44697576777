package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import java.util.List;

/**
 * The logs of all durable topics, shared by the gateways of the cluster. Every call has a deadline, and completes on the context of the caller; it fails with whatever the store says, or with a
 * {@link java.util.concurrent.TimeoutException}. Thread-safe.
 */
public interface TopicLog {
  /** How many shards topics are spread over; the same in every node and version. */
  int SHARDS = 64;

  /** Where a topic is. */
  static int shardOf(String topic) {
    return Math.floorMod(topic.hashCode() * 0x9E3779B9 >>> 8, SHARDS);
  }

  /**
   * Stores messages at the end of a log, as many of them as they are or none. An append that failed may have been stored; it may be repeated as it is.
   *
   * @return where they are; fails with {@link io.vestibule.gateway.log.core.OvertakenException} after a later append of the writer
   */
  Future<Appended> append(Append append);

  /**
   * Somebody has heard how far a shard has come.
   *
   * @param version that it has given
   */
  default void heard(int shard, long lineage, long version) {
    // It knows for itself.
  }

  /** Reads a part of a log. */
  Future<Slice> read(ReadRequest request);

  /**
   * Tells which logs of a shard moved, in the order of their versions.
   *
   * @param lineage of the shard when the version was told; 0 if none was
   * @param since the version that is known
   * @param most heads
   */
  Future<Moved> moved(int shard, long lineage, long since, int most);

  /**
   * Tells which logs of a shard moved at a time or later, those that moved last first.
   *
   * @param sinceMs Unix milliseconds
   * @param most heads
   */
  Future<Moved> movedSince(int shard, long sinceMs, int most);

  /**
   * Moves cursors onwards, of topics of one shard. It may be repeated.
   *
   * @param nowMs Unix milliseconds
   * @return where each is now; -1 where there is no log of that epoch that reaches so far
   */
  Future<long[]> move(int shard, List<CursorMove> moves, long nowMs);

  /** Reads what comes after a cursor. */
  Future<CursorSlice> read(CursorRead request);

  /** The cursors of a log, those among them that are over; in no order. */
  Future<List<Cursor>> cursors(String topic);

  /**
   * Begins a new epoch, if the log ends before an offset of the epoch that somebody knows to have been given.
   *
   * @param known how far the shard is known to have been: if it is not, all its logs do so
   * @return whether there is one
   */
  Future<Boolean> renew(String topic, long epoch, long offset, ShardPlace known);

  /** The same, by somebody who knows nothing of the shard. */
  default Future<Boolean> renew(String topic, long epoch, long offset) {
    return renew(topic, epoch, offset, ShardPlace.UNKNOWN);
  }

  /** How the store is, for health and metrics. */
  Condition condition();

  /** Ends what it runs. */
  Future<Void> close();

  /**
   * How a store is.
   *
   * @param state {@code ok}, {@code degraded} or {@code down}
   * @param durability what a message survives: {@code memory} or {@code redis}
   */
  record Condition(String state, String durability, String detail) {}
}
