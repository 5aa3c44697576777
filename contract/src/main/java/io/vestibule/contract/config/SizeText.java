package io.vestibule.contract.config;

import java.util.regex.Pattern;

/** Sizes as the configuration writes them: a whole number and a binary unit (IEC 80000-13), {@code 512B}, {@code 64KiB}, {@code 1MiB}, {@code 1GiB}. */
public final class SizeText {
  /** What is expected, for error messages. */
  public static final String EXPECTED = "a size such as 512B, 64KiB, 1MiB or 1GiB";

  private static final Pattern FORM = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)");
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;

  private SizeText() {}

  /**
   * Reads a size; a bare {@code 0} needs no unit.
   *
   * @return bytes
   * @throws IllegalArgumentException if the text is anything else; {@code 64KB} is refused too, because it means 64,000 to some
   */
  public static long parse(String text) {
    if (text.equals("0")) {
      return 0;
    }
    var form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(EXPECTED);
    }
    long amount = Long.parseLong(form.group(1));
    long unit = switch (form.group(2)) {
      case "B" -> 1;
      case "KiB" -> KIB;
      case "MiB" -> MIB;
      default -> GIB;
    };
    if (amount > Long.MAX_VALUE / unit) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return amount * unit;
  }

  /** Writes a size in the largest unit that is exact. */
  public static String format(long bytes) {
    if (bytes == 0 || bytes % KIB != 0) {
      return bytes + "B";
    }
    if (bytes % MIB != 0) {
      return bytes / KIB + "KiB";
    }
    return bytes % GIB != 0 ? bytes / MIB + "MiB" : bytes / GIB + "GiB";
  }
}
