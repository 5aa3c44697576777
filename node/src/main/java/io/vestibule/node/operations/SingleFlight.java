package io.vestibule.node.operations;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** Lets callers that come while an answer is on its way share it, so that a crowd costs no more than one. Thread-safe. */
final class SingleFlight<T> {
  private final Supplier<Future<T>> call;
  private final AtomicReference<Future<T>> flying = new AtomicReference<>();

  SingleFlight(Supplier<Future<T>> call) {
    this.call = call;
  }

  /** The answer that is on its way, or that of a new call; completes on any thread. */
  Future<T> get() {
    Promise<T> mine = Promise.promise();
    Future<T> earlier = flying.compareAndExchange(null, mine.future());
    if (earlier != null) {
      return earlier;
    }
    call.get().onComplete(answer -> {
      flying.set(null);
      if (answer.succeeded()) {
        mine.complete(answer.result());
      } else {
        mine.fail(answer.cause());
      }
    });
    return mine.future();
  }
}
