package io.vestibule.gateway.limit;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How a rate limit stands for somebody, as clients are told of it. Immutable, pure.
 *
 * @param policy its name: letters, digits and hyphens
 * @param limit the most at once, at least 1
 * @param remaining how many are permitted now
 * @param fullInMs until all are permitted again, in milliseconds
 * @param windowMs the time in which an empty quota fills, in milliseconds
 * @param nextInMs until one more than now is permitted, in milliseconds; where all are, the time in which one that is used comes back
 */
public record LimitState(String policy, int limit, int remaining, long fullInMs, long windowMs, long nextInMs) {
  private static final long MILLI_US = 1_000;

  /** The state of a limit of this node's own. */
  public static LimitState of(String policy, Gcra limit, long tatUs, long nowUs) {
    int remaining = limit.remaining(tatUs, nowUs);
    long fullInUs = limit.fullInUs(tatUs, nowUs);
    return new LimitState(policy, limit.burst(), remaining, ceil(fullInUs), ceil(limit.intervalUs() * limit.burst()),
        ceil(nextInUs(limit.intervalUs(), limit.burst() - remaining, fullInUs)));
  }

  /**
   * The state of a limit that is counted elsewhere.
   *
   * @param resetAtMs when all are permitted again, Unix milliseconds of the other's clock
   * @param nowMs Unix milliseconds
   */
  public static LimitState told(String policy, int limit, int remaining, long resetAtMs, long windowMs, long nowMs) {
    int left = Math.max(0, Math.min(limit, remaining));
    // The two clocks may differ; what is told must not be less than nothing or more than all of it.
    long fullInMs = Math.max(0, Math.min(windowMs, resetAtMs - nowMs));
    return new LimitState(policy, limit, left, fullInMs, windowMs, nextInUs(Math.max(1, windowMs / limit), limit - left, fullInMs));
  }

  /** What is used comes back one after the other, the last one when all is full. */
  private static long nextInUs(long interval, int used, long fullIn) {
    return used == 0 ? interval : Math.max(1, fullIn - interval * (used - 1));
  }

  /** The one that will be felt first: with the least remaining, and of those the one that takes longest to come back. */
  public static Optional<LimitState> binding(List<LimitState> states) {
    return states.stream().min(Comparator.comparingInt(LimitState::remaining).thenComparing(Comparator.comparingLong(LimitState::nextInMs).reversed()));
  }

  private static long ceil(long us) {
    return (us + MILLI_US - 1) / MILLI_US;
  }
}
