package io.vestibule.admission.core;

/**
 * What is kept of a queue besides its places.
 *
 * @param capacity slots as an operator set them while it ran; -1: as configured
 * @param admissionsPerSecond inflow as an operator set it; -1: as configured
 * @param paused whether an operator stopped admissions
 * @param experience what was learnt for the estimates, as of some seconds ago; null for nothing
 */
public record QueueRecord(int capacity, int admissionsPerSecond, boolean paused, Experience experience) {
  /** Nothing was set. */
  public static final QueueRecord INITIAL = new QueueRecord(-1, -1, false);

  /** Of which nothing was learnt. */
  public QueueRecord(int capacity, int admissionsPerSecond, boolean paused) {
    this(capacity, admissionsPerSecond, paused, null);
  }

  /** With another size; -1 leaves a figure as it is. */
  QueueRecord resized(int slots, int perSecond) {
    return new QueueRecord(slots < 0 ? capacity : slots, perSecond < 0 ? admissionsPerSecond : perSecond, paused, experience);
  }

  /** With admissions stopped, or not. */
  QueueRecord paused(boolean now) {
    return new QueueRecord(capacity, admissionsPerSecond, now, experience);
  }

  /** With what was learnt. */
  QueueRecord learnt(Experience now) {
    return new QueueRecord(capacity, admissionsPerSecond, paused, now);
  }
}
