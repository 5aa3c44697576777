package io.vestibule.admission.core;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** How many will come yet and stand before somebody, because the credit of their class is greater: as many as come of late, in what is left of the difference. */
final class Overtaking {
  private static final double TIME_CONSTANT_MS = 60_000;

  private final TreeMap<Long, Arrivals> byCredit = new TreeMap<>();

  private static final class Arrivals {
    final Decay rate = new Decay(TIME_CONSTANT_MS);
    int sinceTick;
  }

  void joined(long creditMs) {
    if (creditMs > 0) {
      byCredit.computeIfAbsent(creditMs, credit -> new Arrivals()).sinceTick++;
    }
  }

  void passed(double elapsedMs) {
    for (Arrivals arrivals : byCredit.values()) {
      arrivals.rate.passed(elapsedMs, elapsedMs, arrivals.sinceTick);
      arrivals.sinceTick = 0;
    }
  }

  /** What is known. */
  Map<Long, Experience.Rate> learnt() {
    Map<Long, Experience.Rate> rates = new HashMap<>();
    byCredit.entrySet().stream().limit(Experience.MOST_CREDITS).forEach(arrivals -> rates.put(arrivals.getKey(), arrivals.getValue().rate.learnt()));
    return rates;
  }

  /** Goes on with what another knew. */
  void resume(Map<Long, Experience.Rate> learnt) {
    learnt.forEach((credit, rate) -> byCredit.computeIfAbsent(credit, none -> new Arrivals()).rate.resume(rate));
  }

  /**
   * How many will pass.
   *
   * @param leadMs how much longer than nobody's a wait has lasted, with the credit of the class
   * @param withinMs how long the wait will be
   */
  double expected(long leadMs, double withinMs) {
    double passing = 0;
    for (var higher : byCredit.tailMap(leadMs, false).entrySet()) {
      Decay rate = higher.getValue().rate;
      passing += rate.weight() > 0 ? rate.rate() * Math.min(withinMs, higher.getKey() - leadMs) : 0;
    }
    return passing;
  }
}
