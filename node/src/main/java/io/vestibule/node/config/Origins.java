package io.vestibule.node.config;

import io.vestibule.node.config.ConfigTree.Mapping;

/** Finds the place to point at when a rule over several keys is broken. */
final class Origins {
  private Origins() {}

  /** Where the key was written, or, if that is the default, where something beside it was. */
  static Origin of(Mapping tree, String path) {
    ConfigTree at = tree;
    Mapping parent = tree;
    for (String name : path.split("\\.")) {
      if (!(at instanceof Mapping group) || !group.entries().containsKey(name)) {
        break;
      }
      parent = group;
      at = group.entries().get(name);
    }
    if (!at.origin().isDefault()) {
      return at.origin();
    }
    Origin beside = first(parent);
    return beside.isDefault() ? first(tree) : beside;
  }

  /** The first place in the tree that is not the default, or the default. */
  static Origin first(Mapping tree) {
    for (ConfigTree value : tree.entries().values()) {
      Origin origin = value instanceof Mapping group ? first(group) : value.origin();
      if (!origin.isDefault()) {
        return origin;
      }
    }
    return Origin.of(Origin.DEFAULTS);
  }
}
