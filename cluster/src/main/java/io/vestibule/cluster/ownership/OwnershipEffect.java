package io.vestibule.cluster.ownership;

import java.util.Set;

/** What {@link OwnershipCore} wants done. */
public sealed interface OwnershipEffect {

  /** Read the term of a shard. */
  record ReadTerm(int shard, long ticket) implements OwnershipEffect {}

  /** Replace the term of a shard, if it is still the expected one. */
  record RaiseTerm(int shard, long ticket, Term expected, Term claimed) implements OwnershipEffect {}

  /** Read the terms of all shards that are held. */
  record Renew(long ticket, Set<Integer> shards) implements OwnershipEffect {}

  /** The shard is ours, with this term. */
  record Acquired(int shard, long term) implements OwnershipEffect {}

  /** The shard is not ours any more; what it still writes with this term is refused. */
  record Lost(int shard, long term) implements OwnershipEffect {}
}
