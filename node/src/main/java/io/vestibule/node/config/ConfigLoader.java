package io.vestibule.node.config;

import io.vestibule.node.config.ConfigTree.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Loads the configuration of a node. Blocking; called once, before anything else runs. */
public final class ConfigLoader {
  private static final String DEFAULTS_RESOURCE = "/conf/vestibule.yaml";
  private static final long LARGEST_FILE = 1 << 20;

  private ConfigLoader() {}

  /**
   * Reads all sources, lays them over each other, binds and checks.
   *
   * @throws ConfigException with everything that is wrong, one line each
   */
  public static VestibuleConfig load(ConfigSources sources) {
    var keys = ConfigKeys.of(VestibuleConfig.class);
    List<ConfigProblem> problems = new ArrayList<>();
    var overrides = new Overrides(keys, problems);
    Mapping tree = YamlReader.read(Origin.DEFAULTS, defaults())
        .overlaidWith(sources.effectiveFile().map(ConfigLoader::readFile).orElse(new Mapping(Map.of(), Origin.of(Origin.DEFAULTS))))
        .overlaidWith(overrides.environment(sources.environment()))
        .overlaidWith(overrides.options(sources.overrides()));
    try {
      VestibuleConfig config = RecordBinder.bind(VestibuleConfig.class, keys, tree);
      if (problems.isEmpty()) {
        return config;
      }
    } catch (ConfigException e) {
      problems.addAll(e.problems());
    }
    throw new ConfigException(problems);
  }

  /** The commented configuration inside the jar: every key and its default. */
  public static String defaults() {
    try (InputStream in = ConfigLoader.class.getResourceAsStream(DEFAULTS_RESOURCE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the jar lacks " + DEFAULTS_RESOURCE, e);
    }
  }

  private static Mapping readFile(Path file) {
    var origin = Origin.of(file.toString());
    try {
      if (Files.isDirectory(file)) {
        throw ConfigException.of(origin, "is a directory, not a file");
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw ConfigException.of(origin, "is larger than 1MiB");
      }
      return YamlReader.read(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw ConfigException.of(origin, "there is no such file");
    } catch (AccessDeniedException e) {
      throw ConfigException.of(origin, "may not be read by this user");
    } catch (CharacterCodingException e) {
      throw ConfigException.of(origin, "is not UTF-8 text");
    } catch (IOException e) {
      throw ConfigException.of(origin, "cannot be read: " + e.getMessage());
    }
  }
}
