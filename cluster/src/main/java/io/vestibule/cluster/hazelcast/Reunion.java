package io.vestibule.cluster.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vestibule.cluster.store.GridCalls;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeoutException;

/**
 * Brings what a member of the smaller half of a cluster has to the larger one, when they meet, after the data grid has done so. The grid gives up all that it has not come to yet where one of its operations fails; it is
 * enough that a backup is late, as it often is while partitions move to whoever joins. So each entry is merged once more, by itself, and again until it is: by the rule of its map, by which twice at once is the same as once.
 */
final class Reunion implements LifecycleListener {
  private static final EventLog EVENTS = EventLog.of(Reunion.class);
  /** A try ends a little after the grid has waited 5 s for a backup in vain. */
  private static final Duration TRY_LIMIT = Duration.ofSeconds(6);
  private static final long PAUSE_MS = 500;
  /** After which the next map is begun, with what is left of this one. */
  private static final Duration MAP_LIMIT = Duration.ofSeconds(30);
  /** Entries on their way at once: each is in memory twice meanwhile. */
  private static final int LANES = 8;

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final Map<String, SplitBrainMergePolicy<?, ?, ?>> rules;
  private final Duration patience;
  private HeldEntries held;

  /**
   * Does it whenever this member merges, once it is among its listeners.
   *
   * @param rules by which entries are merged, by map, in the order in which the maps are brought
   * @param patience after which no entry is tried again
   */
  Reunion(Vertx vertx, HazelcastInstance hazelcast, Map<String, SplitBrainMergePolicy<?, ?, ?>> rules, Duration patience) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.rules = rules;
    this.patience = patience;
  }

  /** On the thread that merges, which has forgotten nothing yet at {@code MERGING}, and brought what it could at {@code MERGED}. */
  @Override
  public void stateChanged(LifecycleEvent event) {
    switch (event.getState()) {
      case MERGING -> held = HeldEntries.of(hazelcast, rules.keySet());
      case MERGED -> {
        HeldEntries brought = held;
        held = null;
        // Large entries are turned into bytes by whoever sends them.
        Context worker = ((VertxInternal) vertx).createWorkerContext();
        worker.runOnContext(now -> new Bringing(brought).begin());
      }
      case MERGE_FAILED -> held = null;
      default -> { }
    }
  }

  /** Of one merge; on one context. One map after the other: what could not be brought in a while goes on with the next. */
  private final class Bringing {
    private final Map<String, GridCalls<Object>> grids = new HashMap<>();
    private final Iterator<List<HeldEntries.Entry>> maps;
    private final Queue<HeldEntries.Entry> left = new ArrayDeque<>();
    private final long giveUpNanos = System.nanoTime() + patience.toNanos();
    private final int all;
    private long mapEndsNanos;
    private int lanes;
    private int late;
    private int lost;
    private Throwable why;

    Bringing(HeldEntries held) {
      rules.keySet().forEach(map -> grids.put(map, new GridCalls<>(vertx, hazelcast, map, TRY_LIMIT)));
      maps = held.byMap().iterator();
      all = held.byMap().stream().mapToInt(List::size).sum() + held.unread();
      lost = held.unread();
    }

    void begin() {
      left.addAll(maps.next());
      mapEndsNanos = maps.hasNext() ? Math.min(giveUpNanos, System.nanoTime() + MAP_LIMIT.toNanos()) : giveUpNanos;
      lanes = LANES;
      for (int lane = 0; lane < LANES; lane++) {
        next();
      }
    }

    private void next() {
      HeldEntries.Entry entry = System.nanoTime() - mapEndsNanos > 0 ? null : left.poll();
      if (entry != null) {
        grids.get(entry.map()).call(entry.key(), new MergeProcessor(rules.get(entry.map()), entry.value())).onComplete(tried -> tried(entry, tried));
      } else if (--lanes == 0) {
        if (maps.hasNext()) {
          begin();
        } else {
          tell();
        }
      }
    }

    private void tried(HeldEntries.Entry entry, AsyncResult<byte[]> merged) {
      if (merged.succeeded()) {
        late += Arrays.equals(merged.result(), MergeProcessor.CHANGED) ? 1 : 0;
        next();
        return;
      }
      if (merged.cause() instanceof TimeoutException || GridCalls.isWorthRepeating(merged.cause())) {
        left.add(entry);
      } else {
        lost++;
        why = merged.cause();
      }
      // Not at once: where the grid refuses everything it does so on this stack.
      vertx.setTimer(PAUSE_MS, id -> next());
    }

    private void tell() {
      lost += left.size();
      EventLog.Line line;
      if (lost > 0) {
        line = EVENTS.error(LogEvent.CLUSTER_MERGED, null).cause(why);
      } else if (late > 0) {
        line = EVENTS.warn(LogEvent.CLUSTER_MERGED, null);
      } else {
        line = EVENTS.info(LogEvent.CLUSTER_MERGED, null);
      }
      line.with(LogKey.COUNT, all).with(LogKey.DETAIL, late + " were left out by the data grid, " + lost + " could not be brought").write();
    }
  }
}
