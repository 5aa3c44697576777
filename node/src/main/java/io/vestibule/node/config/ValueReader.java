package io.vestibule.node.config;

import io.vestibule.contract.config.DurationText;
import io.vestibule.contract.config.SizeText;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Turns the text of a value into the type of its component. By convention of the configuration records an {@code int} is a count and a
 * {@code long} is a size in bytes.
 */
final class ValueReader {
  private ValueReader() {}

  /**
   * Reads one value.
   *
   * @throws IllegalArgumentException whose message says what is expected
   */
  static Object read(Class<?> type, String text) {
    if (type == String.class) {
      return text;
    }
    if (type == int.class || type == Integer.class) {
      return count(text);
    }
    if (type == long.class || type == Long.class) {
      return SizeText.parse(text);
    }
    if (type == boolean.class || type == Boolean.class) {
      return truth(text);
    }
    if (type == Duration.class) {
      return DurationText.parse(text);
    }
    if (type.isEnum()) {
      return constant(type, text);
    }
    throw new IllegalStateException("no reader for " + type);
  }

  private static Integer count(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static Object constant(Class<?> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> slug(constant).equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(
            "one of " + Arrays.stream(type.getEnumConstants()).map(ValueReader::slug).collect(Collectors.joining(", "))));
  }

  private static String slug(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
