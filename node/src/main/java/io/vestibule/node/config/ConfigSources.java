package io.vestibule.node.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a node's configuration comes from, each laid over the one before: the defaults in the jar, the file, the environment, the options.
 *
 * @param file the file given with {@code --conf}; empty for the one that {@code VESTIBULE_CONF} names, if any
 * @param environment the variables of the process
 * @param overrides {@code key=value} of each {@code --set}, in order
 */
public record ConfigSources(Optional<Path> file, Map<String, String> environment, List<String> overrides) {
  /** The variable that names the file. */
  public static final String FILE_VARIABLE = "VESTIBULE_CONF";

  public ConfigSources {
    environment = Map.copyOf(environment);
    overrides = List.copyOf(overrides);
  }

  /** The file to read, if there is one. */
  Optional<Path> effectiveFile() {
    return file.or(() -> Optional.ofNullable(environment.get(FILE_VARIABLE)).filter(name -> !name.isEmpty()).map(Path::of));
  }
}
