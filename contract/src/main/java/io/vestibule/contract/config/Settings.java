package io.vestibule.contract.config;

import io.vestibule.contract.config.InvalidSettings.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of one configuration record, checked in its compact constructor. Rules are collected and thrown together by {@link #verify}.
 * Keys are relative to the record, which does not know where in the file it stands.
 */
public final class Settings {
  private static final int HIGHEST_PORT = 65_535;

  private final List<Problem> problems = new ArrayList<>();

  private Settings() {}

  /** Starts the check of a record. */
  public static Settings check() {
    return new Settings();
  }

  /** The value lies between both bounds, which are included. */
  public Settings range(String key, long value, long lowest, long highest) {
    return rule(value >= lowest && value <= highest, key, value + " is not between " + lowest + " and " + highest);
  }

  /** The value is a TCP port, or 0 for any free one. */
  public Settings port(String key, int value) {
    return range(key, value, 0, HIGHEST_PORT);
  }

  /** The value is not below the bound. */
  public Settings atLeast(String key, long value, long lowest) {
    return rule(value >= lowest, key, value + " is less than " + lowest);
  }

  /** The size in bytes is between both bounds, which are included. */
  public Settings size(String key, long bytes, long lowest, long highest) {
    return rule(bytes >= lowest && bytes <= highest, key,
        SizeText.format(bytes) + " is not between " + SizeText.format(lowest) + " and " + SizeText.format(highest));
  }

  /** The duration is between both bounds, which are included. */
  public Settings duration(String key, Duration value, Duration lowest, Duration highest) {
    return rule(value.compareTo(lowest) >= 0 && value.compareTo(highest) <= 0, key,
        DurationText.format(value) + " is not between " + DurationText.format(lowest) + " and " + DurationText.format(highest));
  }

  /** The text is not blank. */
  public Settings filled(String key, String value) {
    return rule(!value.isBlank(), key, "must not be empty");
  }

  /** Any other rule; the text names the offending values and continues a sentence that begins with the key. */
  public Settings rule(boolean holds, String key, String text) {
    if (!holds) {
      problems.add(new Problem(key, text));
    }
    return this;
  }

  /**
   * Ends the check.
   *
   * @throws InvalidSettings if a rule was broken
   */
  public void verify() {
    if (!problems.isEmpty()) {
      throw new InvalidSettings(problems);
    }
  }
}
