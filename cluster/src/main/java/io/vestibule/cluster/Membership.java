package io.vestibule.cluster;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/** Who is in the cluster. Thread-safe. */
public interface Membership {

  /** What is seen now; never blocks. */
  ClusterView view();

  /**
   * Calls back at each change, in order, one call at a time, on the membership's own event loop; never blocks it. A change that
   * was seen before this call is not repeated: read {@link #view} afterwards.
   */
  Registration watch(Consumer<ClusterChange> listener);

  /**
   * Whether every node that is present is in the view: not for a moment after this node has joined, nor after another has. Read before {@link #view}; whoever concludes something from a node's
   * not being there must wait for it.
   */
  default boolean knowsAll() {
    return true;
  }

  /** This node. */
  default NodeRef self() {
    return view().self();
  }

  /** The live nodes that run a role, ordered by id. */
  default List<NodeRef> nodesWithRole(String role) {
    return view().nodesWithRole(role);
  }

  /** The membership of a node that is not clustered: it is alone, and stays alone. */
  static Membership alone(NodeRef self) {
    ClusterView view = new ClusterView(1, self, List.of(self));
    return new Membership() {
      @Override
      public ClusterView view() {
        return view;
      }

      @Override
      public Registration watch(Consumer<ClusterChange> listener) {
        return Future::succeededFuture;
      }
    };
  }
}
