package io.vestibule.bench.durable;

/**
 * What subscribers of durable topics did not get as they should have.
 *
 * @param lost messages that never came
 * @param doubled arrivals of what had come before
 * @param reordered messages that came after one with a higher offset
 */
public record Verdict(long lost, long doubled, long reordered) {
  static final Verdict CLEAN = new Verdict(0, 0, 0);

  Verdict plus(Verdict other) {
    return new Verdict(lost + other.lost, doubled + other.doubled, reordered + other.reordered);
  }

  /** Whether all was well. */
  public boolean clean() {
    return equals(CLEAN);
  }
}
