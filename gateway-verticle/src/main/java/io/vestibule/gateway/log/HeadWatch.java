package io.vestibule.gateway.log;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.store.CallerContext;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.store.TopicLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Asks every second which logs moved, and tells the event loops of the node: so a message that the bus has lost is found, also where only a pattern would match its topic. Runs on the context that it is
 * started on.
 */
public final class HeadWatch {
  private static final long TURN_MS = 250;
  private static final int TURNS = 4;
  private static final int PAGE = 500;
  private static final Duration FIRST = Duration.ofSeconds(1);

  /**
   * What moved in a shard since it was asked before.
   *
   * @param first whether it was not asked before
   * @param lineageBefore of the shard then; 0 if there was none
   * @param more whether more heads follow at once
   * @param restored whether versions went back: the store was restored from the past
   */
  public record Heads(int shard, boolean first, long lineageBefore, long versionBefore, Moved moved, boolean more, boolean restored) {}

  private record Loop(Context context, Consumer<Heads> ear) {
    void tell(Heads heads) {
      context.runOnContext(here -> ear.accept(heads));
    }
  }

  private final TopicLog log;
  private final ShardPlace[] known = new ShardPlace[TopicLog.SHARDS];
  private final boolean[] asked = new boolean[TopicLog.SHARDS];
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private boolean down;
  private int turn;
  private Vertx vertx;
  private Context own;
  private long timer;

  /** A watch that is not started. */
  public HeadWatch(TopicLog log) {
    this.log = log;
  }

  /** Has an event loop told, on it, and at once what is known already. Any thread, once this has started. */
  public void add(Context context, Consumer<Heads> ear) {
    Loop loop = new Loop(context, ear);
    loops.add(loop);
    own.runOnContext(here -> {
      for (int shard = 0; shard < TopicLog.SHARDS; shard++) {
        if (known[shard] != null) {
          Moved nothing = new Moved(known[shard].lineage(), known[shard].version(), List.of(), 0, 0);
          loop.tell(new Heads(shard, true, 0, 0, nothing, false, false));
        }
      }
    });
  }

  /**
   * Starts asking.
   *
   * @return done, on the context of the caller, when it is known how far all shards are, or after a second: so nobody is subscribed to a pattern before it can be told where that begins
   */
  public Future<Void> start(Vertx owner) {
    vertx = owner;
    own = owner.getOrCreateContext();
    // The sooner it is known how far the shards are, the less may be taken for the beginning.
    List<Future<?>> first = IntStream.range(0, TopicLog.SHARDS).<Future<?>>mapToObj(this::ask).toList();
    timer = vertx.setPeriodic(TURN_MS, id -> {
      for (int shard = turn; shard < TopicLog.SHARDS; shard += TURNS) {
        ask(shard);
        if (down) {
          // One question in a turn is enough to hear that the store is back.
          break;
        }
      }
      turn = (turn + 1) % TURNS;
    });
    return CallerContext.bring(vertx, FIRST, Future.join(first)).<Void>mapEmpty().otherwiseEmpty();
  }

  /** Ends it. */
  public void stop() {
    if (vertx != null) {
      vertx.cancelTimer(timer);
    }
  }

  /** One that is not answered keeps its turn until it has failed. */
  private Future<Void> ask(int shard) {
    if (asked[shard]) {
      return Future.succeededFuture();
    }
    asked[shard] = true;
    return page(shard, known[shard]).onComplete(done -> {
      asked[shard] = false;
      down = done.failed();
    });
  }

  /** The first page, and what follows it; all of them tell what moved since the same moment. */
  private Future<Void> page(int shard, ShardPlace begun) {
    ShardPlace before = known[shard] == null ? ShardPlace.UNKNOWN : known[shard];
    return log.moved(shard, before.lineage(), before.version(), PAGE).compose(moved -> {
      boolean restored = moved.version() < before.versionIn(moved.lineage());
      boolean more = moved.heads().size() == PAGE || restored;
      tell(new Heads(shard, begun == null, begun == null ? 0 : begun.lineage(), begun == null ? 0 : begun.version(), moved, more, restored));
      known[shard] = before.at(moved.lineage(), restored ? 0 : moved.version());
      return more ? page(shard, begun) : Future.succeededFuture();
    });
  }

  private void tell(Heads heads) {
    loops.forEach(loop -> loop.tell(heads));
  }
}
