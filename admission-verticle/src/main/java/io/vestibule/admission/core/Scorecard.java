package io.vestibule.admission.core;

import io.vestibule.admission.core.Estimator.Estimate;

/** How good estimates were, in a few hundred bytes: errors by percent in a histogram that halves when it is full, so that newer ones count more. */
final class Scorecard {
  private static final int BUCKETS = 401;
  private static final int FULL = 20_000;

  private final int[] byError = new int[BUCKETS];
  private int all;
  private int covered;

  /** Adds an estimate and how long the wait was. Waits below a tick count as one tick. */
  void add(Estimate told, long waitedMs) {
    double waited = Math.max(QueueEvent.Tick.MILLIS, waitedMs);
    int percent = (int) Math.min(BUCKETS - 1, Math.abs(told.etaMs() - waited) * 100 / waited);
    if (all == FULL) {
      halve();
    }
    byError[percent]++;
    all++;
    if (waitedMs <= told.highMs()) {
      covered++;
    }
  }

  /** The median error, to the percent; -1 before the first. */
  double errorPercent() {
    int left = all;
    for (int percent = 0; percent < BUCKETS; percent++) {
      left -= 2 * byError[percent];
      if (left <= 0 && all > 0) {
        return percent;
      }
    }
    return -1;
  }

  /** The share of waits within the 90th percentile, in percent; -1 before the first. */
  double coveragePercent() {
    return all == 0 ? -1 : 100.0 * covered / all;
  }

  private void halve() {
    all = 0;
    for (int i = 0; i < BUCKETS; i++) {
      byError[i] /= 2;
      all += byError[i];
    }
    covered = Math.min(all, covered / 2);
  }
}
