package io.vestibule.admission.bus;

import java.util.function.LongSupplier;

/** The clock of one reign: it starts at the wall clock and goes on monotonically, so that a jump of the wall clock moves no deadline. */
final class LeaderClock {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long startMs;
  private final long startNanos;
  private final LongSupplier nanos;

  /**
   * A clock that starts now.
   *
   * @param wallMs Unix milliseconds
   * @param nanos the monotonic clock
   */
  LeaderClock(long wallMs, LongSupplier nanos) {
    this.startMs = wallMs;
    this.nanos = nanos;
    this.startNanos = nanos.getAsLong();
  }

  /** Unix milliseconds as this reign counts them; never goes back. */
  long nowMs() {
    return startMs + (nanos.getAsLong() - startNanos) / NANOS_PER_MILLI;
  }

  /** Nanoseconds of the monotonic clock, for measuring. */
  long nanos() {
    return nanos.getAsLong();
  }
}
