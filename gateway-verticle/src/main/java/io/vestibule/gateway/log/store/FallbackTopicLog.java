package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorRead;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.Reach;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.log.core.StoreChoice.Phase;
import io.vestibule.gateway.log.core.StoreChoice;
import io.vestibule.gateway.log.core.StoreLease;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * Logs in Redis, and in the memory of the cluster while Redis is lost to most of its gateways. Which of the two counts is one {@link StoreChoice} for the whole cluster, in the grid; a node acknowledges
 * nothing that it cannot relate to the choice as it was told within the last seconds, so there is never more than one that anything is acknowledged in. See docs/decisions/0010-two-log-stores.md.
 */
public final class FallbackTopicLog implements TopicLog {
  private static final EventLog LOG = EventLog.of(FallbackTopicLog.class);
  /** Often enough that what is believed is said again in time where nobody tells anything for {@link Quorum#SETTLING_NANOS}. */
  private static final long TURN_MS = 400;
  private static final Duration CHOICE_DEADLINE = Duration.ofSeconds(2);
  private static final long LEAST_PATIENCE_MS = 3_000;

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

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final RedisTopicLog redis;
  private final Function<Long, HazelcastTopicLog> memories;
  private final Surroundings surroundings;
  private final GridCalls<ChoiceEntry> grid;
  private final Reach reach;
  private final StoreLease lease = new StoreLease();
  /** How far Redis was: if it comes back and is not, everything there goes on in other epochs. */
  private final ShardPlaces inRedis = new ShardPlaces();
  private final long timer;
  private volatile Memory memory;
  private long fenced;
  private boolean probing;
  private boolean asking;
  private boolean returning;

