package io.vestibule.cluster.store;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.spi.exception.RetryableException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes calls to entries of one map of the grid. One whose outcome is not known (a member left, a backup did not confirm) is repeated with the same number until its deadline, which
 * does it once. Each call is for one key: only then does the grid answer after the backups have it.
 */
public final class GridCalls<E> {
  private static final long PAUSE_MILLIS = 50;

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final String name;
  private final Duration deadline;
  private volatile Future<IMap<String, E>> map;

  /**
   * Calls to a map.
   *
   * @param name of the map
   * @param deadline of each call
   */
  public GridCalls(Vertx vertx, HazelcastInstance hazelcast, String name, Duration deadline) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.name = name;
    this.deadline = deadline;
  }

  /** Whose contexts answers come to. */
  public Vertx vertx() {
    return vertx;
  }

  /** Completes on the caller's context; fails with a {@link TimeoutException} at the deadline. */
  public Future<byte[]> call(String key, EntryProcessor<String, E, byte[]> processor) {
    long giveUp = System.nanoTime() + deadline.toNanos();
    return map().compose(entries -> attempt(entries, key, processor, giveUp)).timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Future<byte[]> attempt(IMap<String, E> entries, String key, EntryProcessor<String, E, byte[]> processor, long giveUp) {
    return submit(entries, key, processor).recover(thrown -> {
      long left = TimeUnit.NANOSECONDS.toMillis(giveUp - System.nanoTime());
      if (!isWorthRepeating(thrown) || left <= PAUSE_MILLIS) {
        return Future.failedFuture(thrown);
      }
      return vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).compose(waited -> attempt(entries, key, processor, giveUp));
    });
  }

  private Future<byte[]> submit(IMap<String, E> entries, String key, EntryProcessor<String, E, byte[]> processor) {
    ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
    Promise<byte[]> promise = context.promise();
    try {
      // Said where it is to be told: the grid's own executor is, on a machine of two processors, a new thread for each answer.
      entries.<byte[]>submitToKey(key, processor).whenCompleteAsync((answer, thrown) -> {
        if (thrown == null) {
          promise.complete(answer);
        } else {
          promise.fail(thrown);
        }
      }, Runnable::run);
      return promise.future();
    } catch (RuntimeException stopped) {
      return context.failedFuture(stopped);
    }
  }

  /** Whether a call to the grid failed because of members that come and go. */
  public static boolean isWorthRepeating(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    return cause instanceof IndeterminateOperationStateException || cause instanceof OperationTimeoutException || cause instanceof RetryableException;
  }

  /** The first use of a map may block; one that failed is tried again. */
  private Future<IMap<String, E>> map() {
    Future<IMap<String, E>> known = map;
    if (known == null || known.failed()) {
      known = vertx.executeBlocking(() -> hazelcast.getMap(name), false);
      map = known;
    }
    ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
    if (known.succeeded()) {
      return context.succeededFuture(known.result());
    }
    // What is made of the future itself would be of the context of whoever asked first.
    Promise<IMap<String, E>> promise = context.promise();
    known.onComplete(promise);
    return promise.future();
  }
}
