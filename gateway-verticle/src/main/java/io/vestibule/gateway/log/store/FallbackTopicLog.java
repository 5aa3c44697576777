package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Majority;
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
import io.vestibule.gateway.log.core.StoreChoice;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Logs in Redis, and in the memory of the cluster while Redis is lost to most of its gateways. Which of the two counts is one {@link StoreChoice} for the whole cluster, in the grid; a node acknowledges
 * nothing that it cannot relate to the choice as it was told within the last seconds, so there is never more than one that anything is acknowledged in. See docs/decisions/0010-two-log-stores.md.
 */
public final class FallbackTopicLog implements TopicLog {
  /**
   * What it has to know of the cluster.
   *
   * @param node this one
   * @param gateways that there are
   * @param decides whether this node sees the cluster, or as much of it as may act for it
   * @param majority a member that sees less of its cluster neither stores nor tells anything
   * @param brought is told how many messages were brought to Redis
   */
  public record Surroundings(String node, Supplier<Set<String>> gateways, BooleanSupplier decides, Majority majority, IntConsumer brought) {}

  private record Memory(long term, HazelcastTopicLog log) {}

  private final RedisTopicLog redis;
  private final Function<Long, HazelcastTopicLog> memories;
  private final Surroundings surroundings;
  private final StoreChooser chooser;
  /** How far Redis was: if it comes back and is not, everything there goes on in other epochs. */
  private final ShardPlaces inRedis = new ShardPlaces();
  private Memory memory;

  /**
   * Two stores as one; closes both.
   *
   * @param memory bytes of all logs together
   * @param redisTimeout of a command
   * @param deadline of a call to the memory of the cluster
   */
  public FallbackTopicLog(Vertx vertx, HazelcastInstance hazelcast, RedisTopicLog redis, Surroundings surroundings, long memory, Duration redisTimeout, Duration deadline) {
    this.redis = redis;
    this.surroundings = surroundings;
    this.memories = term -> new HazelcastTopicLog(vertx, hazelcast, "fallback/" + term + "/", memory, surroundings.majority, deadline);
    this.chooser = new StoreChooser(vertx, hazelcast, surroundings, redis::probe, this::bring, redisTimeout);
    redis.fence(() -> {
      StoreChoice choice = choice();
      return choice == null ? 0 : choice.term();
    });
    chooser.start();
  }

  @Override
  public Future<Appended> append(Append append) {
    int shard = TopicLog.shardOf(append.topic());
    return counted(log -> log == redis ? log.append(append).onSuccess(done -> inRedis.heard(shard, done)) : log.append(append));
  }

  @Override
  public Future<Slice> read(ReadRequest request) {
    return counted(log -> log.read(request));
  }

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    return counted(log -> log == redis ? log.moved(shard, lineage, since, most).onSuccess(moved -> inRedis.heard(shard, moved)) : log.moved(shard, lineage, since, most));
  }

  @Override
  public void heard(int shard, long lineage, long version) {
    if (inRedis.of(shard).lineage() == lineage) {
      inRedis.heard(shard, lineage, version);
    }
  }

  @Override
  public Future<Moved> movedSince(int shard, long sinceMs, int most) {
    return counted(log -> log.movedSince(shard, sinceMs, most));
  }

  @Override
  public Future<long[]> move(int shard, List<CursorMove> moves, long nowMs) {
    return counted(log -> log.move(shard, moves, nowMs));
  }

  @Override
  public Future<CursorSlice> read(CursorRead request) {
    return counted(log -> log.read(request));
  }

  @Override
  public Future<List<Cursor>> cursors(String topic) {
    return counted(log -> log.cursors(topic));
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset, ShardPlace known) {
    return counted(log -> log.renew(topic, epoch, offset, known));
  }

  /** Asks the store that counts; what it answers when it does not count any more, or nobody here knows, is not believed. */
  private <T> Future<T> counted(Function<TopicLog, Future<T>> call) {
    StoreChoice choice = chooser.believed();
    TopicLog log = choice == null ? null : logOf(choice);
    if (log == null) {
      return Future.failedFuture(new StoreLeftException());
    }
    return call.apply(log).transform(done -> {
      if (!chooser.stillIn(choice.term(), done.cause())) {
        return Future.failedFuture(new StoreLeftException());
      }
      return done.succeeded() ? Future.succeededFuture(done.result()) : Future.failedFuture(done.cause());
    });
  }

  /** The store that counts; null where none does. */
  private TopicLog logOf(StoreChoice choice) {
    return switch (choice.phase()) {
      case REDIS -> redis;
      case MEMORY -> memory(choice.term());
      case LEAVING, RETURNING -> null;
    };
  }

  private synchronized HazelcastTopicLog memory(long term) {
    if (memory == null || memory.term != term) {
      memory = new Memory(term, memories.apply(term));
    }
    return memory.log;
  }

  /** Brings to Redis what it is owed. */
  private Future<Void> bring(StoreChoice choice) {
    StoreReturn back = new StoreReturn(redis, inRedis, choice.term(), () -> chooser.isIn(choice), surroundings.brought, surroundings.majority.isRequired());
    return Repeated.each(choice.owed().iterator(), keptIn -> back.bring(memories.apply(keptIn), keptIn));
  }

  /** What counts, as was told last; null before. */
  StoreChoice choice() {
    return chooser.told();
  }

  @Override
  public Condition condition() {
    StoreChoice choice = chooser.believed();
    if (choice == null) {
      return new Condition("down", "memory", "it cannot be found out which store counts");
    }
    return switch (choice.phase()) {
      case REDIS -> redis.condition();
      case LEAVING -> new Condition("down", "redis", "redis is lost, and the memory of the cluster takes over in a moment");
      case MEMORY -> new Condition("degraded", "memory", "redis is lost, the memory of the cluster counts");
      case RETURNING -> new Condition("down", "memory", "redis is back, and gets what it missed");
    };
  }

  @Override
  public Future<Void> close() {
    chooser.close();
    return redis.close();
  }
}
