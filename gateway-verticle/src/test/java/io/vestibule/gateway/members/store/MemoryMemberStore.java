package io.vestibule.gateway.members.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed;
import io.vestibule.gateway.members.core.Pair;
import io.vestibule.gateway.members.core.ShardMembers;
import io.vestibule.gateway.members.core.Word;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Members in this JVM's memory, for tests of what stands on them; it can be lost. */
public final class MemoryMemberStore implements MemberStore {
  private static final long SHARD_BYTES = 1 << 20;

  private final Vertx vertx;
  private final ShardMembers[] shards = IntStream.range(0, SHARDS).mapToObj(shard -> new ShardMembers()).toArray(ShardMembers[]::new);
  /** Whether it cannot be reached. */
  public final AtomicBoolean down = new AtomicBoolean();

  public MemoryMemberStore(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Future<Changed> change(Change change) {
    return call(() -> shards[MemberStore.shardOf(change.topic())].change(change, SHARD_BYTES));
  }

  @Override
  public Future<List<Word>> look(int shard, List<Pair> pairs) {
    return call(() -> shards[shard].look(pairs));
  }

  @Override
  public Future<Map<String, Word>> roster(String topic) {
    return call(() -> shards[MemberStore.shardOf(topic)].roster(topic));
  }

  @Override
  public Future<List<Changed.Room>> hint(int shard, List<Pair> pairs) {
    return call(() -> shards[shard].hint(pairs, SHARD_BYTES));
  }

  @Override
  public Future<Void> unhint(int shard, List<Pair> pairs) {
    return call(() -> {
      shards[shard].unhint(pairs);
      return null;
    });
  }

  @Override
  public Future<List<List<String>>> hinted(int shard, List<String> users) {
    return call(() -> shards[shard].hinted(users));
  }

  @Override
  public Future<Long> bytes(int shard) {
    return call(() -> shards[shard].bytes());
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /** Answers later, as a real one does. */
  private <T> Future<T> call(Callable<T> call) {
    return vertx.timer(1).compose(waited -> {
      synchronized (this) {
        try {
          if (down.get()) {
            throw new IllegalStateException("down, as the test wants it");
          }
          return Future.succeededFuture(call.call());
        } catch (Exception thrown) {
          return Future.failedFuture(thrown);
        }
      }
    });
  }
}
