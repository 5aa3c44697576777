package io.vestibule.presence.core;

/**
 * Whether this node has rather been cut off than left by the others. That is how a node that was frozen finds its cluster, until it is taken in again: it has lost sight of more than half of the nodes within
 * a few seconds, or has just done nothing itself for a while, and may not have noticed yet that the others went on without it. Pure; one thread.
 */
public final class Isolation {
  private static final long AT_ONCE_MILLIS = 5_000;
  private static final long LONGEST_MILLIS = 60_000;

  /** Whoever has not looked for so long was frozen: it looks many times a second. */
  private static final long ASLEEP_MILLIS = 5_000;

  /** By then a node that was frozen has noticed that it is not one of the others any more. */
  private static final long WAKING_MILLIS = 15_000;

  private int usual;
  private boolean fewer;
  private boolean cutOff;
  private long sinceMs;
  private boolean waking;
  private long lookedMs;
  private long wokeMs;

  /**
   * Looks again. Once cut off it is so until more than half have been back for a few seconds, or for a minute.
   *
   * @param nodes that this one sees, itself among them
   * @param nowMs of a clock that never goes back
   */
  public boolean isCutOff(int nodes, long nowMs) {
    wake(nowMs);
    // One that has gone for good must not keep a node cut off that sees most of the others again.
    boolean fewerNow = cutOff ? nodes * 2 <= usual : nodes < usual;
    if (fewerNow != fewer) {
      fewer = fewerNow;
      sinceMs = nowMs;
    }
    cutOff |= nodes * 2 < usual || waking;
    if (!waking && nowMs - sinceMs >= (cutOff && fewer ? LONGEST_MILLIS : AT_ONCE_MILLIS)) {
      cutOff = false;
      usual = nodes;
      fewer = false;
    }
    usual = Math.max(usual, nodes);
    return cutOff;
  }

  private void wake(long nowMs) {
    // The first look is none after a sleep.
    if (usual > 0 && nowMs - lookedMs >= ASLEEP_MILLIS) {
      waking = true;
      wokeMs = nowMs;
    }
    waking &= nowMs - wokeMs < WAKING_MILLIS;
    lookedMs = nowMs;
  }
}
