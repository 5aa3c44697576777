package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Carries the place writes that the head of a queue has put aside to the parts, one batch after the other. A batch is stored when the head has it; here it only finds its place. A few
 * batches may be on their way, then commits wait. Whatever is not done when the coordinator dies is found in the head by the next one. Thread-safe.
 */
final class PartWriter {
  private static final int BATCHES_ON_THE_WAY = 4;
  private static final long PAUSE_MILLIS = 200;

  private final JournalCalls calls;
  private long applied;
  private int onTheWay;
  private Future<Void> last = Future.succeededFuture();
  private Promise<Void> room;
  private FencedException over;

  /** A writer for one reign over a queue. */
  PartWriter(JournalCalls calls) {
    this.calls = calls;
  }

  /** The term of the reign. */
  long term() {
    return calls.term();
  }

  /** Batches up to this number have reached their parts. */
  synchronized long applied() {
    return applied;
  }

  /** Completes when another batch may come; fails when the reign is over. */
  synchronized Future<Void> room() {
    if (over != null) {
      return Future.failedFuture(over);
    }
    if (onTheWay < BATCHES_ON_THE_WAY) {
      return Future.succeededFuture();
    }
    if (room == null) {
      room = Promise.promise();
    }
    return room.future();
  }

  /** Completes when what was added so far is in its parts; fails when the reign is over. */
  synchronized Future<Void> settled() {
    return last;
  }

  /** Ends it: nothing more is carried. */
  synchronized void stop(FencedException reason) {
    if (over == null) {
      over = reason;
      wake();
    }
  }

  /**
   * Adds a batch.
   *
   * @param batch its number in the head, which may have been added before
   */
  synchronized void add(long batch, List<StoredWrite> writes) {
    Map<Integer, List<StoredWrite>> byPart = new HashMap<>();
    writes.stream().filter(write -> write.kind().ofPlaces()).forEach(write -> {
      if (write.kind().ofAll()) {
        for (int part = 0; part < JournalCalls.PARTS; part++) {
          byPart.computeIfAbsent(part, none -> new ArrayList<>()).add(write);
        }
      } else {
        byPart.computeIfAbsent(JournalCalls.partOf(write.key()), none -> new ArrayList<>()).add(write);
      }
    });
    onTheWay++;
    last = last.compose(before -> carry(byPart)).onComplete(done -> arrived(batch, done.succeeded()));
  }

  private Future<Void> carry(Map<Integer, List<StoredWrite>> byPart) {
    return Future.all(byPart.entrySet().stream().map(part -> untilDone(calls.write(part.getKey(), part.getValue()), part)).toList()).mapEmpty();
  }

  private Future<JournalAnswer> untilDone(Future<JournalAnswer> attempt, Map.Entry<Integer, List<StoredWrite>> part) {
    return attempt.recover(thrown -> {
      if (thrown instanceof FencedException fenced) {
        stop(fenced);
      }
      synchronized (this) {
        if (over != null) {
          return Future.failedFuture(over);
        }
      }
      return calls.vertx().timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
          .compose(waited -> untilDone(calls.write(part.getKey(), part.getValue()), part));
    });
  }

  private synchronized void arrived(long batch, boolean done) {
    onTheWay--;
    if (done) {
      applied = Math.max(applied, batch);
    }
    wake();
  }

  private void wake() {
    Promise<Void> waiting = room;
    room = null;
    if (waiting != null) {
      waiting.tryComplete();
    }
  }
}
