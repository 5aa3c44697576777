package io.vestibule.node.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML into a {@link ConfigTree}. It stops at the node graph: no object is ever constructed from the file, scalars stay text (so
 * {@code 1_000}, {@code on} and {@code 22:22} are not numbers and booleans by surprise), and each keeps its line.
 */
final class YamlReader {
  private static final int LARGEST = 1 << 20;
  private static final int DEEPEST = 20;

  private final Origin whole;
  private final boolean lines;

  private YamlReader(Origin whole, boolean lines) {
    this.whole = whole;
    this.lines = lines;
  }

  /**
   * Reads a document.
   *
   * @param name of the file, for messages
   * @throws ConfigException if it is not one YAML mapping within the limits
   */
  static ConfigTree.Mapping read(String name, String text) {
    var reader = new YamlReader(Origin.of(name), true);
    Node root = reader.compose(text);
    if (root == null) {
      return new ConfigTree.Mapping(Map.of(), Origin.of(name));
    }
    if (reader.convert(root) instanceof ConfigTree.Mapping mapping) {
      return mapping;
    }
    throw ConfigException.of(reader.origin(root), "a group of keys is expected, such as 'gateway:'");
  }

  /** Reads a value as it stands in an environment variable or an option, for example {@code [a, b]}. */
  static ConfigTree readValue(Origin origin, String text) {
    var reader = new YamlReader(origin, false);
    Node root = reader.compose(text);
    return root == null ? new ConfigTree.Scalar("", origin) : reader.convert(root);
  }

  private Node compose(String text) {
    var options = new LoaderOptions();
    options.setCodePointLimit(LARGEST);
    options.setNestingDepthLimit(DEEPEST);
    options.setMaxAliasesForCollections(0);
    try {
      return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
    } catch (MarkedYAMLException e) {
      throw ConfigException.of(e.getProblemMark() == null ? whole : origin(e.getProblemMark()), "not valid YAML: " + oneLine(e.getProblem()));
    } catch (YAMLException e) {
      throw ConfigException.of(whole, "not valid YAML: " + oneLine(e.getMessage()));
    }
  }

  private ConfigTree convert(Node node) {
    if (node instanceof ScalarNode scalar) {
      return new ConfigTree.Scalar(node.getTag().equals(Tag.NULL) ? null : scalar.getValue(), origin(node));
    }
    if (node instanceof SequenceNode sequence) {
      List<ConfigTree> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(convert(item)));
      return new ConfigTree.Sequence(items, origin(node));
    }
    Map<String, ConfigTree> entries = new LinkedHashMap<>();
    for (var tuple : ((MappingNode) node).getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw ConfigException.of(origin(tuple.getKeyNode()), "a key must be plain text");
      }
      // The line of the key, because a group's own begins a line later.
      ConfigTree value = at(origin(key), convert(tuple.getValueNode()));
      if (entries.put(key.getValue(), value) != null) {
        throw ConfigException.of(origin(key), "the key " + key.getValue() + " appears twice");
      }
    }
    return new ConfigTree.Mapping(entries, origin(node));
  }

  private static ConfigTree at(Origin origin, ConfigTree tree) {
    if (tree instanceof ConfigTree.Scalar scalar) {
      return new ConfigTree.Scalar(scalar.text(), origin);
    }
    if (tree instanceof ConfigTree.Sequence sequence) {
      return new ConfigTree.Sequence(sequence.items(), origin);
    }
    return new ConfigTree.Mapping(((ConfigTree.Mapping) tree).entries(), origin);
  }

  private Origin origin(Node node) {
    return origin(node.getStartMark());
  }

  private Origin origin(Mark mark) {
    return lines ? new Origin(whole.name(), mark.getLine() + 1) : whole;
  }

  private static String oneLine(String text) {
    return text == null ? "unreadable" : text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
