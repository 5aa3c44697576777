package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.LogImage;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.ReadRequest.From;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.Slice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Brings to Redis what was kept in the memory of the cluster while it was lost: each log that got something there goes on in Redis in a new epoch, with what Redis has of it before, and that behind it. What
 * is in both (an append whose answer was lost with Redis, and that was repeated) is there once. Every step may be done again, also by another node at the same time, and does the same.
 */
final class StoreReturn {
  private static final int PAGE = 128;
  private static final int PAGE_BYTES = 256 << 10;
  private static final int HEADS = 500;

  /** What was sent to Redis and repeated elsewhere is not older than that; an append is repeated for some seconds at most. */
  private static final long REPEATED_MS = 60_000;

  private final RedisTopicLog redis;
  private final ShardPlaces known;
  private final long term;
  private final BooleanSupplier goesOn;
  private final IntConsumer brought;
  private final boolean guarded;

  /**
   * A return.
   *
   * @param known how far Redis is known to have been
   * @param term in which Redis gets it
   * @param goesOn whether the term still holds; asked before each step
   * @param brought is told how many messages were
   * @param guarded whether the memory takes nothing from a part of the cluster that is not its majority: then what was brought once is old wherever it is met again
   */
  StoreReturn(RedisTopicLog redis, ShardPlaces known, long term, BooleanSupplier goesOn, IntConsumer brought, boolean guarded) {
    this.redis = redis;
    this.known = known;
    this.term = term;
    this.goesOn = goesOn;
    this.brought = brought;
    this.guarded = guarded;
  }

  /**
   * Brings back what was kept in one term, and forgets it where it was.
   *
   * @param keptIn that term
   */
  Future<Void> bring(HazelcastTopicLog memory, long keptIn) {
    return Repeated.each(IntStream.range(0, TopicLog.SHARDS).iterator(), shard -> shard(memory, keptIn, shard));
  }

  private Future<Void> shard(HazelcastTopicLog memory, long keptIn, int shard) {
    return step(() -> memory.moved(shard, 0, 0, HEADS))
        .compose(first -> redis.anew(shard, anew(memory, keptIn, shard, first))
            .compose(news -> news ? logs(memory, keptIn, shard, first).compose(done -> redis.brought(shard, term, first.lineage())) : Future.succeededFuture()))
        .compose(done -> memory.drop(shard));
  }

  private RedisTopicLog.Anew anew(HazelcastTopicLog memory, long keptIn, int shard, Moved first) {
    long lineage = Lineage.ofJoined(mixed(term, shard));
    return new RedisTopicLog.Anew(term, keptIn, lineage, epoch(mixed(keptIn, ~shard)), isCertain(first, memory), guarded ? first.lineage() : 0, known.of(shard));
  }

  private Future<Void> logs(HazelcastTopicLog memory, long keptIn, int shard, Moved first) {
    return Repeated.through(first, page -> Repeated.each(page.heads().iterator(), head -> topic(memory, keptIn, head.topic()))
        .compose(all -> page.heads().size() < HEADS ? Future.succeededFuture() : step(() -> memory.moved(shard, page.lineage(), page.version(), HEADS))));
  }

  /** A shard that was full may have forgotten that it had a log. */
  private static boolean isCertain(Moved moved, HazelcastTopicLog memory) {
    return moved.dropped() == 0 && moved.bytes() < memory.shardBytes() / 2;
  }

  private Future<Void> topic(HazelcastTopicLog memory, long keptIn, String topic) {
    return step(() -> memory.outline(topic)).compose(log -> log == null ? Future.succeededFuture() : step(() -> page(memory, topic, 0))
        .compose(first -> known(topic, first).compose(known -> messages(memory, keptIn, log, first, known))));
  }

  private static Future<Slice> page(TopicLog log, String topic, long after) {
    return log.read(new ReadRequest(topic, From.AFTER_OFFSET, after, PAGE, PAGE_BYTES, 0));
  }

  /** What Redis has since a while before the first of these, by where it came from. */
  private Future<Set<Long>> known(String topic, Slice kept) {
    Set<Long> origins = new HashSet<>();
    if (kept.messages().isEmpty()) {
      return Future.succeededFuture(origins);
    }
    long sinceMs = kept.messages().get(0).atMs() - REPEATED_MS;
    return Repeated.through(1L << 52, before -> step(() -> redis.read(new ReadRequest(topic, From.BEFORE_OFFSET, before, PAGE, PAGE_BYTES, 0))).map(slice -> {
      boolean old = false;
      long oldest = before;
      for (Message message : slice.messages()) {
        old |= message.atMs() < sinceMs;
        origins.add(message.origin());
        oldest = message.offset();
      }
      return old || !slice.more() ? null : oldest;
    })).map(origins);
  }

  /** The pages are numbered by where they end: whoever does it again numbers them the same, whatever Redis has got of them already. */
  private Future<Void> messages(HazelcastTopicLog memory, long keptIn, LogImage log, Slice first, Set<Long> known) {
    return Repeated.through(first, slice -> {
      List<Message> news = slice.messages().stream().filter(message -> !known.contains(message.origin())).toList();
      long last = slice.messages().isEmpty() ? slice.head() + 1 : slice.messages().get(slice.messages().size() - 1).offset();
      return step(() -> redis.graft(log, mixed(keptIn, 0) >>> 1, last, term, epoch(mixed(keptIn, log.epoch())), news)).compose(done -> {
        brought.accept(news.size());
        return slice.more() ? step(() -> page(memory, log.topic(), last)) : Future.succeededFuture();
      });
    });
  }

  private <T> Future<T> step(Supplier<Future<T>> next) {
    return goesOn.getAsBoolean() ? next.get() : Future.failedFuture(new StoreLeftException());
  }

  /** An epoch that goes on from what others held: its lowest bits say so. */
  private static long epoch(long random) {
    return random >>> 17 & ~3L | 4;
  }

  private static long mixed(long a, long b) {
    long mixed = (a * 0x9E3779B97F4A7C15L + b) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
