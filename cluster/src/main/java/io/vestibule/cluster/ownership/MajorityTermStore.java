package io.vestibule.cluster.ownership;

import io.vertx.core.Future;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Terms that nobody gets in the smaller part of a partitioned cluster. Else both parts would count on from the same number, and what the smaller one wrote with its higher term, or with the same,
 * would win when they meet, over what the majority did in the meantime. Nor while a node that was frozen has not found the others again.
 */
public final class MajorityTermStore implements TermStore {
  private final TermStore store;
  private final Set<ShardKind> kinds;
  private final BooleanSupplier minority;

  /**
   * Another store, with this rule.
   *
   * @param kinds the rule is for these alone
   * @param minority whether this node sees too few of its cluster, or may, by what the store itself goes by; any thread may ask
   */
  public MajorityTermStore(TermStore store, Set<ShardKind> kinds, BooleanSupplier minority) {
    this.store = store;
    this.kinds = Set.copyOf(kinds);
    this.minority = minority;
  }

  @Override
  public Future<Term> read(ShardKind kind, int shard) {
    return store.read(kind, shard);
  }

  @Override
  public Future<Map<Integer, Term>> readAll(ShardKind kind, Set<Integer> shards) {
    return store.readAll(kind, shards);
  }

  /** A claim that was under way when the cluster fell apart succeeds when the others have been given up; so it is looked at afterwards, too. */
  @Override
  public Future<Term> raise(ShardKind kind, int shard, Term expected, Term claimed) {
    if (!kinds.contains(kind)) {
      return store.raise(kind, shard, expected, claimed);
    }
    return minority.getAsBoolean() ? refusal() : store.raise(kind, shard, expected, claimed)
        .compose(raised -> minority.getAsBoolean() ? refusal() : Future.succeededFuture(raised));
  }

  private static Future<Term> refusal() {
    return Future.failedFuture(Failure.of(ErrorReason.MINORITY));
  }
}
