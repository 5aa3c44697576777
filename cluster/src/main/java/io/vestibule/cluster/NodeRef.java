package io.vestibule.cluster;

import java.util.Objects;
import java.util.Set;

/**
 * A node of the cluster, as the others know it.
 *
 * @param id the cluster's id of it, new at each start
 * @param name what operators call it; an application's own node may have none and goes by its id
 * @param roles what it runs; empty for an application's own node
 */
public record NodeRef(String id, String name, Set<String> roles) {
  public NodeRef {
    Objects.requireNonNull(id);
    Objects.requireNonNull(name);
    roles = Set.copyOf(roles);
  }
}
