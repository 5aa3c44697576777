package io.vestibule.cluster.ownership;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/**
 * Where the terms are kept, for all nodes the same. Each call ends within a deadline; one that fails may have been done all
 * the same. Thread-safe; completes on the caller's context.
 */
public interface TermStore {

  /** The term of a shard; {@link Term#NONE} for one that was never held. */
  Future<Term> read(ShardKind kind, int shard);

  /** The terms of several shards, each of them in the answer. */
  Future<Map<Integer, Term>> readAll(ShardKind kind, Set<Integer> shards);

  /**
   * Replaces the term of a shard if it is still the expected one: atomic, one of any number of callers wins.
   *
   * @param claimed with a higher number than {@code expected}
   * @return what the store holds now: {@code claimed}, or what somebody else made of it
   */
  Future<Term> raise(ShardKind kind, int shard, Term expected, Term claimed);
}
