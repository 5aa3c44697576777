package io.vestibule.gateway.session;

import java.util.function.LongSupplier;

/**
 * The two times: one that only runs forward, for everything that waits, and the one of the world, for tokens and timestamps.
 *
 * @param monotonicMs milliseconds since some moment
 * @param epochMs Unix milliseconds
 */
public record LoopClock(LongSupplier monotonicMs, LongSupplier epochMs) {
  private static final long NANOS_OF_A_MILLI = 1_000_000;

  /** The clocks of this machine. */
  public static LoopClock system() {
    // The JVM's figure may be negative, which nothing that counts ticks or quotas from 0 would survive.
    long start = System.nanoTime();
    return new LoopClock(() -> (System.nanoTime() - start) / NANOS_OF_A_MILLI, System::currentTimeMillis);
  }
}
