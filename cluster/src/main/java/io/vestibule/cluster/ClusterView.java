package io.vestibule.cluster;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The live nodes at one moment, as this node sees them. Two nodes may see different things for a while; nothing that must
 * be exclusive may rest on a view alone (shard ownership has terms for that).
 *
 * @param version rises with each change that this node sees; not comparable between nodes
 * @param self this node, always one of {@code nodes}
 * @param nodes all live nodes whose name and roles are known, ordered by id
 */
public record ClusterView(long version, NodeRef self, List<NodeRef> nodes) {
  public ClusterView {
    Objects.requireNonNull(self);
    nodes = List.copyOf(nodes);
  }

  /** The live nodes that run a role, ordered by id. */
  public List<NodeRef> nodesWithRole(String role) {
    return nodes.stream().filter(node -> node.roles().contains(role)).toList();
  }

  /** A live node by its id. */
  public Optional<NodeRef> node(String id) {
    return nodes.stream().filter(node -> node.id().equals(id)).findFirst();
  }
}
