package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.gateway.log.DurableTopics;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardLog;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Topic logs in this JVM's memory, for tests of what stands on them; calls can be made to fail, before they are done or after. */
public final class MemoryTopicLog implements TopicLog {
  private final Vertx vertx;
  private final ShardLog[] shards = IntStream.range(0, SHARDS).mapToObj(shard -> new ShardLog(2L * shard + 1)).toArray(ShardLog[]::new);
  private final AtomicIntegerArray looks = new AtomicIntegerArray(SHARDS);
  /** How many of the next appends fail, before anything is stored. */
  public final AtomicInteger refusing = new AtomicInteger();
  /** How many of the next appends are stored, and fail all the same. */
  public final AtomicInteger forgetting = new AtomicInteger();

  /** Whether nothing can be read. */
  public final AtomicBoolean unreadable = new AtomicBoolean();
  /** How often each topic was read, not counting what has not looked at the log yet: what is stored from then on is not in it. */
  public final Map<String, Integer> reads = new ConcurrentHashMap<>();
  /** How many of the next moves of cursors fail, before anything is moved. */
  public final AtomicInteger refusingMoves = new AtomicInteger();

  public MemoryTopicLog(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Future<Appended> append(Append append) {
    if (refusing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return call(() -> {
        throw new IllegalStateException("refused, as the test wants it");
      });
    }
    boolean forgets = forgetting.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    return call(() -> shard(append.topic()).append(append, 1L << 30)).compose(done ->
        forgets ? Future.failedFuture("stored, and the answer is lost, as the test wants it") : Future.succeededFuture(done));
  }

  @Override
  public Future<Slice> read(ReadRequest request) {
    boolean fails = unreadable.get();
    Future<Void> goesOn = answering;
    return call(() -> {
      reads.merge(request.topic(), 1, Integer::sum);
      if (fails) {
        throw new IllegalStateException("unreadable, as the test wants it");
      }
      return shard(request.topic()).read(request);
    }).compose(goesOn::map);
  }

  /** What the answer of a read waits for that begins now. */
  public volatile Future<Void> answering = Future.succeededFuture();

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    looks.incrementAndGet(shard);
    return call(() -> shards[shard].moved(lineage, since, most));
  }

  /** What a look at what moved waits for. */
  public volatile Future<Void> looking = Future.succeededFuture();

  @Override
  public Future<Moved> movedSince(int shard, long sinceMs, int most) {
    return looking.compose(goesOn -> movedNow(shard, sinceMs, most));
  }

  private Future<Moved> movedNow(int shard, long sinceMs, int most) {
    if (unreadable.get()) {
      return call(() -> {
        throw new IllegalStateException("unreadable, as the test wants it");
      });
    }
    return call(() -> shards[shard].movedSince(sinceMs, most));
  }

  /** Everything works from now on. */
  public void heal() {
    refusing.set(0);
    forgetting.set(0);
    refusingMoves.set(0);
    unreadable.set(false);
    answering = Future.succeededFuture();
    looking = Future.succeededFuture();
  }

  /** Whether each shard was asked so often what moved. */
  public boolean wasAsked(int times) {
    return IntStream.range(0, SHARDS).allMatch(shard -> looks.get(shard) >= times);
  }

  /** How often the shards were asked what moved, all together. */
  public long looks() {
    return IntStream.range(0, SHARDS).mapToLong(looks::get).sum();
  }

  @Override
  public Future<long[]> move(int shard, List<CursorMove> moves, long nowMs) {
    boolean refuses = refusingMoves.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    return call(() -> {
      if (refuses) {
        throw new IllegalStateException("not moved, as the test wants it");
      }
      return shards[shard].move(moves, nowMs, 1L << 30);
    });
  }

  @Override
  public Future<CursorSlice> read(CursorRead request) {
    if (unreadable.get()) {
      return call(() -> {
        throw new IllegalStateException("unreadable, as the test wants it");
      });
    }
    return call(() -> shard(request.topic()).read(request));
  }

  @Override
  public Future<List<Cursor>> cursors(String topic) {
    if (unreadable.get()) {
      return call(() -> {
        throw new IllegalStateException("unreadable, as the test wants it");
      });
    }
    return call(() -> shard(topic).cursors(topic));
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset, ShardPlace known) {
    return call(() -> shard(topic).renew(topic, epoch, offset, DurableTopics.renewedEpoch(), known));
  }

  @Override
  public Condition condition() {
    return new Condition("ok", "memory", "of a test");
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /** Everything is gone, as from a Redis that was restarted without its file. */
  public synchronized void lose() {
    for (int shard = 0; shard < SHARDS; shard++) {
      shards[shard] = new ShardLog(shards[shard].lineage() + 2 * SHARDS);
    }
  }

  /** What is stored now, to be {@link #restore restored} later. */
  public synchronized List<ShardLog> copy() {
    return Stream.of(shards).map(shard -> new ShardLog(shard.lineage(), shard.version(), shard.clockMs(), 0, shard.images())).toList();
  }

  /** As from a backup: what was stored since the copy never was. */
  public synchronized void restore(List<ShardLog> copy) {
    copy.toArray(shards);
  }

  private ShardLog shard(String topic) {
    return shards[TopicLog.shardOf(topic)];
  }

  /** Answers later, as a real one does. */
  private <T> Future<T> call(Callable<T> call) {
    return vertx.timer(1).compose(waited -> {
      synchronized (this) {
        try {
          return Future.succeededFuture(call.call());
        } catch (Exception thrown) {
          return Future.failedFuture(thrown);
        }
      }
    });
  }
}
