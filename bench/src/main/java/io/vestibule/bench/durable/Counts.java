package io.vestibule.bench.durable;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** How often something happened, by a few words. Thread-safe. */
final class Counts {
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();

  void add(String what) {
    counts.merge(what, 1, Integer::sum);
  }

  void addAll(Map<String, Integer> more) {
    more.forEach((what, times) -> counts.merge(what, times, Integer::sum));
  }

  /** What there is now, in the order of the words. */
  Map<String, Integer> all() {
    return new TreeMap<>(counts);
  }
}
