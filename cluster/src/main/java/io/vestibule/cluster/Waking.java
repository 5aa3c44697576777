package io.vestibule.cluster;

/** Whether this node has just done nothing itself for a while: it was frozen, and may not have noticed yet that the others went on without it. Pure; one thread. */
public final class Waking {
  /** Whoever has not looked for so long was frozen: it looks more than once a second. */
  private static final long ASLEEP_MILLIS = 5_000;

  /** By then a node that was frozen has noticed that it is not one of the others any more, and usually found them again. */
  private static final long WAKING_MILLIS = 15_000;

  private boolean looked;
  private boolean waking;
  private long lookedMs;
  private long wokeMs;

  /**
   * Looks again.
   *
   * @param nowMs of a clock that never goes back, also while nothing runs
   */
  public boolean isWaking(long nowMs) {
    // The first look is none after a sleep.
    if (looked && nowMs - lookedMs >= ASLEEP_MILLIS) {
      waking = true;
      wokeMs = nowMs;
    }
    waking &= nowMs - wokeMs < WAKING_MILLIS;
    looked = true;
    lookedMs = nowMs;
    return waking;
  }
}
