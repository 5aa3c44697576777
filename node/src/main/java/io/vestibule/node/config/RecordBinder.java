package io.vestibule.node.config;

import io.vestibule.contract.config.InvalidSettings;
import io.vestibule.node.config.ConfigTree.Mapping;
import io.vestibule.node.config.ConfigTree.Scalar;
import io.vestibule.node.config.ConfigTree.Sequence;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Binds a {@link ConfigTree} to nested records and collects everything that is wrong: unknown keys, wrong types, and the rules that the
 * records check in their compact constructors. One binder binds one tree.
 */
final class RecordBinder {
  private final ConfigKeys keys;
  private final List<ConfigProblem> problems = new ArrayList<>();

  private RecordBinder(ConfigKeys keys) {
    this.keys = keys;
  }

  /**
   * Binds the whole tree.
   *
   * @throws ConfigException with every problem that was found
   */
  static <T extends Record> T bind(Class<T> type, ConfigKeys keys, Mapping tree) {
    var binder = new RecordBinder(keys);
    Object bound = binder.record(type, "", tree);
    if (!binder.problems.isEmpty()) {
      throw new ConfigException(binder.problems);
    }
    return type.cast(bound);
  }

  /** Binds one record; null when something in it is wrong, which then is in the list of problems. */
  private Object record(Class<?> type, String prefix, Mapping tree) {
    int before = problems.size();
    RecordComponent[] components = type.getRecordComponents();
    Map<String, ConfigTree> unknown = new TreeMap<>(tree.entries());
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = ConfigKeys.name(components[i]);
      ConfigTree value = unknown.remove(name);
      if (value != null && !isBlank(value)) {
        values[i] = component(components[i], prefix + name, value);
      }
    }
    unknown.forEach((name, value) -> unknownKey(type, prefix, name, value.origin()));
    return problems.size() > before ? null : construct(type, components, values, prefix, tree);
  }

  private static boolean isBlank(ConfigTree value) {
    return value instanceof Scalar scalar && scalar.text() == null;
  }

  private void unknownKey(Class<?> type, String prefix, String name, Origin origin) {
    boolean inList = prefix.contains("]");
    var known = inList ? Arrays.stream(type.getRecordComponents()).map(ConfigKeys::name).toList() : candidates(prefix, type);
    add(origin, "unknown key " + prefix + name + Nearest.hint(inList ? name : prefix + name, known));
  }

  /** What could be meant: the keys beside it, and every key there is. */
  private List<String> candidates(String prefix, Class<?> type) {
    var known = new ArrayList<String>();
    Arrays.stream(type.getRecordComponents()).map(component -> prefix + ConfigKeys.name(component)).forEach(known::add);
    known.addAll(keys.paths());
    return known;
  }

  private Object component(RecordComponent component, String path, ConfigTree value) {
    Class<?> type = component.getType();
    if (type.isRecord()) {
      return group(type, path, value);
    }
    if (type == List.class) {
      var element = (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
      return list(element, path, value);
    }
    if (value instanceof Scalar scalar) {
      return scalar(type, path, scalar);
    }
    return add(value.origin(), path + " must be a single value, not " + (value instanceof Sequence ? "a list" : "a group of keys"));
  }

  private Object group(Class<?> type, String path, ConfigTree value) {
    if (value instanceof Mapping group) {
      return record(type, path + ".", group);
    }
    return add(value.origin(), path + " is a group of keys and cannot be set to a value");
  }

  private Object list(Class<?> element, String path, ConfigTree value) {
    if (!(value instanceof Sequence sequence)) {
      return add(value.origin(), path + " must be a list, such as [a, b]");
    }
    var items = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      String place = path + "[" + i + "]";
      ConfigTree item = sequence.items().get(i);
      if (element.isRecord()) {
        items.add(group(element, place, item));
      } else if (item instanceof Scalar scalar && scalar.text() != null) {
        items.add(scalar(element, place, scalar));
      } else {
        add(item.origin(), place + " must be a single value");
      }
    }
    return items;
  }

  private Object scalar(Class<?> type, String path, Scalar scalar) {
    try {
      return ValueReader.read(type, scalar.text());
    } catch (IllegalArgumentException e) {
      return add(scalar.origin(), path + " '" + scalar.text() + "' is not " + e.getMessage());
    }
  }

  private Object construct(Class<?> type, RecordComponent[] components, Object[] values, String prefix, Mapping tree) {
    try {
      Constructor<?> canonical = type.getDeclaredConstructor(Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      return canonical.newInstance(values);
    } catch (InvocationTargetException e) {
      return broken(prefix, tree, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a configuration record must have a public canonical constructor: " + type, e);
    }
  }

  private Object broken(String prefix, Mapping tree, Throwable cause) {
    if (cause instanceof InvalidSettings settings) {
      settings.problems().forEach(p -> add(Origins.of(tree, p.key()), prefix + p.key() + " " + p.text()));
    } else if (cause instanceof IllegalArgumentException) {
      plain(prefix, tree, String.valueOf(cause.getMessage()));
    } else {
      throw new IllegalStateException("a configuration record failed", cause);
    }
    return null;
  }

  /** A rule that says itself where it stands, by its full key, or does not. */
  private void plain(String prefix, Mapping tree, String text) {
    if (text.startsWith(prefix)) {
      String key = text.substring(prefix.length()).split("[^a-z.-]", 2)[0];
      add(Origins.of(tree, key), text);
    } else {
      add(Origins.first(tree), prefix.substring(0, Math.max(0, prefix.length() - 1)) + ": " + text);
    }
  }

  private Object add(Origin origin, String text) {
    problems.add(new ConfigProblem(origin, text.replaceAll("\\R", " ")));
    return null;
  }
}
