package io.vestibule.node.config;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Every key there is, read off the configuration records: a key exists because a record has a component for it. */
final class ConfigKeys {
  private final Map<String, Type> types = new LinkedHashMap<>();
  private final Map<String, String> byVariable = new LinkedHashMap<>();

  private ConfigKeys() {}

  static ConfigKeys of(Class<? extends Record> root) {
    var keys = new ConfigKeys();
    keys.collect("", root);
    return keys;
  }

  private void collect(String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path = prefix + name(component);
      if (component.getType().isRecord()) {
        collect(path + ".", component.getType());
      } else {
        types.put(path, component.getGenericType());
        byVariable.put(variable(path), path);
      }
    }
  }

  /** All dotted paths, in the order of the records. */
  Set<String> paths() {
    return types.keySet();
  }

  boolean has(String path) {
    return types.containsKey(path);
  }

  /** The type of the component behind a path. */
  Type type(String path) {
    return types.get(path);
  }

  /** Whether the path is the beginning of longer ones. */
  boolean isGroup(String path) {
    return types.keySet().stream().anyMatch(key -> key.startsWith(path + "."));
  }

  /** The path that an environment variable sets, or null. */
  String ofVariable(String variable) {
    return byVariable.get(variable);
  }

  Set<String> variables() {
    return byVariable.keySet();
  }

  /** The environment variable of a path: capitals, and everything else than letters and digits as {@code _}. */
  static String variable(String path) {
    return "VESTIBULE_" + path.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  /** The key of a record component: {@code connectionsPerIp} is {@code connections-per-ip}. */
  static String name(RecordComponent component) {
    return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