  /**
   * Two stores as one; closes both.
   *
   * @param memory bytes of all logs together
   * @param redisTimeout of a command
   * @param deadline of a call to the memory of the cluster
   */
  public FallbackTopicLog(Vertx vertx, HazelcastInstance hazelcast, RedisTopicLog redis, Surroundings surroundings, long memory, Duration redisTimeout, Duration deadline) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.redis = redis;
    this.surroundings = surroundings;
    this.memories = term -> new HazelcastTopicLog(vertx, hazelcast, "fallback/" + term + "/", memory, surroundings.majority, deadline);
    this.grid = new GridCalls<>(vertx, hazelcast, HazelcastSettings.LOGS_MAP, CHOICE_DEADLINE);
    this.reach = new Reach(Math.max(LEAST_PATIENCE_MS, 3 * redisTimeout.toMillis()), nowMs());
    redis.fence(() -> {
      StoreChoice choice = choice();
      return choice == null ? 0 : choice.term();
    });
    this.timer = vertx.setPeriodic(1, TURN_MS, id -> turn());
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
    TopicLog log;
    long term;
    synchronized (lease) {
      log = current();
      term = log == null ? 0 : lease.choice().term();
    }
    if (log == null) {
      return Future.failedFuture(new StoreLeftException());
    }
    return call.apply(log).transform(done -> {
      synchronized (lease) {
        note(done.cause());
        boolean holds = lease.isBelieved(nowMs()) && lease.choice().term() == term;
        return holds ? done.succeeded() ? Future.succeededFuture(done.result()) : Future.failedFuture(done.cause()) : Future.failedFuture(new StoreLeftException());
      }
    });
  }

  /** Redis may know of a later term than this life of the cluster. */
  private void note(Throwable failure) {
    if (failure instanceof StoreLeftException left) {
      fenced = Math.max(fenced, left.term());
    }
  }

  /** The store that counts; null where none does or that is not known. */
  private TopicLog current() {
    long nowMs = nowMs();
    if (lease.isIn(Phase.REDIS, nowMs)) {
      return redis;
    }
    return lease.isIn(Phase.MEMORY, nowMs) ? memory(lease.choice().term()) : null;
  }

  private HazelcastTopicLog memory(long term) {
    Memory kept = memory;
    if (kept == null || kept.term != term) {
      kept = new Memory(term, memories.apply(term));
      memory = kept;
    }
    return kept.log;
  }

  /** What counts, as was told last; null before. */
  StoreChoice choice() {
    synchronized (lease) {
      return lease.choice();
    }
  }

  @Override
  public Condition condition() {
    Phase phase;
    synchronized (lease) {
      phase = lease.isBelieved(nowMs()) ? lease.choice().phase() : null;
    }
    if (phase == null) {
      return new Condition("down", "memory", "it cannot be found out which store counts");
    }
    return switch (phase) {
      case REDIS -> redis.condition();
      case LEAVING -> new Condition("down", "redis", "redis is lost, and the memory of the cluster takes over in a moment");
      case MEMORY -> new Condition("degraded", "memory", "redis is lost, the memory of the cluster counts");
      case RETURNING -> new Condition("down", "memory", "redis is back, and gets what it missed");
    };
  }

  private void turn() {
    synchronized (lease) {
      if (!probing) {
        probing = true;
        redis.probe().onComplete(this::probed);
      }
      if (!asking) {
        asking = true;
        ask();
      }
    }
  }

  private void probed(AsyncResult<Void> done) {
    synchronized (lease) {
      probing = false;
      if (done.succeeded()) {
        reach.answered(nowMs());
      } else {
        reach.failed();
      }
    }
  }

  private void ask() {
    long askedMs = nowMs();
    ChoiceCall hear = new ChoiceCall.Hear(lease.choice(), surroundings.node, reach.reaches(askedMs), fenced, surroundings.gateways.get(), surroundings.decides.getAsBoolean());
    call(hear).onComplete(done -> {
      StoreChoice before;
      synchronized (lease) {
        asking = false;
        before = lease.choice();
        if (done.succeeded()) {
          lease.told(done.result(), askedMs, nowMs());
        }
      }
      if (done.succeeded()) {
        tell(before, done.result());
        act(done.result());
      }
    });
  }

  /** What was told by a member that may be cut off, or to one that may be, is not believed: the others may have agreed upon something else. */
  private Future<StoreChoice> call(ChoiceCall call) {
    return grid.call("choice", new ChoiceProcessor(call, surroundings.majority)).transform(done -> {
      boolean doubted = Quorum.of(hazelcast, surroundings.majority).refuses(true);
      if (done.failed()) {
        return Future.failedFuture(done.cause());
      }
      return doubted || done.result().length == 0 ? Future.failedFuture(new MinorityException()) : Future.succeededFuture(ChoiceCall.choice(done.result()));
    });
  }

  private static void tell(StoreChoice before, StoreChoice now) {
    if (before == null ? now.phase() != Phase.REDIS : before.term() != now.term()) {
      LOG.warn(LogEvent.STORE_CHOSEN, null).with(LogKey.REASON, now.phase().name().toLowerCase(Locale.ROOT)).with(LogKey.TERM, now.term()).write();
    }
  }

  private void act(StoreChoice choice) {
    synchronized (lease) {
      if (!lease.isSettled(nowMs()) || !surroundings.decides.getAsBoolean()) {
        return;
      }
      if (choice.phase() == Phase.RETURNING && choice.isTurnOf(surroundings.node) && !returning) {
        returning = true;
      } else if (choice.phase() == Phase.LEAVING) {
        call(new ChoiceCall.Left(choice.term()));
        return;
      } else {
        return;
      }
    }
    StoreReturn back = new StoreReturn(redis, inRedis, choice.term(), () -> isIn(choice), surroundings.brought, surroundings.majority.isRequired());
    Repeated.each(choice.owed().iterator(), keptIn -> back.bring(memories.apply(keptIn), keptIn))
        .compose(done -> call(new ChoiceCall.Returned(choice.term(), choice.owed())))
        .onComplete(done -> {
          synchronized (lease) {
            returning = false;
            note(done.cause());
          }
        });
  }

  private boolean isIn(StoreChoice choice) {
    synchronized (lease) {
      return lease.isBelieved(nowMs()) && lease.choice().term() == choice.term() && lease.choice().owed().equals(choice.owed());
    }
  }

  @Override
  public Future<Void> close() {
    vertx.cancelTimer(timer);
    return redis.close();
  }

  private static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
