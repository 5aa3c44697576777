package io.vestibule.cluster;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who is present and who of them is known by name and roles: two streams of news that arrive in any order. A node is in the
 * view when both have come. Not thread-safe.
 */
final class NodeTable {
  private final NodeRef self;
  private final Map<String, NodeRef> known = new TreeMap<>();
  private Set<String> present = Set.of();
  private ClusterView view;

  NodeTable(NodeRef self) {
    this.self = self;
    known.put(self.id(), self);
    this.present = Set.of(self.id());
    this.view = new ClusterView(1, self, List.of(self));
  }

  ClusterView view() {
    return view;
  }

  /** The ids that are present now; forgets the others, except this node, which is always there for itself. */
  ClusterView present(Collection<String> ids) {
    Set<String> now = new HashSet<>(ids);
    now.remove(null);
    now.add(self.id());
    present = now;
    known.keySet().retainAll(now);
    return refresh();
  }

  /** A node told its name and roles; of no use if it is gone by now. */
  ClusterView learned(NodeRef node) {
    if (present.contains(node.id()) && !node.id().equals(self.id())) {
      known.put(node.id(), Objects.requireNonNull(node));
    }
    return refresh();
  }

  /** Present nodes that have not told who they are. */
  Set<String> strangers() {
    Set<String> strangers = new HashSet<>(present);
    strangers.removeAll(known.keySet());
    return strangers;
  }

  private ClusterView refresh() {
    List<NodeRef> nodes = List.copyOf(known.values());
    if (!nodes.equals(view.nodes())) {
      view = new ClusterView(view.version() + 1, self, nodes);
    }
    return view;
  }
}
