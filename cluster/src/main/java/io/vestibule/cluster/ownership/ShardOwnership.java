package io.vestibule.cluster.ownership;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides which node owns which shard, for everything that needs one owner at a time: queues, presence shards, log heads.
 * One for each node; thread-safe. The rules are in {@link OwnershipCore}.
 */
public final class ShardOwnership {
  private final Vertx vertx;
  private final Membership membership;
  private final ShardDirectory directory;
  private final TermStore store;
  private final OwnershipTimings timings;
  private final MeterRegistry registry;
  private final Map<ShardKind, ShardWatch> watches = new ConcurrentHashMap<>();

  /**
   * Owns nothing until somebody watches.
   *
   * @param store the terms, the same for all nodes
   */
  public ShardOwnership(Vertx vertx, Membership membership, TermStore store, OwnershipTimings timings, MeterRegistry registry) {
    this.vertx = vertx;
    this.membership = membership;
    this.directory = new ShardDirectory(membership);
    this.store = store;
    this.timings = timings;
    this.registry = registry;
  }

  /**
   * Takes part in owning the shards of a kind; this node must run its role. The listener is called on the calling context.
   *
   * @return ends the part: every shard is lost first
   * @throws IllegalStateException if this node watches the kind already
   */
  public Registration watch(ShardKind kind, ShardListener listener) {
    ShardWatch watch = new ShardWatch(vertx, kind, membership.self().id(), store, timings, listener, registry);
    if (watches.putIfAbsent(kind, watch) != null) {
      throw new IllegalStateException("the shards of " + kind.name() + " are watched already");
    }
    Registration changes = membership.watch(change -> watch.nodesChanged(change.now()));
    watch.start(membership);
    return () -> {
      watches.remove(kind, watch);
      return changes.close().compose(closed -> watch.stop());
    };
  }

  /** Whose turn it is, as this node sees the cluster: where to send what concerns the shard. It may not have taken it yet. */
  public Optional<NodeRef> ownerOf(ShardKind kind, int shard) {
    return directory.ownerOf(kind, shard);
  }

  /** Whether this node holds the shard with this term right now; see {@link OwnershipCore#isCurrent}. */
  public boolean isCurrent(ShardKind kind, int shard, long term) {
    ShardWatch watch = watches.get(kind);
    return watch != null && watch.isCurrent(shard, term);
  }

  /**
   * What this node's term is to fence (a store, or those who are told something) has heard of another owner with a term that is not lower: both halves of a partition may have been given the same, or one
   * of them a higher one that the other has never heard of. The shard is lost, and taken again with a term above {@code seen} if it is still this node's turn. Nothing happens if this node does not hold the shard with
   * this term any more. Any thread.
   *
   * @param term that of this node
   * @param seen the term that the store has
   */
  public void dispute(ShardKind kind, int shard, long term, long seen) {
    ShardWatch watch = watches.get(kind);
    if (watch != null) {
      watch.disputed(shard, term, seen);
    }
  }

  /** For health: by kind, how many shards there are, are held here, and ought to be but are not yet. */
  public JsonObject health() {
    JsonObject health = new JsonObject();
    watches.forEach((kind, watch) -> health.put(kind.name(), watch.health()));
    return health;
  }

  /** Loses every shard. */
  public Future<Void> close() {
    return Future.join(watches.values().stream().map(ShardWatch::stop).toList()).mapEmpty();
  }
}
