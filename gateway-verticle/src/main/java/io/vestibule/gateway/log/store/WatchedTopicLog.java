package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vestibule.cluster.store.RedisLink;
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
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.ReadRequest;
import io.vestibule.gateway.log.core.ShardPlace;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.log.core.StoreHealth.State;
import io.vestibule.gateway.log.core.StoreHealth;
import io.vestibule.gateway.metrics.LogStoreMeters.Call;
import io.vestibule.gateway.metrics.LogStoreMeters;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A store whose calls are measured, and which says in the log when it is lost and when it is back. Nothing that it says has an address in it: a URL may carry a password. */
public final class WatchedTopicLog implements TopicLog {
  private static final EventLog LOG = EventLog.of(WatchedTopicLog.class);

  private final TopicLog log;
  private final LogStoreMeters meters;
  private final StoreHealth health = new StoreHealth();
  private State told = State.OK;
  private long lostMs;

  /** Watches a store; closes it. */
  public WatchedTopicLog(TopicLog log, LogStoreMeters meters) {
    this.log = log;
    this.meters = meters;
    meters.watch(() -> condition().state());
  }

  @Override
  public Future<Appended> append(Append append) {
    return watched(Call.APPEND, log.append(append)).onSuccess(done -> {
      int messages = 0;
      long bytes = 0;
      for (int i = 0; i < done.offsets().length; i++) {
        if (done.offsets()[i] > 0) {
          messages++;
          bytes += append.messages().get(i).payload().length;
        }
      }
      meters.appended(messages, bytes);
    });
  }

  @Override
  public void heard(int shard, long lineage, long version) {
    log.heard(shard, lineage, version);
  }

  @Override
  public Future<Slice> read(ReadRequest request) {
    return watched(Call.READ, log.read(request));
  }

  @Override
  public Future<Moved> moved(int shard, long lineage, long since, int most) {
    return watched(Call.MOVED, log.moved(shard, lineage, since, most)).onSuccess(moved -> meters.shard(shard, moved.bytes(), moved.lineage(), moved.dropped()));
  }

  @Override
  public Future<Moved> movedSince(int shard, long sinceMs, int most) {
    return watched(Call.MOVED, log.movedSince(shard, sinceMs, most));
  }

  @Override
  public Future<long[]> move(int shard, List<CursorMove> moves, long nowMs) {
    return watched(Call.MOVE, log.move(shard, moves, nowMs));
  }

  @Override
  public Future<CursorSlice> read(CursorRead request) {
    return watched(Call.READ, log.read(request));
  }

  @Override
  public Future<List<Cursor>> cursors(String topic) {
    return watched(Call.READ, log.cursors(topic));
  }

  @Override
  public Future<Boolean> renew(String topic, long epoch, long offset, ShardPlace known) {
    return watched(Call.RENEW, log.renew(topic, epoch, offset, known));
  }

  /** What the store says itself, and if that is nothing bad, what became of the calls to it. */
  @Override
  public Condition condition() {
    Condition own = log.condition();
    synchronized (health) {
      State state = health.state(nowMs());
      return state == State.OK || !own.state().equals(text(State.OK)) ? own : new Condition(text(state), own.durability(), health.reason(nowMs()));
    }
  }

  @Override
  public Future<Void> close() {
    return log.close();
  }

  private <T> Future<T> watched(Call call, Future<T> running) {
    long began = System.nanoTime();
    return running.onComplete(done -> {
      // An append that came too late was answered, and well.
      boolean answered = done.succeeded() || done.cause() instanceof OvertakenException;
      meters.called(call, answered ? "ok" : done.cause() instanceof TimeoutException ? "timeout" : "failed", System.nanoTime() - began);
      note(answered ? null : reason(done.cause()));
    });
  }

  private void note(String failure) {
    synchronized (health) {
      long nowMs = nowMs();
      if (failure == null) {
        health.answered();
      } else {
        health.failed(failure, nowMs);
      }
      State state = health.state(nowMs);
      if (told == State.OK && state != State.OK) {
        told = state;
        lostMs = nowMs;
        LOG.warn(LogEvent.STORE_LOST, null).with(LogKey.REASON, "logs").with(LogKey.DETAIL, failure).write();
      } else if (told != State.OK && state == State.OK) {
        told = state;
        LOG.info(LogEvent.STORE_BACK, null).with(LogKey.REASON, "logs").with(LogKey.DURATION_MS, nowMs - lostMs).write();
      }
    }
  }

  /** In words that have no address, no URL and nothing that anybody published. */
  static String reason(Throwable thrown) {
    if (thrown instanceof TimeoutException) {
      return "no answer in time";
    }
    if (RedisLink.isLost(thrown)) {
      return "no connection";
    }
    if (thrown instanceof UnconfirmedException || thrown instanceof RedisLink.BusyException) {
      return thrown.getMessage();
    }
    return RedisLink.isAnswer(thrown) ? "answers " + thrown.getMessage().substring(0, thrown.getMessage().indexOf(' ')) : thrown.getClass().getSimpleName();
  }

  private static String text(State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
