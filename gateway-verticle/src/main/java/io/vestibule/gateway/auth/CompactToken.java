package io.vestibule.gateway.auth;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * A signed token in its compact form, taken apart but not verified (RFC 7515, section 7.1). The arrays are never
 * changed.
 *
 * @param algorithm what the header claims to be signed with
 * @param keyId {@code kid}, or null
 * @param signingInput the bytes that are signed
 * @param payload the claims as JSON, not to be read before the signature is verified
 * @param signature never empty
 */
record CompactToken(
    SigningAlgorithm algorithm, String keyId, byte[] signingInput, byte[] payload, byte[] signature) {

  /** Characters of a token; longer ones are not looked at. */
  static final int MAX_LENGTH = 8 * 1024;

  /**
   * Takes a token apart.
   *
   * @throws Failure {@code TOKEN_MISSING}, {@code TOKEN_MALFORMED} or {@code TOKEN_ALGORITHM}
   */
  static CompactToken parse(String token) {
    requirePlausible(token);
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
      throw malformed("A token has three parts.");
    }
    Map<String, Object> header = header(decode(token.substring(0, first)));
    SigningAlgorithm algorithm = algorithm(header);
    // crit names extensions that must be understood, and b64 is one; none is (RFC 7515, section 4.1.11; RFC 7797).
    if (header.containsKey("crit") || header.containsKey("b64")) {
      throw malformed("The token uses a header extension that is not supported.");
    }
    byte[] payload = decode(token.substring(first + 1, second));
    byte[] signature = decode(token.substring(second + 1));
    if (signature.length == 0) {
      throw Failure.of(ErrorReason.TOKEN_SIGNATURE, "The token is not signed.");
    }
    byte[] input = token.substring(0, second).getBytes(StandardCharsets.US_ASCII);
    return new CompactToken(algorithm, keyId(header), input, payload, signature);
  }

  /**
   * The checks that cost nothing, to be made before a token is hashed or parsed.
   *
   * @throws Failure {@code TOKEN_MISSING} or {@code TOKEN_MALFORMED}
   */
  static void requirePlausible(String token) {
    if (token == null || token.isEmpty()) {
      throw Failure.of(ErrorReason.TOKEN_MISSING);
    }
    if (token.length() > MAX_LENGTH) {
      throw malformed("The token is longer than " + MAX_LENGTH + " characters.").with("limit", MAX_LENGTH);
    }
  }

  private static Map<String, Object> header(byte[] bytes) {
    try {
      return StrictJson.object(bytes);
    } catch (StrictJson.NotJson e) {
      throw malformed("The header of the token is " + e.getMessage() + ".");
    }
  }

  private static SigningAlgorithm algorithm(Map<String, Object> header) {
    if (header.get("alg") instanceof String name) {
      return SigningAlgorithm.named(name).orElseThrow(() -> Failure.of(ErrorReason.TOKEN_ALGORITHM));
    }
    throw Failure.of(ErrorReason.TOKEN_ALGORITHM, "The token does not name its algorithm.");
  }

  private static String keyId(Map<String, Object> header) {
    Object kid = header.get("kid");
    if (kid == null && !header.containsKey("kid")) {
      return null;
    }
    if (kid instanceof String id) {
      return id;
    }
    throw malformed("The kid of the token is not a string.");
  }

  /**
   * Decodes base64url without padding, and only the one spelling that encoding gives: decoders ignore spare bits of the last
   * character, which would let a signature be written in several ways.
   */
  private static byte[] decode(String part) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(part);
    } catch (IllegalArgumentException e) {
      throw malformed("A part of the token is not base64url.");
    }
    if (!Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
      throw malformed("A part of the token is not base64url.");
    }
    return bytes;
  }

  private static Failure malformed(String message) {
    return Failure.of(ErrorReason.TOKEN_MALFORMED, message);
  }

  @Override
  public String toString() {
    return "CompactToken[" + algorithm + "]";
  }
}
