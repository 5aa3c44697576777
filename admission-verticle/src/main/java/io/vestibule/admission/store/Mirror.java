package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.ArrayList;
import java.util.List;

/**
 * One queue in two stores: the embedded journal decides and has everything always, Redis gets what was written after it. When Redis cannot be reached it falls behind; when it is back, a whole
 * copy is put in the place of what it has, and then what was written meanwhile, until it is in step again. Thread-safe.
 */
final class Mirror {
  private static final EventLog LOG = EventLog.of(Mirror.class);

  /** So much is remembered while a copy is being written; after more, the copying begins again. */
  private static final int MOST_WRITES_MEANWHILE = 200_000;
  private static final int WRITES_AT_ONCE = 500;

  private enum State { IN_STEP, BEHIND, CATCHING_UP }

  private final HazelcastAdmissionStore journal;
  private final RedisAdmissionStore redis;
  private final String queue;
  private final long term;
  private State state;
  private List<StoredWrite> meanwhile = new ArrayList<>();
  private boolean spoilt;
  private boolean written;
  private FencedException over;

  /**
   * A queue that was opened in the journal.
   *
   * @param inStep whether Redis has just the same
   */
  Mirror(HazelcastAdmissionStore journal, RedisAdmissionStore redis, String queue, long term, boolean inStep) {
    this.journal = journal;
    this.redis = redis;
    this.queue = queue;
    this.term = term;
    this.state = inStep ? State.IN_STEP : State.BEHIND;
  }

  long term() {
    return term;
  }

  synchronized boolean isInStep() {
    return state == State.IN_STEP || over != null;
  }

  /** Whether {@link #catchUp} has something to do. */
  synchronized boolean isBehind() {
    return state == State.BEHIND && over == null;
  }

  /** Stores in the journal, and in Redis if that is in step; what Redis does not take it gets later. */
  Future<List<QueueEvent.SlotHeld>> commit(List<StoredWrite> writes) {
    return journal.commitStored(queue, term, writes).compose(held -> {
      synchronized (this) {
        if (over != null) {
          return Future.failedFuture(over);
        }
        if (state == State.CATCHING_UP) {
          remember(writes, held);
        }
        if (state != State.IN_STEP) {
          return Future.succeededFuture(held);
        }
        written = true;
      }
      return redis.commitStored(queue, term, writes).transform(mirrored -> {
        if (mirrored.failed()) {
          return fallBehind(mirrored.cause()).map(held);
        }
        return (mirrored.result().equals(held) ? Future.<Void>succeededFuture() : fallBehind(new IllegalStateException("it has other slots")))
            .map(held);
      });
    });
  }

  /** Sees whether Redis still has the queue, unless something was written since the last time; succeeds in any case. Where nothing happens it would not be noticed else that Redis lost it. */
  Future<Void> look() {
    synchronized (this) {
      boolean idle = state == State.IN_STEP && over == null && !written;
      written = false;
      if (!idle) {
        return Future.succeededFuture();
      }
    }
    return redis.look(queue, term).recover(this::fallBehind).otherwiseEmpty();
  }

  /** A refusal means that the slots were not as thought, and then writes must not be done again in another state. */
  private void remember(List<StoredWrite> writes, List<QueueEvent.SlotHeld> held) {
    spoilt |= !held.isEmpty() || meanwhile.size() + writes.size() > MOST_WRITES_MEANWHILE;
    if (spoilt) {
      meanwhile.clear();
    } else {
      meanwhile.addAll(writes);
    }
  }

  /** Only being fenced is a failure to whoever writes: then somebody else leads the queue. */
  private synchronized Future<Void> fallBehind(Throwable reason) {
    if (reason instanceof FencedException fenced && !(reason instanceof JournalLostException)) {
      over = fenced;
      return Future.failedFuture(fenced);
    }
    if (state == State.IN_STEP) {
      LOG.warn(LogEvent.STORE_LOST, null).with(LogKey.QUEUE, queue).with(LogKey.REASON, "redis").with(LogKey.DETAIL, reason.getMessage()).write();
    }
    state = State.BEHIND;
    return Future.succeededFuture();
  }

  /** Brings Redis in step again; succeeds in any case, and may have to be called again. */
  Future<Void> catchUp() {
    synchronized (this) {
      if (!isBehind()) {
        return Future.succeededFuture();
      }
      state = State.CATCHING_UP;
      meanwhile = new ArrayList<>();
      spoilt = false;
    }
    long begun = System.nanoTime();
    return journal.read(queue, term).onFailure(this::end)
        .compose(content -> redis.replace(queue, term, content).compose(replaced -> follow()).onSuccess(done -> {
          if (isInStep()) {
            LOG.info(LogEvent.STORE_BACK, null).with(LogKey.QUEUE, queue).with(LogKey.COUNT, content.size())
                .with(LogKey.DURATION_MS, (System.nanoTime() - begun) / 1_000_000).write();
          }
        }))
        .recover(this::fallBehind)
        .otherwiseEmpty();
  }

  /** Where the journal refuses there is nothing to bring to Redis, now or later: somebody else leads the queue, or what was stored is lost and whoever leads next opens what is left. */
  private synchronized void end(Throwable refused) {
    if (refused instanceof FencedException fenced) {
      over = fenced;
    }
  }

  private Future<Void> follow() {
    List<StoredWrite> next;
    synchronized (this) {
      if (spoilt) {
        state = State.BEHIND;
        return Future.succeededFuture();
      }
      if (meanwhile.isEmpty()) {
        state = State.IN_STEP;
        return Future.succeededFuture();
      }
      int count = Math.min(WRITES_AT_ONCE, meanwhile.size());
      next = List.copyOf(meanwhile.subList(0, count));
      meanwhile = new ArrayList<>(meanwhile.subList(count, meanwhile.size()));
    }
    return redis.commitStored(queue, term, next).compose(done -> follow());
  }
}
