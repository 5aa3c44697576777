package io.vestibule.cluster.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Brings what a member of the smaller half of a cluster has to the larger one, when they meet, after the data grid has done so. The grid gives up all that it has not come to yet where one of its operations fails; it is
 * enough that a backup is late, as it often is while partitions move to whoever joins. So each entry is merged once more, by itself, and again until it is: by the rule of its map, by which twice is the same as once.
 */
final class Reunion implements LifecycleListener {
  private static final EventLog EVENTS = EventLog.of(Reunion.class);
  /** How many entries are on their way at once: each is in memory twice meanwhile. */
  private static final int LANES = 4;

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final Map<String, SplitBrainMergePolicy<?, ?, ?>> rules;
  private final Duration patience;
  private HeldEntries held = HeldEntries.NONE;

  /**
   * Does it whenever this member merges, once it is added to its listeners.
   *
   * @param rules by which entries are merged, by map
   * @param patience after which no further entry is brought; one that is on its way has as long again
   */
  Reunion(Vertx vertx, HazelcastInstance hazelcast, Map<String, SplitBrainMergePolicy<?, ?, ?>> rules, Duration patience) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.rules = rules;
    this.patience = patience;
  }

  /** On the thread that merges, which has given nothing up yet at {@code MERGING}, and all that it could not bring at {@code MERGED}. */
  @Override
  public void stateChanged(LifecycleEvent event) {
    if (event.getState() == LifecycleState.MERGING) {
      held = HeldEntries.of(hazelcast, rules.keySet());
    } else if (event.getState() == LifecycleState.MERGED) {
      HeldEntries brought = held;
      held = HeldEntries.NONE;
      vertx.getOrCreateContext().runOnContext(now -> new Bringing(brought).run());
    }
  }

  /** Of one merge; on one context. */
  private final class Bringing {
    private final Map<String, GridCalls<Object>> grids = new HashMap<>();
    private final Queue<HeldEntries.One> left;
    private final long giveUpNanos = System.nanoTime() + patience.toNanos();
    private final int all;
    private int late;
    private int lost;
    private Throwable why;

    Bringing(HeldEntries held) {
      rules.keySet().forEach(map -> grids.put(map, new GridCalls<>(vertx, hazelcast, map, patience)));
      left = new ArrayDeque<>(held.entries());
      all = left.size() + held.unread();
      lost = held.unread();
    }

    void run() {
      Future.join(IntStream.range(0, LANES).mapToObj(lane -> next()).toList()).onComplete(done -> tell());
    }

    private Future<Void> next() {
      HeldEntries.One entry = left.poll();
      if (entry == null) {
        return Future.succeededFuture();
      }
      Future<byte[]> merge = System.nanoTime() - giveUpNanos > 0 ? Future.failedFuture(new TimeoutException())
          : grids.get(entry.map()).call(entry.key(), new MergeProcessor(rules.get(entry.map()), entry.value()));
      return merge.transform(merged -> {
        if (merged.failed()) {
          lost++;
          why = merged.cause();
        } else if (Arrays.equals(merged.result(), MergeProcessor.CHANGED)) {
          late++;
        }
        return next();
      });
    }

    private void tell() {
      EventLog.Line line = lost > 0 ? EVENTS.error(LogEvent.CLUSTER_MERGED, null) : late > 0 ? EVENTS.warn(LogEvent.CLUSTER_MERGED, null) : EVENTS.info(LogEvent.CLUSTER_MERGED, null);
      line.with(LogKey.COUNT, all).with(LogKey.DETAIL, late + " were left out by the data grid, " + lost + " could not be brought").cause(why).write();
    }
  }
}
