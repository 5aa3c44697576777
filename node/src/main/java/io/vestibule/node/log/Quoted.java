package io.vestibule.node.log;

/**
 * Writes text so that it stays one value on one line, whatever it says: a client must not be able to forge a log line (CWE-117), move
 * the cursor of a terminal or turn the direction of the text.
 */
final class Quoted {
  private Quoted() {}

  /** Appends the value, in quotes where it needs them. */
  static void append(StringBuilder out, String value) {
    if (isPlain(value)) {
      out.append(value);
      return;
    }
    out.append('"');
    appendEscaped(out, value);
    out.append('"');
  }

  /** Appends the text without quotes and with everything escaped that is not a printable character. */
  static void appendEscaped(StringBuilder out, String text) {
    text.codePoints().forEach(c -> {
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        default -> {
          if (isPrintable(c)) {
            out.appendCodePoint(c);
          } else {
            for (char unit : Character.toChars(c)) {
              out.append(String.format("\\u%04x", (int) unit));
            }
          }
        }
      }
    });
  }

  private static boolean isPlain(String value) {
    return !value.isEmpty()
        && value.codePoints().allMatch(c -> c != ' ' && c != '=' && c != '"' && c != '\\' && isPrintable(c));
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
          Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      default -> true;
    };
  }
}
