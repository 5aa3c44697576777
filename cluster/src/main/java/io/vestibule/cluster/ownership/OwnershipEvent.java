package io.vestibule.cluster.ownership;

import java.util.List;
import java.util.Map;

/** What {@link OwnershipCore} hears. Answers of the store may be late, lost or repeated. */
public sealed interface OwnershipEvent {

  /** These nodes run the role now. */
  record NodesChanged(List<String> nodeIds) implements OwnershipEvent {}

  /** Time has passed. */
  record Tick() implements OwnershipEvent {}

  /** The store answered {@link OwnershipEffect.ReadTerm}. */
  record TermRead(int shard, long ticket, Term stored) implements OwnershipEvent {}

  /** The store answered {@link OwnershipEffect.RaiseTerm} with what it holds now. */
  record TermRaised(int shard, long ticket, Term stored) implements OwnershipEvent {}

  /** The store did not answer for one shard. Whether it raised the term is not known. */
  record StoreFailed(int shard, long ticket) implements OwnershipEvent {}

  /** The store answered {@link OwnershipEffect.Renew}. */
  record TermsSeen(long ticket, Map<Integer, Term> stored) implements OwnershipEvent {}

  /** The store did not answer {@link OwnershipEffect.Renew}. */
  record RenewalFailed(long ticket) implements OwnershipEvent {}

  /**
   * What this term is to fence was written to by another owner, with the same term, which both halves of a partition may have given, or with a higher one.
   *
   * @param term that of this node
   * @param seen the other's, not below it
   */
  record Disputed(int shard, long term, long seen) implements OwnershipEvent {}

  /** The node is going away. */
  record Stopped() implements OwnershipEvent {}
}
