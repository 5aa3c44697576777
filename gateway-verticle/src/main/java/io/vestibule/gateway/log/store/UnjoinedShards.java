package io.vestibule.gateway.log.store;

import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * Looks, after halves of a cluster have met, whether the data grid has joined their shards. It gives all that it has not come to up where one of its operations fails: what only the smaller half had is gone then, and
 * the shards are still of the lineage that both know, in which the halves have given the same places to different messages. So each member of the smaller half has such shards go on as ones that may be known already, and
 * everybody is told.
 */
final class UnjoinedShards implements LifecycleListener {
  private static final EventLog EVENTS = EventLog.of(UnjoinedShards.class);
  private static final long AGAIN_MS = 1_000;
  private static final int TRIES = 60;

  /** Has a shard go on under another lineage. */
  interface LineageChange {
    /**
     * Asks for it.
     *
     * @param lineage that it is to have still
     * @return whether it had
     */
    Future<Boolean> ask(int shard, long lineage);
  }

  private final Vertx vertx;
  private final long patienceMs;
  private final LineageChange change;
  private final AtomicLongArray lineages = new AtomicLongArray(TopicLog.SHARDS);
  private volatile long[] lineagesBefore = new long[TopicLog.SHARDS];

  /**
   * Knows no shard yet.
   *
   * @param patienceMs after this member has merged: others of its half may still be at it
   */
  UnjoinedShards(Vertx vertx, long patienceMs, LineageChange change) {
    this.vertx = vertx;
    this.patienceMs = patienceMs;
    this.change = change;
  }

  /** A shard is of this lineage now. Any thread. */
  void heard(int shard, long lineage) {
    lineages.set(shard, lineage);
  }

  /** On the thread that merges, which has given nothing up yet at {@code MERGING}. */
  @Override
  public void stateChanged(LifecycleEvent event) {
    if (event.getState() == LifecycleState.MERGING) {
      lineagesBefore = IntStream.range(0, TopicLog.SHARDS).mapToLong(lineages::get).toArray();
    } else if (event.getState() == LifecycleState.MERGED) {
      long[] known = lineagesBefore;
      vertx.timer(Math.max(1, patienceMs), TimeUnit.MILLISECONDS).onSuccess(waited -> look(known));
    }
  }

  private void look(long[] known) {
    var looks = IntStream.range(0, known.length).filter(shard -> known[shard] != 0).mapToObj(shard -> look(shard, known[shard], TRIES)).toList();
    Future.join(looks).onComplete(done -> {
      long unjoined = looks.stream().filter(look -> look.succeeded() && look.result()).count();
      if (unjoined > 0) {
        EVENTS.warn(LogEvent.HALVES_NOT_JOINED, null).with(LogKey.COUNT, unjoined).write();
      }
    });
  }

  private Future<Boolean> look(int shard, long lineage, int tries) {
    return change.ask(shard, lineage).recover(failed -> tries == 1 ? Future.failedFuture(failed)
        : vertx.timer(AGAIN_MS, TimeUnit.MILLISECONDS).compose(waited -> look(shard, lineage, tries - 1)));
  }
}
