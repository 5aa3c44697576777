package io.vestibule.gateway.topic;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A person's own topic, {@code user.<id>}. No two user ids share one, whatever characters they are made of:
 *
 * <ul>
 *   <li>a character outside the segment alphabet, and {@code ~} itself, is written {@code ~HH} for each byte of its UTF-8 form, in
 *       capitals. So an id never makes a dot or a wildcard, and every {@code ~} is followed by two hexadecimal digits;
 *   <li>half of a surrogate pair, which UTF-8 cannot express and encoders replace by {@code ?}, is written as the three bytes that its
 *       code point would have, which no character has;
 *   <li>an id whose topic would be longer than {@value TopicName#MAX_LENGTH} characters becomes {@code user.~~} and the SHA-256 of its
 *       escaped form in lower-case hexadecimal. An escaped id never holds {@code ~~}, so the two forms do not meet.
 * </ul>
 */
public final class UserTopic {
  /** The first segment of every person's own topic. */
  public static final String ROOT = "user";

  private static final String PREFIX = ROOT + ".";
  private static final HexFormat UPPER = HexFormat.of().withUpperCase();

  private UserTopic() {}

  /**
   * The topic of a user.
   *
   * @param userId {@code sub} of the token, as it stands there
   * @throws Failure {@code INVALID_VALUE} where the id is empty
   */
  public static String of(String userId) {
    if (userId.isEmpty()) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "userId", "The user id is empty.");
    }
    var escaped = new StringBuilder(PREFIX.length() + userId.length()).append(PREFIX);
    userId.codePoints().forEach(c -> append(escaped, c));
    return escaped.length() <= TopicName.MAX_LENGTH ? escaped.toString() : PREFIX + "~~" + digest(escaped.toString());
  }

  private static void append(StringBuilder out, int codePoint) {
    if (TopicName.isSegmentChar(codePoint) && codePoint != '~') {
      out.append((char) codePoint);
    } else {
      for (byte b : utf8(codePoint)) {
        UPPER.toHexDigits(out.append('~'), b);
      }
    }
  }

  private static byte[] utf8(int codePoint) {
    if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      return new byte[] {
        (byte) (0xE0 | codePoint >> 12), (byte) (0x80 | codePoint >> 6 & 0x3F), (byte) (0x80 | codePoint & 0x3F)
      };
    }
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
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
