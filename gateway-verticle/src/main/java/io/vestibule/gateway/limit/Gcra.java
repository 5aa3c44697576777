package io.vestibule.gateway.limit;

/**
 * A rate limit by the generic cell rate algorithm (ITU-T I.371, virtual scheduling): the whole state of a limited thing is one number,
 * its theoretical arrival time. Integer microseconds throughout. Immutable; the caller keeps the state.
 */
public final class Gcra {
  private static final long SECOND_US = 1_000_000;
  private static final long MINUTE_US = 60 * SECOND_US;

  private final long intervalUs;
  private final long toleranceUs;
  private final int burst;

  /**
   * A limit.
   *
   * @param perSecond how many are permitted in a second on average, at least 1
   * @param burst how many at once, at least 1
   */
  public Gcra(int perSecond, int burst) {
    if (perSecond < 1 || burst < 1) {
      throw new IllegalArgumentException("a rate of " + perSecond + " with a burst of " + burst + " permits nothing");
    }
    this.intervalUs = Math.max(1, SECOND_US / perSecond);
    this.toleranceUs = intervalUs * (burst - 1);
    this.burst = burst;
  }

  private Gcra(long intervalUs, int burst) {
    this.intervalUs = intervalUs;
    this.toleranceUs = intervalUs * (burst - 1);
    this.burst = burst;
  }

  /** So many a minute, and as many at once. */
  public static Gcra perMinute(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a rate of " + count + " a minute permits nothing");
    }
    return new Gcra(Math.max(1, MINUTE_US / count), count);
  }

  /** How long the caller has to wait, in microseconds: 0 when one more is permitted now. */
  public long waitUs(long tatUs, long nowUs) {
    return Math.max(0, tatUs - toleranceUs - nowUs);
  }

  /** The state after one more was permitted. */
  public long take(long tatUs, long nowUs) {
    return Math.max(tatUs, nowUs) + intervalUs;
  }

  /** How many are permitted at once now. */
  public int remaining(long tatUs, long nowUs) {
    long room = toleranceUs + intervalUs - Math.max(0, tatUs - nowUs);
    return (int) Math.max(0, Math.min(burst, room / intervalUs));
  }

  /** Microseconds until the whole burst is permitted again. */
  public long fullInUs(long tatUs, long nowUs) {
    return Math.max(0, tatUs - nowUs);
  }

  /** The most that is permitted at once. */
  public int burst() {
    return burst;
  }

  /** Microseconds in which one more is permitted. */
  public long intervalUs() {
    return intervalUs;
  }

  /** The time in which an empty quota fills again, in whole seconds, at least 1. */
  public long windowSeconds() {
    return Math.max(1, (intervalUs * burst + SECOND_US - 1) / SECOND_US);
  }
}
