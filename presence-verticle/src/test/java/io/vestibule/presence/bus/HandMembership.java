package io.vestibule.presence.bus;

import io.vertx.core.Future;
import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What one node sees of the cluster, as a test says. */
final class HandMembership implements Membership {
  private final List<Consumer<ClusterChange>> listeners = new CopyOnWriteArrayList<>();
  private volatile ClusterView view;
  private volatile boolean knowsAll = true;

  HandMembership(NodeRef self, List<NodeRef> nodes) {
    view = new ClusterView(1, self, nodes);
  }

  /** The nodes are others now, and these are all that there are, or not. */
  void see(List<NodeRef> nodes, boolean all) {
    knowsAll = knowsAll && all;
    ClusterChange change = new ClusterChange(view, new ClusterView(view.version() + 1, view.self(), nodes));
    view = change.now();
    knowsAll = all;
    listeners.forEach(listener -> listener.accept(change));
  }

  @Override
  public boolean knowsAll() {
    return knowsAll;
  }

  @Override
  public ClusterView view() {
    return view;
  }

  @Override
  public Registration watch(Consumer<ClusterChange> listener) {
    listeners.add(listener);
    return () -> {
      listeners.remove(listener);
      return Future.succeededFuture();
    };
  }
}
