package io.vestibule.cluster.ownership;

import java.time.Duration;

/**
 * The times of shard ownership. The lease is shorter than the cluster's failure timeout, so that an owner that froze or was cut
 * off has stopped before anybody is told to take its place.
 *
 * @param lease how long a term counts after it was last seen in the store
 * @param renewEvery how often it is looked at
 * @param storeDeadline how long an answer of the store is waited for
 * @param firstRetry the pause after a first failure; it doubles
 * @param longestRetry where doubling ends
 */
public record OwnershipTimings(
    Duration lease, Duration renewEvery, Duration storeDeadline, Duration firstRetry, Duration longestRetry) {
  public OwnershipTimings {
    if (renewEvery.plus(storeDeadline).compareTo(lease) >= 0) {
      throw new IllegalArgumentException("a renewal every " + renewEvery + " that may take " + storeDeadline
          + " cannot keep a lease of " + lease);
    }
  }

  /** For a cluster that takes a node for dead after this time. */
  public static OwnershipTimings forFailureTimeout(Duration failureTimeout) {
    Duration lease = failureTimeout.multipliedBy(6).dividedBy(10);
    return new OwnershipTimings(lease, lease.dividedBy(4), lease.dividedBy(3), Duration.ofMillis(200), Duration.ofSeconds(5));
  }
}
