package io.vestibule.gateway.auth;

import java.time.Duration;

/**
 * The clockwork of a key set that is read again and again.
 *
 * @param refresh between two readings that went well
 * @param deadline of one reading
 * @param onDemand between two readings that tokens with unknown keys may cause
 * @param retry after the first failed reading; doubles up to {@code retryMost}
 * @param retryMost between two failed readings, at most
 * @param fileCheck between two looks at a file's time of change
 */
record JwksTiming(
    Duration refresh, Duration deadline, Duration onDemand, Duration retry, Duration retryMost, Duration fileCheck) {

  /** What serves: a start waits 3 s for its keys, and strangers' key ids cause six readings a minute. */
  static JwksTiming of(Duration refresh) {
    return new JwksTiming(
        refresh, Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(2));
  }

  /** Milliseconds until the next reading after so many failures in a row. */
  long delayMs(int failures) {
    if (failures == 0) {
      return refresh.toMillis();
    }
    long doubled = retry.toMillis() << Math.min(failures - 1, 20);
    return Math.min(refresh.toMillis(), Math.min(retryMost.toMillis(), doubled));
  }
}
