package io.vestibule.gateway.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where slow signatures are checked: off the event loops, on half of the processors, with a bounded number of tokens at a time. Whoever
 * sends tokens by the thousand is not authenticated yet; it must not cost those who are. Any thread.
 */
final class VerifyPool {
  private static final long LONGEST_CHECK_MS = 1_000;

  private final WorkerExecutor workers;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final int limit;

  /**
   * A pool of its own.
   *
   * @param limit checks under way and waiting, at most
   */
  VerifyPool(Vertx vertx, int limit) {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    this.workers = vertx.createSharedWorkerExecutor("vestibule-token", threads, LONGEST_CHECK_MS, TimeUnit.MILLISECONDS);
    this.limit = limit;
  }

  /**
   * Runs a check.
   *
   * @return its result on the caller's context; fails with {@code UNAVAILABLE} when too many are under way
   */
  <T> Future<T> run(Callable<T> check) {
    if (inFlight.incrementAndGet() > limit) {
      inFlight.decrementAndGet();
      return Future.failedFuture(
          Failure.of(ErrorReason.UNAVAILABLE, "Too many tokens are being verified; try again.").retryAfter(1_000));
    }
    return workers.executeBlocking(check, false).onComplete(done -> inFlight.decrementAndGet());
  }

  Future<Void> close() {
    return workers.close();
  }
}
