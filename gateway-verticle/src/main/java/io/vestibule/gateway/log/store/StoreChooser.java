package io.vestibule.gateway.log.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.log.core.Reach;
import io.vestibule.gateway.log.core.StoreChoice.Phase;
import io.vestibule.gateway.log.core.StoreChoice;
import io.vestibule.gateway.log.core.StoreLease;
import io.vestibule.gateway.log.store.FallbackTopicLog.Surroundings;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A node's part in the {@link StoreChoice} of the cluster: says every moment whether it reaches Redis, is told which store counts, and takes the steps that are its turn. What was told is believed for some seconds
 * only. Thread-safe.
 */
final class StoreChooser {
  private static final EventLog LOG = EventLog.of(StoreChooser.class);
  /** Often enough that what is believed is said again in time where nobody tells anything for {@link Quorum#SETTLING_NANOS}. */
  private static final long TURN_MS = 400;
  private static final Duration CHOICE_DEADLINE = Duration.ofSeconds(2);
  private static final long LEAST_PATIENCE_MS = 3_000;

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final Surroundings surroundings;
  private final Supplier<Future<Void>> probe;
  private final Function<StoreChoice, Future<Void>> bring;
  private final GridCalls<ChoiceEntry> grid;
  /** Guards what is below. */
  private final StoreLease lease = new StoreLease();
  private final Reach reach;
  private long fenced;
  private boolean probing;
  private boolean asking;
  private boolean returning;
  private long timer;

  /**
   * Nothing is known yet, and nothing is asked before it is {@link #start started}.
   *
   * @param probe asks Redis whether it is there
   * @param bring brings to Redis what it is owed
   * @param redisTimeout of a command
   */
  StoreChooser(Vertx vertx, HazelcastInstance hazelcast, Surroundings surroundings, Supplier<Future<Void>> probe, Function<StoreChoice, Future<Void>> bring, Duration redisTimeout) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.surroundings = surroundings;
    this.probe = probe;
    this.bring = bring;
    this.grid = new GridCalls<>(vertx, hazelcast, HazelcastSettings.STORE_MAP, CHOICE_DEADLINE);
    this.reach = new Reach(Math.max(LEAST_PATIENCE_MS, 3 * redisTimeout.toMillis()), nowMs());
  }

  void start() {
    timer = vertx.setPeriodic(1, TURN_MS, id -> turn());
  }

  void close() {
    vertx.cancelTimer(timer);
  }

  /** What counts, as was told last; null before. */
  StoreChoice told() {
    synchronized (lease) {
      return lease.choice();
    }
  }

  /** What counts; null where nobody here knows. */
  StoreChoice believed() {
    synchronized (lease) {
      return lease.isBelieved(nowMs()) ? lease.choice() : null;
    }
  }

  /**
   * Whether a term holds still in which something was asked of a store.
   *
   * @param failure what came of it; null where it succeeded
   */
  boolean stillIn(long term, Throwable failure) {
    synchronized (lease) {
      note(failure);
      return lease.isBelieved(nowMs()) && lease.choice().term() == term;
    }
  }

  /** Whether this holds still. */
  boolean isIn(StoreChoice choice) {
    synchronized (lease) {
      return lease.isBelieved(nowMs()) && lease.choice().term() == choice.term() && lease.choice().owed().equals(choice.owed());
    }
  }

  /** Redis may know of a later term than this life of the cluster. */
  private void note(Throwable failure) {
    if (failure instanceof StoreLeftException left) {
      fenced = Math.max(fenced, left.term());
    }
  }

  private void turn() {
    synchronized (lease) {
      if (!probing) {
        probing = true;
        probe.get().onComplete(this::probed);
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
    ChoiceCall hear = new ChoiceCall.Hear(lease.choice(), surroundings.node(), reach.reaches(askedMs), fenced, surroundings.gateways().get(), surroundings.decides().getAsBoolean());
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
    return grid.call("choice", new ChoiceProcessor(call, surroundings.majority())).transform(done -> {
      boolean doubted = Quorum.of(hazelcast, surroundings.majority()).refuses(true);
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
      if (!lease.isSettled(nowMs()) || !surroundings.decides().getAsBoolean()) {
        return;
      }
      if (choice.phase() == Phase.LEAVING) {
        call(new ChoiceCall.Left(choice.term()));
      }
      if (choice.phase() != Phase.RETURNING || !choice.isTurnOf(surroundings.node()) || returning) {
        return;
      }
      returning = true;
    }
    bring.apply(choice).compose(done -> call(new ChoiceCall.Returned(choice.term(), choice.owed()))).onComplete(done -> {
      synchronized (lease) {
        returning = false;
        note(done.cause());
      }
    });
  }

  private static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
