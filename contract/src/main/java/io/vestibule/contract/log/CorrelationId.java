package io.vestibule.contract.log;

import java.util.concurrent.ThreadLocalRandom;

/** The name of a flow through the cluster. It ties log lines together and protects nothing, so it need not be unguessable. */
public final class CorrelationId {
  private static final int MAX_LENGTH = 128;

  private CorrelationId() {}

  /** A new one: 16 hexadecimal digits. */
  public static String fresh() {
    String digits = Long.toHexString(ThreadLocalRandom.current().nextLong());
    return "0".repeat(16 - digits.length()) + digits;
  }

  /**
   * Takes what a stranger sent, if it can go into a log line and a header as it is: up to 128 letters, digits and {@code . _ : -}.
   *
   * @param given what came, or null
   * @return it, or a fresh one
   */
  public static String orFresh(String given) {
    return isUsable(given) ? given : fresh();
  }

  private static boolean isUsable(String given) {
    if (given == null || given.isEmpty() || given.length() > MAX_LENGTH) {
      return false;
    }
    return given.chars().allMatch(CorrelationId::isHarmless);
  }

  private static boolean isHarmless(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == ':' || c == '-';
  }
}
