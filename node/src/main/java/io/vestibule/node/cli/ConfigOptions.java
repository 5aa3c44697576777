package io.vestibule.node.cli;

import io.vestibule.node.config.ConfigLoader;
import io.vestibule.node.config.ConfigSources;
import io.vestibule.node.config.VestibuleConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say what the configuration is. */
class ConfigOptions {
  private final Map<String, String> environment;

  @Option(names = "--conf", paramLabel = "FILE",
      description = "A YAML file with what differs from the defaults; also by the variable VESTIBULE_CONF.")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE",
      description = "One key; may be repeated, and wins over the file and the environment. Lists are a,b,c.")
  private List<String> overrides = new ArrayList<>();

  ConfigOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Loads what the options say.
   *
   * @throws io.vestibule.node.config.ConfigException if it cannot be used
   */
  VestibuleConfig load() {
    var all = new ArrayList<>(overrides);
    all.addAll(shortcuts());
    return ConfigLoader.load(new ConfigSources(Optional.ofNullable(file), environment, all));
  }

  /** What other options say, as {@code key=value}. */
  List<String> shortcuts() {
    return List.of();
  }
}
