package io.vestibule.node.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configuration as it was written: text, not yet bound to types, each piece with the place it came from. */
sealed interface ConfigTree {
  Origin origin();

  /** A value; null text means that the key was written without one and keeps what a lower layer says. */
  record Scalar(String text, Origin origin) implements ConfigTree {}

  /** A list, which replaces the list of a lower layer whole. */
  record Sequence(List<ConfigTree> items, Origin origin) implements ConfigTree {}

  /** A group of keys, in the order they were written. */
  record Mapping(Map<String, ConfigTree> entries, Origin origin) implements ConfigTree {

    /** This with the other's keys laid over it. */
    Mapping overlaidWith(Mapping other) {
      var merged = new LinkedHashMap<>(entries);
      other.entries.forEach((key, above) -> merged.merge(key, above, Mapping::overlay));
      return new Mapping(merged, other.origin);
    }

    private static ConfigTree overlay(ConfigTree below, ConfigTree above) {
      if (above instanceof Scalar scalar && scalar.text() == null) {
        return below;
      }
      return below instanceof Mapping group && above instanceof Mapping over ? group.overlaidWith(over) : above;
    }
  }

  /** A tree that holds one value at a dotted path. */
  static Mapping at(String path, ConfigTree value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return new Mapping(Map.of(path, value), value.origin());
    }
    return new Mapping(Map.of(path.substring(0, dot), at(path.substring(dot + 1), value)), value.origin());
  }
}
