package io.vestibule.admission.core;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What happened in a queue, counted since this coordinator leads. */
final class Counters {
  private final long[] counts = new long[Count.values().length];
  private final Map<String, Long> failures = new TreeMap<>();

  /** Each is a metric label. */
  enum Count {
    JOINED, JOINED_AGAIN, REFUSED, ADMITTED, CLAIMED, CLAIM_EXPIRED, AWAY, RETURNED, ABANDONED, LEFT, REVOKED, RESUMED, DETACHED,
    GRACE_EXPIRED, SESSION_EXPIRED, REPLACED, TAKEN_OVER, REQUEUED, PUT_BACK, SLOT_CONFLICTS
  }

  void add(Count count) {
    counts[count.ordinal()]++;
  }

  void add(Count count, int times) {
    counts[count.ordinal()] += times;
  }

  /** A resume that failed, by the slug of its reason. */
  void resumeFailed(String slug) {
    failures.merge("resume_failed_" + slug, 1L, Long::sum);
  }

  Map<String, Long> all() {
    Map<String, Long> all = new TreeMap<>(failures);
    for (Count count : Count.values()) {
      all.put(count.name().toLowerCase(Locale.ROOT), counts[count.ordinal()]);
    }
    return all;
  }
}
