package io.vestibule.admission.core;

import java.util.Map;

/**
 * A queue at a glance.
 *
 * @param capacity slots now: what is configured or set, and what the nodes offer; 0 for no limit
 * @param waiting live waiters
 * @param away waiters whose socket is gone
 * @param admitted slots promised and not claimed yet
 * @param connected slots with a live connection
 * @param grace slots kept for somebody who dropped
 * @param sessions sessions, live or not
 * @param byGateway live connections by gateway node
 * @param admissionsPerSecond admissions lately, an average with a time constant of 120 s; -1 while unknown
 * @param inflowLimit the limit in force after adaptation, a second; 0 for none
 * @param etaErrorPercent the median error of the estimates that came true, in percent; -1 before the first
 * @param etaCoverage the share of waits that ended before the p90 that was told, in percent; -1 before the first
 * @param counters what happened, by name, since this coordinator leads; names are metric labels
 */
public record QueueStatus(
    String queue,
    int capacity,
    long waiting,
    long away,
    int admitted,
    int connected,
    int grace,
    int sessions,
    Map<String, Integer> byGateway,
    double admissionsPerSecond,
    double inflowLimit,
    double etaErrorPercent,
    double etaCoverage,
    boolean paused,
    Map<String, Long> counters) {}
