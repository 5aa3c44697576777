package io.vestibule.cluster.ownership;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.OwnershipEffect.Acquired;
import io.vestibule.cluster.ownership.OwnershipEffect.Lost;
import io.vestibule.cluster.ownership.OwnershipEffect.RaiseTerm;
import io.vestibule.cluster.ownership.OwnershipEffect.ReadTerm;
import io.vestibule.cluster.ownership.OwnershipEffect.Renew;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.function.Function;

/** Runs one {@link OwnershipCore} on one context: brings it the news and the time, does what it wants done. */
final class ShardWatch {
  private static final EventLog LOG = EventLog.of(ShardOwnership.class);
  private static final long TICK_MILLIS = 250;

  private final Vertx vertx;
  private final Context context;
  private final ShardKind kind;
  private final TermStore store;
  private final ShardListener listener;
  private final OwnershipCore core;
  private final Counter takeovers;
  private final Gauge held;
  private final MeterRegistry registry;
  private long ticking;

  ShardWatch(Vertx vertx, ShardKind kind, String self, TermStore store, OwnershipTimings timings, ShardListener listener,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.kind = kind;
    this.store = store;
    this.listener = listener;
    this.core = new OwnershipCore(kind, self, timings);
    this.registry = registry;
    this.takeovers = Counter.builder("vestibule.shards.takeovers").description("Shards that this node took")
        .tag("kind", kind.name()).register(registry);
    this.held = Gauge.builder("vestibule.shards.owned", core, OwnershipCore::owned).description("Shards that this node holds")
        .tag("kind", kind.name()).register(registry);
  }

  void start(Membership membership) {
    ticking = vertx.setPeriodic(TICK_MILLIS, timer -> context.runOnContext(nothing -> execute(new OwnershipEvent.Tick())));
    nodesChanged(membership.view());
  }

  void nodesChanged(ClusterView view) {
    var ids = view.nodesWithRole(kind.role()).stream().map(NodeRef::id).toList();
    context.runOnContext(nothing -> execute(new OwnershipEvent.NodesChanged(ids)));
  }

  void disputed(int shard, long term, long seen) {
    context.runOnContext(nothing -> execute(new OwnershipEvent.Disputed(shard, term, seen)));
  }

  Future<Void> stop() {
    vertx.cancelTimer(ticking);
    registry.remove(held);
    Promise<Void> stopped = Promise.promise();
    context.runOnContext(nothing -> {
      execute(new OwnershipEvent.Stopped());
      stopped.complete();
    });
    return stopped.future();
  }

  boolean isCurrent(int shard, long term) {
    return core.isCurrent(shard, term, System.nanoTime());
  }

  JsonObject health() {
    return new JsonObject().put("shards", kind.count()).put("owned", core.owned()).put("pending", core.pending());
  }

  private void execute(OwnershipEvent event) {
    for (OwnershipEffect effect : core.execute(event, System.nanoTime())) {
      perform(effect);
    }
  }

  private void perform(OwnershipEffect effect) {
    if (effect instanceof ReadTerm read) {
      await(store.read(kind, read.shard()),
          stored -> new OwnershipEvent.TermRead(read.shard(), read.ticket(), stored),
          new OwnershipEvent.StoreFailed(read.shard(), read.ticket()));
    } else if (effect instanceof RaiseTerm raise) {
      await(store.raise(kind, raise.shard(), raise.expected(), raise.claimed()),
          stored -> new OwnershipEvent.TermRaised(raise.shard(), raise.ticket(), stored),
          new OwnershipEvent.StoreFailed(raise.shard(), raise.ticket()));
    } else if (effect instanceof Renew renew) {
      await(store.readAll(kind, renew.shards()),
          stored -> new OwnershipEvent.TermsSeen(renew.ticket(), stored),
          new OwnershipEvent.RenewalFailed(renew.ticket()));
    } else if (effect instanceof Acquired acquired) {
      takeovers.increment();
      tell(LogEvent.SHARD_TAKEN, acquired.shard(), acquired.term(), () -> listener.acquired(acquired.shard(), acquired.term()));
    } else if (effect instanceof Lost lost) {
      tell(LogEvent.SHARD_LOST, lost.shard(), lost.term(), () -> listener.lost(lost.shard(), lost.term()));
    }
  }

  private <T> void await(Future<T> answer, Function<T, OwnershipEvent> answered, OwnershipEvent failed) {
    answer.onComplete(result -> context.runOnContext(nothing ->
        execute(result.succeeded() ? answered.apply(result.result()) : failed)));
  }

  private void tell(LogEvent event, int shard, long term, Runnable call) {
    LOG.debug(event, null).with(LogKey.SHARD, kind.name() + "/" + shard).with(LogKey.TERM, term).write();
    try {
      call.run();
    } catch (RuntimeException thrown) {
      LOG.error(LogEvent.INTERNAL_ERROR, null).with(LogKey.SHARD, kind.name() + "/" + shard).cause(thrown).write();
    }
  }
}
