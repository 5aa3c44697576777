package io.vestibule.cluster.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.ownership.ShardKind;
import io.vestibule.cluster.ownership.Term;
import io.vestibule.cluster.ownership.TermStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The terms in the cluster's own memory, each with two backups where there are nodes for them. The values are text and the
 * operations Hazelcast's own, so that members without our classes (an application's nodes) can hold a part of the map; only where
 * halves of a cluster meet do they need them.
 */
public final class HazelcastTermStore implements TermStore {
  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final Duration deadline;

  /**
   * A store in a running cluster.
   *
   * @param deadline of each call
   */
  public HazelcastTermStore(Vertx vertx, HazelcastInstance hazelcast, Duration deadline) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.deadline = deadline;
  }

  @Override
  public Future<Term> read(ShardKind kind, int shard) {
    return call(() -> parse(map().get(key(kind, shard))));
  }

  @Override
  public Future<Map<Integer, Term>> readAll(ShardKind kind, Set<Integer> shards) {
    return call(() -> {
      Set<String> keys = shards.stream().map(shard -> key(kind, shard)).collect(Collectors.toSet());
      Map<String, String> stored = map().getAll(keys);
      Map<Integer, Term> terms = new HashMap<>();
      shards.forEach(shard -> terms.put(shard, parse(stored.get(key(kind, shard)))));
      return terms;
    });
  }

  @Override
  public Future<Term> raise(ShardKind kind, int shard, Term expected, Term claimed) {
    return call(() -> {
      String key = key(kind, shard);
      boolean raised = expected.equals(Term.NONE)
          ? map().putIfAbsent(key, claimed.encode()) == null
          : map().replace(key, expected.encode(), claimed.encode());
      return raised ? claimed : parse(map().get(key));
    });
  }

  private <T> Future<T> call(Callable<T> operation) {
    return vertx.executeBlocking(operation, false).timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private IMap<String, String> map() {
    return hazelcast.getMap(HazelcastSettings.TERMS_MAP);
  }

  private static String key(ShardKind kind, int shard) {
    return kind.name() + "/" + shard;
  }

  private static Term parse(String stored) {
    return stored == null ? Term.NONE : Term.parse(stored);
  }
}
