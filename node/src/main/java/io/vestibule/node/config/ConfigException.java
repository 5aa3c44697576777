package io.vestibule.node.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. The message has one line for each problem; there is no stack trace, because this is an answer. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  ConfigException(List<ConfigProblem> problems) {
    super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")), null, false, false);
    this.problems = List.copyOf(problems);
  }

  static ConfigException of(Origin origin, String text) {
    return new ConfigException(List.of(new ConfigProblem(origin, text)));
  }

  /** Every problem, one line each. */
  public List<String> lines() {
    return problems.stream().map(ConfigProblem::toString).toList();
  }

  List<ConfigProblem> problems() {
    return problems;
  }
}
