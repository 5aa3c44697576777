package io.vestibule.bench.admission;

import io.vestibule.admission.core.PlaceRecord;
import java.util.HashMap;
import java.util.Map;

/**
 * What a simpler waiting room would say: {@code n / mu} with the plain average of admissions over about two minutes; and the same with the position that a counter gives, "number 530, now serving
 * 212", of which nobody takes out those who gave up, and which is read each minute.
 */
final class Rivals {
  private static final double TIME_CONSTANT_MS = 120_000;
  private static final long COUNTER_MS = 60_000;

  private final Map<String, Long> numbers = new HashMap<>();
  private long joined;
  private long serving;
  private long shown;
  private long shownAtMs;
  private long lastMs;
  private double count;
  private double weight;

  void joined(PlaceRecord place) {
    numbers.computeIfAbsent(place.id(), id -> ++joined);
  }

  void admitted(PlaceRecord place) {
    count++;
    serving = Math.max(serving, numbers.get(place.id()));
  }

  void tick(long nowMs) {
    double fade = Math.exp((lastMs - nowMs) / TIME_CONSTANT_MS);
    count *= fade;
    weight = weight * fade + nowMs - lastMs;
    lastMs = nowMs;
    if (nowMs - shownAtMs >= COUNTER_MS) {
      shownAtMs = nowMs;
      shown = serving;
    }
  }

  double admissionsPerMs() {
    return weight > 0 ? count / weight : 0;
  }

  long stalePosition(String place) {
    return Math.max(1, numbers.get(place) - shown);
  }
}
