package io.vestibule.admission.core;

import java.util.Map;

/**
 * The rules of a queue; 0 is no limit where a limit is meant.
 *
 * @param name the queue
 * @param capacity slots
 * @param admissionsPerSecond inflow
 * @param credits by class: so many milliseconds earlier its holders count as having come
 * @param maxConnectionsPerUser live connections of a user, unless its token says otherwise
 * @param replaceOldest whether one more takes the room of the oldest, instead of being refused
 * @param userJoins attempts of one user a minute
 * @param manyQueues whether there are other queues, in which connections of the same users count too
 */
public record QueueRules(
    String name,
    int capacity,
    int admissionsPerSecond,
    Map<String, Long> credits,
    int maxConnectionsPerUser,
    boolean replaceOldest,
    long slotGraceMs,
    long sessionTtlMs,
    long claimMs,
    long awayMs,
    int maxWaiting,
    long maxSessionState,
    int userJoins,
    boolean manyQueues) {
  public QueueRules {
    credits = Map.copyOf(credits);
  }

  /** The rules of the only queue that there is. */
  public QueueRules(String name, int capacity, int admissionsPerSecond, Map<String, Long> credits, int maxConnectionsPerUser, boolean replaceOldest, long slotGraceMs,
      long sessionTtlMs, long claimMs, long awayMs, int maxWaiting, long maxSessionState, int userJoins) {
    this(name, capacity, admissionsPerSecond, credits, maxConnectionsPerUser, replaceOldest, slotGraceMs, sessionTtlMs, claimMs, awayMs, maxWaiting, maxSessionState,
        userJoins, false);
  }
}
