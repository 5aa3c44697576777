package io.vestibule.node.config;

import io.vestibule.node.config.ConfigTree.Mapping;
import io.vestibule.node.config.ConfigTree.Scalar;
import io.vestibule.node.config.ConfigTree.Sequence;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the environment and {@code --set} into trees. Problems are added to a list, so that all of them are told at once. */
final class Overrides {
  /**
   * What Kubernetes puts into every container for a service named vestibule or vestibule-something (docs/configuration.md). A service
   * vestibule-cluster gives VESTIBULE_CLUSTER_PORT=tcp://10.0.0.1:5701, which must not be taken for {@code cluster.port}.
   */
  private static final Pattern KUBERNETES_NAME =
      Pattern.compile("VESTIBULE_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
  private static final Pattern KUBERNETES_PORT = Pattern.compile("VESTIBULE_([A-Z0-9_]+_)?PORT");
  private static final Pattern KUBERNETES_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private final ConfigKeys keys;
  private final List<ConfigProblem> problems;

  Overrides(ConfigKeys keys, List<ConfigProblem> problems) {
    this.keys = keys;
    this.problems = problems;
  }

  Mapping environment(Map<String, String> environment) {
    var tree = new Mapping(Map.of(), Origin.of("environment"));
    for (var variable : new TreeMap<>(environment).entrySet()) {
      String name = variable.getKey();
      if (!name.startsWith("VESTIBULE_") || name.equals(ConfigSources.FILE_VARIABLE) || isKubernetes(name, variable.getValue())) {
        continue;
      }
      String path = keys.ofVariable(name);
      if (path == null) {
        problems.add(new ConfigProblem(Origin.of("environment"), "unknown variable " + name + Nearest.hint(name, keys.variables())));
      } else {
        tree = tree.overlaidWith(single(path, variable.getValue(), Origin.of("environment " + name)));
      }
    }
    return tree;
  }

  Mapping options(List<String> options) {
    var tree = new Mapping(Map.of(), Origin.of("--set"));
    for (String option : options) {
      int equals = option.indexOf('=');
      String path = equals < 0 ? option : option.substring(0, equals).strip();
      if (equals < 0) {
        problems.add(new ConfigProblem(Origin.of("--set"), "'" + option + "' is not key=value"));
      } else if (keys.isGroup(path)) {
        problems.add(new ConfigProblem(Origin.of("--set"), path + " is a group of keys and cannot be set to a value"));
      } else if (!keys.has(path)) {
        problems.add(new ConfigProblem(Origin.of("--set"), "unknown key " + path + Nearest.hint(path, keys.paths())));
      } else {
        tree = tree.overlaidWith(single(path, option.substring(equals + 1), Origin.of("--set " + path)));
      }
    }
    return tree;
  }

  static boolean isKubernetes(String name, String value) {
    return KUBERNETES_NAME.matcher(name).matches()
        || KUBERNETES_PORT.matcher(name).matches() && KUBERNETES_ADDRESS.matcher(value).matches();
  }

  private Mapping single(String path, String text, Origin origin) {
    try {
      return ConfigTree.at(path, value(path, text.strip(), origin));
    } catch (ConfigException e) {
      problems.add(new ConfigProblem(origin, path + " '" + text + "' is not a list such as [a, b]"));
      return new Mapping(Map.of(), origin);
    }
  }

  /** Lists are {@code a,b,c}, or a YAML list; everything else is the text as it stands. */
  private ConfigTree value(String path, String text, Origin origin) {
    if (!(keys.type(path) instanceof ParameterizedType)) {
      return new Scalar(text, origin);
    }
    if (text.startsWith("[")) {
      return YamlReader.readValue(origin, text);
    }
    var items = new ArrayList<ConfigTree>();
    Arrays.stream(text.split(",")).map(String::strip).filter(item -> !item.isEmpty()).forEach(item -> items.add(new Scalar(item, origin)));
    return new Sequence(items, origin);
  }
}
