package io.vestibule.admission.store;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.exception.RetryableException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes calls to entries of the journal. One whose outcome is not known (a member left, a backup did not confirm) is repeated with the same number until its deadline, which
 * does it once. Each call is for one key: only then does the grid answer after the backups have it.
 */
final class JournalGrid {
  private static final long PAUSE_MILLIS = 50;

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final Duration deadline;
  private volatile Future<IMap<String, JournalEntry>> map;

  JournalGrid(Vertx vertx, HazelcastInstance hazelcast, Duration deadline) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.deadline = deadline;
  }

  Vertx vertx() {
    return vertx;
  }

  /** Completes on the caller's context; fails with a {@link TimeoutException} at the deadline. */
  Future<JournalAnswer> call(String key, JournalCall call) {
    long giveUp = System.nanoTime() + deadline.toNanos();
    JournalProcessor processor = new JournalProcessor(call);
    return map().compose(journal -> attempt(journal, key, processor, giveUp)).timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .map(JournalAnswer::decode);
  }

  private Future<byte[]> attempt(IMap<String, JournalEntry> journal, String key, JournalProcessor processor, long giveUp) {
    return submit(journal, key, processor).recover(thrown -> {
      long left = TimeUnit.NANOSECONDS.toMillis(giveUp - System.nanoTime());
      if (!isWorthRepeating(thrown) || left <= PAUSE_MILLIS) {
        return Future.failedFuture(thrown);
      }
      return vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).compose(waited -> attempt(journal, key, processor, giveUp));
    });
  }

  private Future<byte[]> submit(IMap<String, JournalEntry> journal, String key, JournalProcessor processor) {
    ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
    try {
      return Future.fromCompletionStage(journal.<byte[]>submitToKey(key, processor), context);
    } catch (RuntimeException stopped) {
      return context.failedFuture(stopped);
    }
  }

  private static boolean isWorthRepeating(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    return cause instanceof IndeterminateOperationStateException || cause instanceof OperationTimeoutException || cause instanceof RetryableException;
  }

  /** The first use of a map may block; one that failed is tried again. */
  private Future<IMap<String, JournalEntry>> map() {
    Future<IMap<String, JournalEntry>> known = map;
    if (known == null || known.failed()) {
      known = vertx.executeBlocking(() -> hazelcast.getMap(HazelcastSettings.ADMISSION_MAP), false);
      map = known;
    }
    ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
    return known.succeeded() ? context.succeededFuture(known.result()) : known.transform(done -> {
      return done.succeeded() ? context.succeededFuture(done.result()) : context.failedFuture(done.cause());
    });
  }
}
