package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.admission.store.FencedException;
import java.util.function.Supplier;

/**
 * One thing that the store has to do, repeated until it is done, the store says that somebody else leads, or nobody wants it any more. An attempt that failed or is late may
 * have been done: the next one is the same.
 */
final class StoreCall<T> {
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final Supplier<Future<T>> call;
  private final Outcome<T> outcome;
  private final Timers timers;
  private final long lateMillis;
  private Runnable timer = () -> {};
  private int attempts;
  private int awaited;
  private boolean ended;

  /** What comes of it. */
  interface Outcome<T> {
    /** It is done; the last thing that is heard. */
    void done(T result);

    /** Somebody else leads; the last thing that is heard. */
    void fenced(FencedException thrown);

    /** An attempt failed; another follows unless {@link #end} is called. */
    void failed(Throwable thrown, int attempt);
  }

  /**
   * A call that {@link #start} begins.
   *
   * @param lateMillis after this the store, which has a deadline of its own, is asked again
   */
  StoreCall(Supplier<Future<T>> call, Outcome<T> outcome, Timers timers, long lateMillis) {
    this.call = call;
    this.outcome = outcome;
    this.timers = timers;
    this.lateMillis = lateMillis;
  }

  void start() {
    int mine = ++attempts;
    awaited = mine;
    timer = timers.after(lateMillis, () -> settle(mine, () -> retry(new IllegalStateException("the store did not answer"))));
    call.get().onComplete(
        result -> settle(mine, () -> {
          ended = true;
          outcome.done(result);
        }),
        thrown -> settle(mine, () -> failed(thrown)));
  }

  /** Nothing is heard of it any more. */
  void end() {
    ended = true;
    timer.run();
  }

  /** Each attempt ends once, by its answer or by being late. */
  private void settle(int mine, Runnable how) {
    if (!ended && mine == awaited) {
      timer.run();
      how.run();
    }
  }

  private void failed(Throwable thrown) {
    if (thrown instanceof FencedException fenced) {
      ended = true;
      outcome.fenced(fenced);
    } else {
      retry(thrown);
    }
  }

  private void retry(Throwable thrown) {
    awaited = 0;
    outcome.failed(thrown, attempts);
    if (!ended) {
      timer = timers.after(Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempts - 1, 10)), this::start);
    }
  }
}
