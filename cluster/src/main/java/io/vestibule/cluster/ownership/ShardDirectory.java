package io.vestibule.cluster.ownership;

import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import java.util.Optional;

/**
 * Where to send what concerns a shard, for nodes that own none themselves. It follows from the membership alone, without asking anybody, so it may name a node that has
 * not taken the shard yet, or has just lost it: that node says so. Thread-safe.
 */
public final class ShardDirectory {
  private final Membership membership;

  /** The shards of the cluster, as this node sees it. */
  public ShardDirectory(Membership membership) {
    this.membership = membership;
  }

  /** Whose turn it is to own the shard; empty where no node runs the role. */
  public Optional<NodeRef> ownerOf(ShardKind kind, int shard) {
    ClusterView view = membership.view();
    return Rendezvous.choose(kind.name(), shard, view.nodesWithRole(kind.role()).stream().map(NodeRef::id).toList()).flatMap(view::node);
  }

  /** Whose turn it is to own the shard of a name (a queue, a topic); empty where no node runs the role. */
  public Optional<NodeRef> ownerOf(ShardKind kind, String key) {
    return ownerOf(kind, kind.shardOf(key));
  }
}
