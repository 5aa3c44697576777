package io.vestibule.contract.config;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as the configuration writes them: a whole number and a unit, {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 30d}. */
public final class DurationText {
  /** What is expected, for error messages. */
  public static final String EXPECTED = "a duration such as 500ms, 30s, 5m, 1h or 30d";

  private static final Pattern FORM = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final Duration LONGEST = Duration.ofDays(3650);

  private DurationText() {}

  /**
   * Reads a duration; a bare {@code 0} needs no unit.
   *
   * @throws IllegalArgumentException if the text is anything else, or longer than ten years
   */
  public static Duration parse(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    long amount = Long.parseLong(form.group(1));
    Duration duration = switch (form.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("a duration of at most " + format(LONGEST));
    }
    return duration;
  }

  /** Writes a duration in the largest unit that is exact, milliseconds at the finest. */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis != 0 && millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    if (seconds % 3600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 == 0 ? seconds / 86_400 + "d" : seconds / 3600 + "h";
  }
}
