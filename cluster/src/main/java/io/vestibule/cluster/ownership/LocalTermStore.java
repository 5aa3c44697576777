package io.vestibule.cluster.ownership;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The terms of a node that is alone; also of several nodes of one process, in tests. */
public final class LocalTermStore implements TermStore {
  private final Map<String, Term> terms = new ConcurrentHashMap<>();

  @Override
  public Future<Term> read(ShardKind kind, int shard) {
    return Future.succeededFuture(get(kind, shard));
  }

  @Override
  public Future<Map<Integer, Term>> readAll(ShardKind kind, Set<Integer> shards) {
    return Future.succeededFuture(
        shards.stream().collect(Collectors.toMap(Function.identity(), shard -> get(kind, shard))));
  }

  @Override
  public Future<Term> raise(ShardKind kind, int shard, Term expected, Term claimed) {
    return Future.succeededFuture(terms.compute(key(kind, shard), (key, stored) ->
        (stored == null ? Term.NONE : stored).equals(expected) ? claimed : stored));
  }

  private Term get(ShardKind kind, int shard) {
    return terms.getOrDefault(key(kind, shard), Term.NONE);
  }

  private static String key(ShardKind kind, int shard) {
    return kind.name() + "/" + shard;
  }
}
