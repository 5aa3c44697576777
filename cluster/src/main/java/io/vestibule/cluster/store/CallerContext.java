package io.vestibule.cluster.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The edge of a store: whatever threads work inside, the caller hears of it on its own context, and by the deadline. */
public final class CallerContext {
  private CallerContext() {}

  /**
   * Brings a result to the context this is called on; one that takes longer fails with a {@link java.util.concurrent.TimeoutException}. Futures that are joined have no context: what follows a timeout of their
   * own runs on a thread that is nobody's.
   */
  public static <T> Future<T> bring(Vertx vertx, Duration deadline, Future<T> result) {
    ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
    Promise<T> promise = context.promise();
    result.onComplete(promise);
    return promise.future().timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }
}
