package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.LogImage;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Topic logs in the cluster's own memory: an entry for each shard, with one backup that is waited for. */
public final class HazelcastTopicLog implements TopicLog {
  private static final long AGAIN_MS = 100;

  private final GridCalls<ShardEntry> grid;
  private final HazelcastInstance hazelcast;
  private final String family;
  private final long shardBytes;
  private final Majority majority;
  private final Duration deadline;

  /**
   * Logs in a running cluster.
   *
   * @param memory bytes of all logs together, backups not counted; the same on every node
   * @param majority a member that sees less of its cluster neither stores nor tells anything
   * @param deadline of each call
   */
  public HazelcastTopicLog(Vertx vertx, HazelcastInstance hazelcast, long memory, Majority majority, Duration deadline) {
    this(vertx, hazelcast, "shard/", memory, majority, deadline);
  }

  /**
   * Logs apart from all others, which are kept for a while only.
   *
   * @param family what the names of its shards begin with
   */
  HazelcastTopicLog(Vertx vertx, HazelcastInstance hazelcast, String family, long memory, Majority majority, Duration deadline) {
    this.family = family;
    this.grid = new GridCalls<>(vertx, hazelcast, HazelcastSettings.LOGS_MAP, deadline);
    this.hazelcast = hazelcast;
    this.shardBytes = memory / SHARDS;
    this.majority = majority;
    this.deadline = deadline;
  }

  @Override
  public Future<Appended> append(Append append) {
    return call(TopicLog.shardOf(append.topic()), new ShardCall.Add(append, newLineage(), shardBytes)).map(answer -> {
      if (answer.length == 0) {
        throw new OvertakenException(append);
      }
      // It may have no backup where somebody has left meanwhile; repeated, it gets one.
      if (isUnsettled()) {
        throw new MinorityException();
      }
      return ShardAnswer.appended(answer);
    });
  }

  @Override
  public Future<Slice> read(ReadRequest request) {
    return told(TopicLog.shardOf(request.topic()), new ShardCall.Read(request)).map(ShardAnswer::slice);
  }

  @Override
  public Future<Moved> movedSince(int shard, long sinceMs, int most) {
    return told(shard, new ShardCall.LookBack(sinceMs, most)).map(ShardAnswer::moved);
  }

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    return told(shard, new ShardCall.Look(lineage, since, most, newLineage())).map(ShardAnswer::moved);
  }

  @Override
  public Future<long[]> move(int shard, List<CursorMove> moves, long nowMs) {
    return call(shard, new ShardCall.Move(moves, nowMs, shardBytes)).map(ShardAnswer::places);
  }

  @Override
  public Future<CursorSlice> read(CursorRead request) {
    return told(TopicLog.shardOf(request.topic()), new ShardCall.ReadOn(request)).map(ShardAnswer::cursorSlice);
  }

  @Override
  public Future<List<Cursor>> cursors(String topic) {
    return told(TopicLog.shardOf(topic), new ShardCall.ReadCursors(topic)).map(ShardAnswer::cursors);
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset, ShardPlace known) {
    return call(TopicLog.shardOf(topic), new ShardCall.Renew(topic, epoch, offset, DurableTopics.renewedEpoch(), known)).map(answer -> answer[0] == 1);
  }

  /** All of a log but its messages; null if there is none. */
  Future<LogImage> outline(String topic) {
    return told(TopicLog.shardOf(topic), new ShardCall.Outline(topic)).map(ShardEntry::image);
  }

  /** Forgets a shard. */
  Future<Void> drop(int shard) {
    return call(shard, new ShardCall.Drop()).mapEmpty();
  }

  /** What a shard may take. */
  long shardBytes() {
    return shardBytes;
  }

  @Override
  public Condition condition() {
    return new Condition("ok", "memory", "in the memory of the cluster");
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  private static long newLineage() {
    return Lineage.ofNew(ThreadLocalRandom.current().nextLong());
  }

  /** What a shard tells may be in no backup where somebody has left meanwhile: it is asked again, until that is known or the time is over. */
  private Future<byte[]> told(int shard, ShardCall call) {
    long giveUp = System.nanoTime() + deadline.toNanos();
    return told(shard, call, giveUp);
  }

  private Future<byte[]> told(int shard, ShardCall call, long giveUpNanos) {
    return call(shard, call).compose(answer -> {
      if (!Arrays.equals(answer, ShardAnswer.UNSETTLED) && !isUnsettled()) {
        return Future.succeededFuture(answer);
      }
      long leftMs = TimeUnit.NANOSECONDS.toMillis(giveUpNanos - System.nanoTime());
      return leftMs <= AGAIN_MS ? Future.failedFuture(new MinorityException())
          : grid.vertx().timer(AGAIN_MS, TimeUnit.MILLISECONDS).compose(waited -> told(shard, call, giveUpNanos)).timeout(leftMs, TimeUnit.MILLISECONDS);
    });
  }

  private boolean isUnsettled() {
    return Quorum.of(hazelcast, majority).refuses(true);
  }

  private Future<byte[]> call(int shard, ShardCall call) {
    return grid.call(family + shard, new ShardProcessor(call, majority)).map(answer -> {
      if (Arrays.equals(answer, ShardAnswer.MINORITY)) {
        throw new MinorityException();
      }
      return answer;
    });
  }
}
