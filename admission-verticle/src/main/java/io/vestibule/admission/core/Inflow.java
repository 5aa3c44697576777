package io.vestibule.admission.core;

/**
 * How many may be admitted now: a token bucket that holds a quarter of a second, at least one. Its rate is the limit an operator set, and less while nodes are strained:
 * it falls by a third each second of strain and rises by a steady step afterwards (additive increase, multiplicative decrease; D. Chiu and R. Jain, 1989). Without a limit strain
 * starts from the rate of the last seconds, and the bound goes away when twice that rate was borne; where hardly anybody came, who comes next is not to blame for the strain, and the
 * start is {@value #START} a second. It slows admissions and nothing else; nobody is put out.
 *
 * <p>Not thread-safe. Times are milliseconds of a clock that does not go back; where it does, no budget is gained.
 */
public final class Inflow {
  private static final double BURST_SECONDS = 0.25;
  private static final double DECREASE = 2.0 / 3;
  private static final double STEP = 0.05;
  private static final double LEAST = 1;
  private static final double START = 10;
  private static final double RECENT_MS = 5_000;

  private final Decay recent = new Decay(RECENT_MS);
  private int limit;
  private boolean strained;
  /** The rate while adapted, admissions a second; infinite while not. */
  private double adapted = Double.POSITIVE_INFINITY;
  private double before;
  private long cutAtMs = Long.MIN_VALUE;
  private double tokens;
  private boolean begun;
  private long lastMs;
  private int taken;

  /** An inflow with a limit a second, 0 for none. */
  public Inflow(int perSecond) {
    limit = perSecond;
  }

  /** Sets the limit, 0 for none; adaptation to strain goes on. */
  public void limit(int perSecond) {
    limit = perSecond;
  }

  /** Says whether a node has too much to do; until it is said again. */
  public void strain(long nowMs, boolean is) {
    advance(nowMs);
    if (is && !strained && begun && nowMs - 1000 >= cutAtMs) {
      cut(nowMs);
    }
    strained = is;
  }

  /** How many may be admitted now; {@link Integer#MAX_VALUE} without a bound. */
  public int available(long nowMs) {
    advance(nowMs);
    return rate() == Double.POSITIVE_INFINITY ? Integer.MAX_VALUE : (int) tokens;
  }

  /** So many were admitted, at most what was {@link #available}. */
  public void take(long nowMs, int count) {
    advance(nowMs);
    tokens = Math.max(0, tokens - count);
    taken += count;
  }

  /** The bound in force, admissions a second; 0 for none. */
  public double bound() {
    double rate = rate();
    return rate == Double.POSITIVE_INFINITY ? 0 : rate;
  }

  private double rate() {
    return Math.min(adapted, limit == 0 ? Double.POSITIVE_INFINITY : limit);
  }

  private void advance(long nowMs) {
    if (!begun) {
      begun = true;
      lastMs = nowMs;
      tokens = rate() == Double.POSITIVE_INFINITY ? 0 : burst();
    }
    long elapsedMs = nowMs - lastMs;
    if (elapsedMs <= 0) {
      return;
    }
    lastMs = nowMs;
    recent.passed(elapsedMs, elapsedMs / 1000.0, taken);
    taken = 0;
    adapt(nowMs, elapsedMs);
    double rate = rate();
    tokens = rate == Double.POSITIVE_INFINITY ? 0 : Math.min(burst(), tokens + rate * elapsedMs / 1000);
  }

  private void adapt(long nowMs, long elapsedMs) {
    if (strained) {
      if (nowMs - 1000 >= cutAtMs) {
        cut(nowMs);
      }
    } else if (adapted < Double.POSITIVE_INFINITY) {
      adapted += Math.max(LEAST, before * STEP) * elapsedMs / 1000;
      if (adapted >= (limit == 0 ? 2 * before : limit)) {
        adapted = Double.POSITIVE_INFINITY;
      }
    }
  }

  private void cut(long nowMs) {
    cutAtMs = nowMs;
    if (adapted == Double.POSITIVE_INFINITY) {
      double seen = recent.weight() > 0 ? recent.rate() : 0;
      double from = Math.max(START, seen);
      before = limit == 0 ? from : Math.min(limit, from);
      adapted = Math.max(LEAST, before * DECREASE);
      if (limit == 0) {
        tokens = burst();
      }
    } else {
      adapted = Math.max(LEAST, adapted * DECREASE);
    }
  }

  private double burst() {
    return Math.max(1, rate() * BURST_SECONDS);
  }
}
