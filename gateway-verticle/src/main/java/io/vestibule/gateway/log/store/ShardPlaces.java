package io.vestibule.gateway.log.store;

import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.ShardPlace;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** How far a node knows the shards of a store to be. Thread-safe. */
final class ShardPlaces {
  private final AtomicReferenceArray<ShardPlace> known = new AtomicReferenceArray<>(TopicLog.SHARDS);

  ShardPlaces() {
    for (int shard = 0; shard < TopicLog.SHARDS; shard++) {
      known.set(shard, ShardPlace.UNKNOWN);
    }
  }

  ShardPlace of(int shard) {
    return known.get(shard);
  }

  void heard(int shard, long lineage, long version) {
    known.accumulateAndGet(shard, null, (before, nothing) -> before.heard(lineage, version));
  }

  void heard(int shard, Moved moved) {
    heard(shard, moved.lineage(), moved.version());
  }

  /** Where nothing was new, the first version is that of what comes next. */
  void heard(int shard, Appended done) {
    long next = done.firstVersion();
    for (long offset : done.offsets()) {
      next += offset > 0 ? 1 : 0;
    }
    heard(shard, done.lineage(), next - 1);
  }
}
