package io.vestibule.contract.config;

import java.util.List;
import java.util.stream.Collectors;

/** What is wrong with one configuration record: every broken rule at once, so that a file is corrected in one go. */
public final class InvalidSettings extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  InvalidSettings(List<Problem> problems) {
    super(problems.stream().map(p -> p.key() + " " + p.text()).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** The broken rules, in the order they were checked; at least one. */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * A broken rule.
   *
   * @param key the key as it stands inside its part of the file, in kebab-case
   * @param text what is wrong, with the offending values; continues a sentence that begins with the key
   */
  public record Problem(String key, String text) {}
}
