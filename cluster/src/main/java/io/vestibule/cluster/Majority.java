package io.vestibule.cluster;

/**
 * When a part of the cluster may act for the whole.
 *
 * @param expected how many nodes the cluster is to have ({@code cluster.expected-size}); below three no part can be told from the whole, and each goes on
 */
public record Majority(int expected) {
  /** From so many nodes on, a part of the cluster can be told from the whole. */
  public static final int SMALLEST = 3;

  /** Whether there is a rule. */
  public boolean isRequired() {
    return expected >= SMALLEST;
  }

  /** Whether so many nodes are too few: the others may be the majority, and go on. */
  public boolean isMinority(int members) {
    return isRequired() && members < expected / 2 + 1;
  }
}
