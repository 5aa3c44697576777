package io.vestibule.cluster.ownership;

import java.util.Collection;
import java.util.Optional;

/**
 * Highest-random-weight hashing (Thaler and Ravishankar, 1998): each node has a weight for each shard, the heaviest owns it. Every
 * node computes the same without talking, a node that goes gives up only its own shards, and one that comes takes about 1/n.
 *
 * <p>Weights come from FNV-1a over the UTF-16 units, which any platform can repeat, followed by the 64-bit finaliser of MurmurHash3:
 * FNV alone leaves the high bits of similar names similar, and the comparison looks at those first.
 */
public final class Rendezvous {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Rendezvous() {}

  /**
   * The owner of a shard among these nodes.
   *
   * @param kind the kind of shard, so that two kinds are spread differently
   * @param shard its number
   * @param nodeIds the nodes to choose from, in any order
   * @return the choice; empty without nodes
   */
  public static Optional<String> choose(String kind, int shard, Collection<String> nodeIds) {
    long seed = mix(hash(kind) + shard);
    String best = null;
    long bestWeight = 0;
    for (String nodeId : nodeIds) {
      long weight = mix(hash(nodeId) ^ seed);
      int compared = best == null ? 1 : Long.compareUnsigned(weight, bestWeight);
      if (compared > 0 || (compared == 0 && nodeId.compareTo(best) < 0)) {
        best = nodeId;
        bestWeight = weight;
      }
    }
    return Optional.ofNullable(best);
  }

  /** A stable 64-bit hash of a text: the same on every node, in every version. */
  static long hash(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }

  /** Spreads each input bit over all output bits. */
  static long mix(long value) {
    long z = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
