package io.vestibule.presence.core;

/**
 * Whether this node has rather been cut off than left by the others: it has lost sight of more than half of the nodes within a few seconds. That is how a node that was frozen finds its cluster, until it
 * is taken in again. Pure; one thread.
 */
public final class Isolation {
  private static final long AT_ONCE_MILLIS = 5_000;
  private static final long LONGEST_MILLIS = 60_000;

  private int usual;
  private boolean fewer;
  private long fewerSinceMs;

  /**
   * Looks again.
   *
   * @param nodes that this one sees, itself among them
   * @param nowMs of a clock that never goes back
   */
  public boolean isCutOff(int nodes, long nowMs) {
    if (nodes >= usual) {
      usual = nodes;
      fewer = false;
      return false;
    }
    if (!fewer) {
      fewer = true;
      fewerSinceMs = nowMs;
    }
    boolean mostAreGone = nodes * 2 < usual;
    if (nowMs - fewerSinceMs >= (mostAreGone ? LONGEST_MILLIS : AT_ONCE_MILLIS)) {
      usual = nodes;
      fewer = false;
      return false;
    }
    return mostAreGone;
  }
}
