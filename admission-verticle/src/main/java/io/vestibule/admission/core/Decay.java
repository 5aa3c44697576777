package io.vestibule.admission.core;

/**
 * A rate as an average over the past in which a moment counts the less the longer it is ago (exponentially). Right for any spacing of the moments, for bursts, and from
 * the first one on: what was counted is divided by the time in which it was, both with the same weights.
 */
final class Decay {
  private final double timeConstantMs;
  private double count;
  private double weight;

  Decay(double timeConstantMs) {
    this.timeConstantMs = timeConstantMs;
  }

  /** Time in which the thing could happen, and how often it did, evenly or at the end of it; {@code unitMs} are milliseconds, or waiters times milliseconds. */
  void passed(double elapsedMs, double unitMs, double happened) {
    double fade = Math.exp(-elapsedMs / timeConstantMs);
    double share = elapsedMs > 0 ? timeConstantMs * (1 - fade) / elapsedMs : 1;
    weight = weight * fade + unitMs * share;
    count = count * fade + happened * share;
  }

  /** What is known. */
  Experience.Rate learnt() {
    return new Experience.Rate(count, weight);
  }

  /** Goes on with what another knew. */
  void resume(Experience.Rate learnt) {
    count = learnt.count();
    weight = learnt.weight();
  }

  /** Per unit; NaN before any was seen. */
  double rate() {
    return count / weight;
  }

  /** How many of the things the rate rests on, old ones counting less. */
  double count() {
    return count;
  }

  /** How much of the unit the rate rests on. */
  double weight() {
    return weight;
  }
}
