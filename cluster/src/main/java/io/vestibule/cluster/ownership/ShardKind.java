package io.vestibule.cluster.ownership;

import java.util.Objects;

/**
 * A family of shards. Their number is fixed for the life of a cluster, since names are spread over it.
 *
 * @param name part of the stored key and the label in metrics and health: {@code presence}, {@code queue}, {@code log}
 * @param role the role that a node must run to own one
 * @param count how many shards there are
 */
public record ShardKind(String name, String role, int count) {
  public ShardKind {
    Objects.requireNonNull(role);
    if (!name.matches("[a-z][a-z-]*")) {
      throw new IllegalArgumentException("a kind of shard is named in lower-case letters, not '" + name + "'");
    }
    if (count < 1 || count > 4096) {
      throw new IllegalArgumentException("kind " + name + " has " + count + " shards, not 1 to 4096");
    }
  }

  /** The shard that a name (a queue, a topic) belongs to. */
  public int shardOf(String key) {
    return (int) Long.remainderUnsigned(Rendezvous.mix(Rendezvous.hash(key)), count);
  }
}
