package io.vestibule.systemtests.harness;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what can only be asked for: another process's state. */
public final class Eventually {
  /** What is there soon is not waited for longer than it takes; what takes long is asked for seldom. */
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private Eventually() {}

  /** A question that may fail while the answer is not there yet. */
  @FunctionalInterface
  public interface Condition extends Callable<Boolean> {}

  /**
   * Asks until the answer is yes.
   *
   * @param what is waited for, for the failure's message
   * @return how long it took
   * @throws AssertionError after {@code limit}, with the last exception that asking threw as its cause
   */
  public static Duration within(Duration limit, String what, Condition condition) {
    return within(limit, () -> what, condition);
  }

  /** As the other; what is waited for is asked at the end only, when it can say how far it came. */
  public static Duration within(Duration limit, Supplier<String> what, Condition condition) {
    long started = System.nanoTime();
    for (long pause = FIRST_PAUSE_NANOS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
      Exception last = null;
      try {
        if (condition.call()) {
          return Duration.ofNanos(System.nanoTime() - started);
        }
      } catch (Exception notYet) {
        last = notYet;
      }
      if (System.nanoTime() - started > limit.toNanos()) {
        throw new AssertionError("not within " + limit + ": " + what.get(), last);
      }
      LockSupport.parkNanos(pause);
    }
  }
}
