package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;

/** One step after the other, however many: futures that were composed of each other would end in a stack as deep as they are many. */
final class Repeated {
  private Repeated() {}

  /** From each thing to the next, until a step has none: null. Fails with the first that fails. */
  static <T> Future<Void> through(T first, Function<T, Future<T>> step) {
    Promise<Void> done = Promise.promise();
    take(first, step, done);
    return done.future();
  }

  /** With each of these. */
  static <T> Future<Void> each(Iterator<T> items, Function<T, Future<Void>> step) {
    return items.hasNext() ? through(items.next(), item -> step.apply(item).map(done -> items.hasNext() ? items.next() : null)) : Future.succeededFuture();
  }

  private static <T> void take(T thing, Function<T, Future<T>> step, Promise<Void> done) {
    step.apply(thing).onComplete(next -> {
      if (next == null) {
        done.complete();
      } else {
        take(next, step, done);
      }
    }, done::fail);
  }
}
