package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.LogImage;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.Slice;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Topic logs in the cluster's own memory: an entry for each shard, with one backup that is waited for. */
public final class HazelcastTopicLog implements TopicLog {
  private final GridCalls<ShardEntry> grid;
  private final String family;
  private final long shardBytes;

  /**
   * Logs in a running cluster.
   *
   * @param memory bytes of all logs together, backups not counted; the same on every node
   * @param deadline of each call
   */
  public HazelcastTopicLog(Vertx vertx, HazelcastInstance hazelcast, long memory, Duration deadline) {
    this(vertx, hazelcast, "shard/", memory, deadline);
  }

  /**
   * Logs apart from all others.
   *
   * @param family what the names of its shards begin with
   */
  HazelcastTopicLog(Vertx vertx, HazelcastInstance hazelcast, String family, long memory, Duration deadline) {
    this.family = family;
    this.grid = new GridCalls<>(vertx, hazelcast, HazelcastSettings.LOGS_MAP, deadline);
    this.shardBytes = memory / SHARDS;
  }

  @Override
  public Future<Appended> append(Append append) {
    return call(TopicLog.shardOf(append.topic()), new ShardCall.Add(append, newLineage(), shardBytes)).map(answer -> {
      if (answer.length == 0) {
        throw new OvertakenException(append);
      }
      return ShardAnswer.appended(answer);
    });
  }

  @Override
  public Future<Slice> read(ReadRequest request) {
    return call(TopicLog.shardOf(request.topic()), new ShardCall.Read(request)).map(ShardAnswer::slice);
  }

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    return call(shard, new ShardCall.Look(lineage, since, most, newLineage())).map(ShardAnswer::moved);
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset) {
    return call(TopicLog.shardOf(topic), new ShardCall.Renew(topic, epoch, offset, DurableTopics.anotherEpoch())).map(answer -> answer[0] == 1);
  }

  /** All of a log but its messages; null if there is none. */
  Future<LogImage> outline(String topic) {
    return call(TopicLog.shardOf(topic), new ShardCall.Outline(topic)).map(ShardEntry::image);
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

  private Future<byte[]> call(int shard, ShardCall call) {
    return grid.call(family + shard, new ShardProcessor(call));
  }
}
