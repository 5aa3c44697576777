package io.vestibule.gateway.log;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.ReadRequest.From;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;

/**
 * Which topics moved since a time, and where in them that was: for those who come back to a pattern. All on this node who ask at about the same time are answered with the same look at the shards. Thread-safe; answers
 * come on the caller's context.
 */
public final class MovedTopics {
  /** Of one shard that are told. */
  static final int MOST = 1_000;
  /** Between the end of a look and the next. */
  private static final long PAUSE_MS = 100;
  private static final int MOST_PLACES = 20_000;
  private static final long PLACE_KEPT_MS = 10_000;
  private static final int ONE_BYTE = 1;
  /** By which clocks may differ unnoticed, as by a node that has just come. */
  private static final long SLACK_MS = 5_000;
  private static final long SECOND_MS = 1_000;

  private final TopicLog log;
  private final LoopClock clock;
  private final LongUnaryOperator apartMs;
  private final Map<Place, Future<Position>> places = new ConcurrentHashMap<>();
  private List<Asked> waiting = new ArrayList<>();
  private boolean looking;

  private record Asked(long sinceMs, Promise<Look> promise) {}

  private record Place(String topic, long sinceMs) {}

  /** The topics of a log that moved lately, as they were at one moment. */
  public static final class Look {
    private final List<Moved.Head> heads;
    private final boolean complete;
    private final Map<String, List<Moved.Head>> byPattern = new ConcurrentHashMap<>();

    private Look(List<Moved> shards) {
      heads = shards.stream().flatMap(moved -> moved.heads().stream()).toList();
      complete = shards.stream().allMatch(moved -> moved.heads().size() < MOST);
    }

    /** Whether there are no others. */
    public boolean isComplete() {
      return complete;
    }

    /** Those that a pattern matches. Many who come back at once have the same one. */
    public List<Moved.Head> matching(TopicPattern pattern) {
      return byPattern.computeIfAbsent(pattern.text(), text -> heads.stream().filter(head -> pattern.matches(head.topic())).toList());
    }
  }

  /**
   * Those of a store.
   *
   * @param apartMs how far the clocks of nodes are known to have been apart lately, given the time
   */
  public MovedTopics(TopicLog log, LoopClock clock, LongUnaryOperator apartMs) {
    this.log = log;
    this.clock = clock;
    this.apartMs = apartMs;
  }

  /**
   * A time of this log that is no later than a time of whichever node's clock. The same for all who come back at about the same time, so that they share what is read for them.
   *
   * @param atMs Unix milliseconds
   */
  public long surelyBefore(long atMs) {
    long nowMs = clock.epochMs().getAsLong();
    return Math.max(0, Math.min(atMs, nowMs) - SLACK_MS - apartMs.applyAsLong(nowMs)) / SECOND_MS * SECOND_MS;
  }

  /**
   * Looks, after this call, which topics moved since a time; some that moved before may be among them.
   *
   * @param sinceMs Unix milliseconds
   */
  public Future<Look> since(Vertx vertx, long sinceMs) {
    Promise<Look> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    boolean begins;
    synchronized (this) {
      waiting.add(new Asked(sinceMs, promise));
      begins = !looking;
      looking = true;
    }
    if (begins) {
      look(vertx);
    }
    return promise.future();
  }

  private void look(Vertx vertx) {
    List<Asked> asked;
    synchronized (this) {
      asked = waiting;
      waiting = new ArrayList<>();
      looking = !asked.isEmpty();
    }
    if (!asked.isEmpty()) {
      long sinceMs = asked.stream().mapToLong(Asked::sinceMs).min().getAsLong();
      Future.all(IntStream.range(0, TopicLog.SHARDS).mapToObj(shard -> log.movedSince(shard, sinceMs, MOST)).toList()).onComplete(done -> {
        vertx.setTimer(PAUSE_MS, id -> look(vertx));
        if (done.succeeded()) {
          Look look = new Look(done.result().list());
          asked.forEach(one -> one.promise.complete(look));
        } else {
          asked.forEach(one -> one.promise.fail(done.cause()));
        }
      });
    }
  }

  /**
   * Where a topic's log was at a time: behind this place is what came since. Offset 0 where that is more than can be had.
   *
   * @return null where there is no log
   */
  public Future<Position> placeAt(Vertx vertx, String topic, long sinceMs) {
    Place place = new Place(topic, sinceMs);
    Future<Position> known = places.get(place);
    if (known == null) {
      known = log.read(new ReadRequest(topic, From.SINCE_TIME, sinceMs, 1, ONE_BYTE, clock.epochMs().getAsLong())).map(MovedTopics::before);
      if (places.size() < MOST_PLACES && places.putIfAbsent(place, known) == null) {
        Future<Position> kept = known;
        known.onComplete(read -> vertx.setTimer(PLACE_KEPT_MS, id -> places.remove(place, kept)), failed -> places.remove(place, kept));
      }
    }
    Promise<Position> promise = ((ContextInternal) vertx.getOrCreateContext()).promise();
    known.onComplete(promise);
    return promise.future();
  }

  /** Where nothing is left that came before the first, something of what came since may be gone, too. */
  private static Position before(Slice slice) {
    if (slice.epoch() == 0) {
      return null;
    }
    long owed = slice.messages().isEmpty() ? slice.head() + 1 : slice.messages().get(0).offset();
    return new Position(slice.epoch(), owed == slice.first() ? 0 : owed - 1);
  }
}
