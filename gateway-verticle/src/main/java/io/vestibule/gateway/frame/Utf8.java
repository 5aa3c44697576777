package io.vestibule.gateway.frame;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Tells UTF-8 from other bytes, because a JSON parser forgives what a WebSocket endpoint must not (RFC 6455, section 8.1). */
final class Utf8 {
  private Utf8() {}

  /** Whether these bytes are UTF-8 as RFC 3629 has it: no overlong forms, no surrogates. */
  static boolean isValid(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return decodes(bytes);
      }
    }
    return true;
  }

  private static boolean decodes(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
