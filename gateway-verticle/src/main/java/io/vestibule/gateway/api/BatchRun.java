package io.vestibule.gateway.api;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.ServerCall.Batch;
import io.vestibule.gateway.api.ServerCall.Entry;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * One batch: each call begins when the one before it has ended, so that what a user is subscribed to by one call comes with the publish of the next. A call
 * that fails stops no other.
 */
final class BatchRun {
  /** Nodes that do not answer cost seconds each time; when these are used up, what is left of the batch is not begun. */
  static final long DEADLINE_MS = 15_000;

  private final Batch batch;
  private final Function<ServerCall, Future<JsonObject>> execute;
  private final LongSupplier monotonicMs;
  private final JsonArray results = new JsonArray();
  private final Promise<JsonObject> done = Promise.promise();

  BatchRun(Batch batch, Function<ServerCall, Future<JsonObject>> execute, LongSupplier monotonicMs) {
    this.batch = batch;
    this.execute = execute;
    this.monotonicMs = monotonicMs;
  }

  Future<JsonObject> run() {
    runFrom(0, monotonicMs.getAsLong() + DEADLINE_MS);
    return done.future();
  }

  /** A loop and not a chain of futures: most calls have ended when they return, and a thousand of them would be a deep stack. */
  private void runFrom(int first, long deadlineMs) {
    for (int i = first; i < batch.entries().size(); i++) {
      Future<JsonObject> result = one(batch.entries().get(i), deadlineMs);
      if (!result.isComplete()) {
        int next = i + 1;
        result.onComplete(later -> {
          add(result);
          runFrom(next, deadlineMs);
        });
        return;
      }
      add(result);
    }
    done.complete(new JsonObject().put("results", results));
  }

  private Future<JsonObject> one(Entry entry, long deadlineMs) {
    if (entry.malformed() != null) {
      return Future.failedFuture(entry.malformed());
    }
    if (monotonicMs.getAsLong() >= deadlineMs) {
      return Future.failedFuture(Failure.of(ErrorReason.TIMEOUT, "The calls before this one took too long; it was not begun."));
    }
    return execute.apply(entry.call());
  }

  private void add(Future<JsonObject> result) {
    results.add(result.succeeded()
        ? new JsonObject().put("ok", true).mergeIn(result.result())
        : new JsonObject().put("error", FailureJson.of((Failure) result.cause())));
  }
}
