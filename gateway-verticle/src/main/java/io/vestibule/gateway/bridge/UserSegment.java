package io.vestibule.gateway.bridge;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A user id as one segment of a bus address. No two ids make the same one, and none makes a dot, so a user id cannot form an address that the configuration
 * did not mean: a character outside {@code [A-Za-z0-9_-]} is written {@code ~HH} for each byte of its UTF-8 form, in capitals; what would be longer than
 * {@value #MAX_LENGTH} characters becomes {@code ~~} and the SHA-256 of that form in lower-case hexadecimal.
 */
final class UserSegment {
  static final int MAX_LENGTH = 128;

  /** The form of a segment, as a regular expression. */
  static final String FORM = "[A-Za-z0-9_~-]+";

  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private UserSegment() {}

  /** The segment of a user id, which is well-formed Unicode: the token's rules see to that. */
  static String of(String userId) {
    var escaped = new StringBuilder(userId.length());
    for (byte b : userId.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain(b)) {
        escaped.append((char) b);
      } else {
        UPPER.toHexDigits(escaped.append('~'), b);
      }
    }
    return escaped.length() <= MAX_LENGTH ? escaped.toString() : "~~" + digest(escaped.toString());
  }

  private static boolean isPlain(byte b) {
    return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-';
  }

  private static String digest(String escaped) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(escaped.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
