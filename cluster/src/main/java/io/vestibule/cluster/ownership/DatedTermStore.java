package io.vestibule.cluster.ownership;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Terms that begin with a date. Where terms live in the memory of the cluster they are forgotten with its last node, while what was written with them may outlive it: Redis, and
 * names with a term in them that clients hold. So the first term of a shard is the time at which it was taken, in seconds, and stays above every term of the cluster's
 * last life, unless its shards changed hands more than once a second.
 */
public final class DatedTermStore implements TermStore {
  private static final long MILLIS = 1_000;
  /** No node is called that. */
  private static final String NOBODY = "-";

  private final TermStore store;
  private final LongSupplier wallMs;

  /**
   * Another store, with later beginnings.
   *
   * @param wallMs Unix milliseconds
   */
  public DatedTermStore(TermStore store, LongSupplier wallMs) {
    this.store = store;
    this.wallMs = wallMs;
  }

  @Override
  public Future<Term> read(ShardKind kind, int shard) {
    return store.read(kind, shard).map(this::dated);
  }

  @Override
  public Future<Map<Integer, Term>> readAll(ShardKind kind, Set<Integer> shards) {
    return store.readAll(kind, shards);
  }

  @Override
  public Future<Term> raise(ShardKind kind, int shard, Term expected, Term claimed) {
    return store.raise(kind, shard, expected.owner().equals(NOBODY) ? Term.NONE : expected, claimed);
  }

  private Term dated(Term stored) {
    return stored.equals(Term.NONE) ? new Term(wallMs.getAsLong() / MILLIS, NOBODY) : stored;
  }
}
