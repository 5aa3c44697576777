package io.vestibule.presence.core;

import io.vestibule.cluster.Waking;

/**
 * Whether this node has rather been cut off than left by the others. That is how a node that was frozen finds its cluster, until it is taken in again: it has lost sight of more than half of the nodes within
 * a few seconds, or has just done nothing itself for a while, and may not have noticed yet that the others went on without it. Pure; one thread.
 */
public final class Isolation {
  private static final long AT_ONCE_MILLIS = 5_000;
  private static final long LONGEST_MILLIS = 60_000;

  private final Waking waking = new Waking();
  private int usual;
  private boolean fewer;
  private boolean cutOff;
  private long sinceMs;

  /**
   * Looks again. Once cut off it is so until more than half have been back for a few seconds, or for a minute.
   *
   * @param nodes that this one sees, itself among them
   * @param nowMs of a clock that never goes back
   */
  public boolean isCutOff(int nodes, long nowMs) {
    boolean wakes = waking.isWaking(nowMs);
    // One that has gone for good must not keep a node cut off that sees most of the others again.
    boolean fewerNow = cutOff ? nodes * 2 <= usual : nodes < usual;
    if (fewerNow != fewer) {
      fewer = fewerNow;
      sinceMs = nowMs;
    }
    cutOff |= nodes * 2 < usual || wakes;
    if (!wakes && nowMs - sinceMs >= (cutOff && fewer ? LONGEST_MILLIS : AT_ONCE_MILLIS)) {
      cutOff = false;
      usual = nodes;
      fewer = false;
    }
    usual = Math.max(usual, nodes);
    return cutOff;
  }
}
