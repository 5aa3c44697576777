package io.vestibule.gateway.log.store;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Supplier;

/** One step after the other, however many: futures that were composed of each other would end in a stack as deep as they are many. */
final class Repeated {
  private Repeated() {}

  /** Until a step says that it was the last; fails with the first that fails. */
  static Future<Void> until(Supplier<Future<Boolean>> step) {
    Promise<Void> done = Promise.promise();
    next(step, done);
    return done.future();
  }

  /** With each of these. */
  static <T> Future<Void> each(Iterator<T> items, Function<T, Future<Void>> step) {
    return items.hasNext() ? until(() -> step.apply(items.next()).map(one -> !items.hasNext())) : Future.succeededFuture();
  }

  private static void next(Supplier<Future<Boolean>> step, Promise<Void> done) {
    step.get().onComplete(last -> {
      if (last) {
        done.complete();
      } else {
        next(step, done);
      }
    }, done::fail);
  }
}
