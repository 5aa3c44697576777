package io.vestibule.cluster;

/**
 * Whether this node was frozen a moment ago and sees fewer nodes than before that. They have gone on without it, then, and it must not take what is theirs: it would count on from the terms that it
 * remembers, and what it does alone for a few seconds might win over what they did meanwhile when they meet. Where they are really gone, it waits 15 s. Pure; thread-safe.
 */
final class LeftBehind {
  private final Waking waking = new Waking();
  private int before;
  private int fewest;

  /**
   * Looks again.
   *
   * @param nodes that this one sees, itself among them
   * @param nowMs of a clock that never goes back, also while nothing runs
   */
  synchronized boolean look(int nodes, long nowMs) {
    boolean wakes = waking.isWaking(nowMs);
    if (!wakes) {
      before = nodes;
    }
    fewest = wakes ? Math.min(fewest, nodes) : nodes;
    // Some may be gone for good: whoever has been found is asked.
    return wakes && nodes < before && nodes <= fewest;
  }
}
