package io.vestibule.cluster;

import java.util.List;

/**
 * One step from a view to the next.
 *
 * @param before what was seen until now
 * @param now what is seen
 */
public record ClusterChange(ClusterView before, ClusterView now) {

  /** The nodes that came. */
  public List<NodeRef> joined() {
    return now.nodes().stream().filter(node -> before.node(node.id()).isEmpty()).toList();
  }

  /** The nodes that went, by leaving or by dying. */
  public List<NodeRef> left() {
    return before.nodes().stream().filter(node -> now.node(node.id()).isEmpty()).toList();
  }
}
