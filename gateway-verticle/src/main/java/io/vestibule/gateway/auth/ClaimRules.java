package io.vestibule.gateway.auth;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the claims of a token must be like (RFC 7519, section 4.1; docs/protocol.md, Tokens). Pure: the time is an
 * argument. A claim that is there must be of its type: null and a misspelt cap are errors, since a narrowing that is not
 * understood would narrow nothing.
 *
 * @param issuer what {@code iss} must be, or empty for any
 * @param audience {@code aud} must contain one of these; empty for any
 * @param leewayMs milliseconds by which clocks may differ
 */
record ClaimRules(String issuer, Set<String> audience, long leewayMs) {
  static final int MAX_USER_ID = 1024;
  static final int MAX_PATTERNS = 100;
  static final int MAX_PATTERN_LENGTH = 255;
  static final int MAX_CLASS_LENGTH = 64;
  static final int MAX_CONNECTIONS = 10_000;

  /** The last second of the year 9999; an exp beyond it is one in milliseconds, and would never come. */
  private static final double LAST_SECOND = 253_402_300_799d;

  private static final Set<String> CAPS = Set.of("subscribe", "publish", "api");

  ClaimRules {
    audience = Set.copyOf(audience);
  }

  static ClaimRules of(AuthConfig.Jwt config) {
    return new ClaimRules(config.issuer(), Set.copyOf(config.audience()), config.leeway().toMillis());
  }

  /**
   * Reads the payload of a verified token.
   *
   * @param nowMs Unix milliseconds
   * @throws Failure of a {@code TOKEN_*} reason, with the claim in {@code details.field}
   */
  Claims read(byte[] payload, long nowMs) {
    Map<String, Object> claims;
    try {
      claims = StrictJson.object(payload);
    } catch (StrictJson.NotJson e) {
      throw Failure.of(ErrorReason.TOKEN_MALFORMED, "The payload of the token is " + e.getMessage() + ".");
    }
    long expiresAtMs = seconds(claims, "exp");
    requireLive(expiresAtMs, nowMs);
    requireBegun(claims, "nbf", nowMs);
    requireBegun(claims, "iat", nowMs);
    requireIssuer(claims);
    requireAudience(claims);
    Map<?, ?> caps = object(claims, "caps");
    if (caps != null && !CAPS.containsAll(caps.keySet())) {
      throw wrong("caps", "The claim caps has a key that is not one of subscribe, publish, api.");
    }
    List<String> api = strings(caps, "caps", "api");
    return new Claims(
        userId(claims),
        expiresAtMs,
        strings(caps, "caps", "subscribe"),
        strings(caps, "caps", "publish"),
        api == null ? Set.of() : Set.copyOf(api),
        info(claims),
        maxConnections(claims),
        priorityClass(claims),
        admin(claims));
  }

  /**
   * Checks that a token's time has not come; to be asked each time claims are used again.
   *
   * @throws Failure {@code TOKEN_EXPIRED}
   */
  void requireLive(long expiresAtMs, long nowMs) {
    if (nowMs - leewayMs >= expiresAtMs) {
      throw Failure.of(ErrorReason.TOKEN_EXPIRED);
    }
  }

  private void requireBegun(Map<String, Object> claims, String name, long nowMs) {
    if (claims.containsKey(name) && nowMs + leewayMs < seconds(claims, name)) {
      throw Failure.ofField(ErrorReason.TOKEN_NOT_YET_VALID, name);
    }
  }

  /** A NumericDate, which may have a fraction, as milliseconds. */
  private static long seconds(Map<String, Object> claims, String name) {
    if (!(claims.get(name) instanceof Number number)) {
      throw wrong(name, claims.containsKey(name) ? "The claim " + name + " must be a number." : "The claim " + name + " is required.");
    }
    double seconds = number.doubleValue();
    if (!(seconds >= 0 && seconds <= LAST_SECOND)) {
      throw wrong(name, "The claim " + name + " must be a time in seconds since 1970.");
    }
    return (long) (seconds * 1000);
  }

  private void requireIssuer(Map<String, Object> claims) {
    if (!issuer.isEmpty() && !issuer.equals(claims.get("iss"))) {
      throw Failure.ofField(ErrorReason.TOKEN_ISSUER, "iss");
    }
  }

  private void requireAudience(Map<String, Object> claims) {
    if (audience.isEmpty()) {
      return;
    }
    Object aud = claims.get("aud");
    boolean meant =
        aud instanceof List<?> several
            ? several.stream().anyMatch(one -> one instanceof String name && audience.contains(name))
            : aud instanceof String name && audience.contains(name);
    if (!meant) {
      throw Failure.ofField(ErrorReason.TOKEN_AUDIENCE, "aud");
    }
  }

  private static String userId(Map<String, Object> claims) {
    if (!(claims.get("sub") instanceof String sub) || sub.isEmpty()) {
      throw wrong("sub", "The claim sub must be a string that is not empty.");
    }
    if (sub.length() > MAX_USER_ID) {
      throw wrong("sub", "The claim sub is longer than " + MAX_USER_ID + " characters.");
    }
    // Half a surrogate pair has no UTF-8, so two such ids would be written as the same personal topic.
    if (sub.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw wrong("sub", "The claim sub is not well-formed Unicode.");
    }
    return sub;
  }

  private static List<String> strings(Map<?, ?> owner, String ownerName, String name) {
    if (owner == null || !owner.containsKey(name)) {
      return null;
    }
    String path = ownerName + "." + name;
    if (!(owner.get(name) instanceof List<?> list)) {
      throw wrong(path, "The claim " + path + " must be an array of strings.");
    }
    if (list.size() > MAX_PATTERNS) {
      throw wrong(path, "The claim " + path + " has more than " + MAX_PATTERNS + " entries.");
    }
    return list.stream().map(entry -> pattern(entry, path)).toList();
  }

  private static String pattern(Object entry, String path) {
    if (entry instanceof String text && !text.isEmpty() && text.length() <= MAX_PATTERN_LENGTH) {
      return text;
    }
    throw wrong(path, "An entry of the claim " + path + " is not a string of 1 to " + MAX_PATTERN_LENGTH + " characters.");
  }

  @SuppressWarnings("unchecked")
  private static JsonObject info(Map<String, Object> claims) {
    Map<?, ?> info = object(claims, "info");
    return info == null ? null : new JsonObject((Map<String, Object>) info);
  }

  private static Integer maxConnections(Map<String, Object> claims) {
    Map<?, ?> conn = object(claims, "conn");
    if (conn == null || !conn.containsKey("max")) {
      return null;
    }
    if (conn.get("max") instanceof Integer max && max >= 1 && max <= MAX_CONNECTIONS) {
      return max;
    }
    throw wrong("conn.max", "The claim conn.max must be a whole number from 1 to " + MAX_CONNECTIONS + ".");
  }

  private static String priorityClass(Map<String, Object> claims) {
    if (!claims.containsKey("class")) {
      return null;
    }
    if (claims.get("class") instanceof String name && !name.isEmpty() && name.length() <= MAX_CLASS_LENGTH) {
      return name;
    }
    throw wrong("class", "The claim class must be a string of 1 to " + MAX_CLASS_LENGTH + " characters.");
  }

  private static boolean admin(Map<String, Object> claims) {
    if (!claims.containsKey("admin")) {
      return false;
    }
    if (claims.get("admin") instanceof Boolean admin) {
      return admin;
    }
    throw wrong("admin", "The claim admin must be true or false.");
  }

  private static Map<?, ?> object(Map<String, Object> claims, String name) {
    if (!claims.containsKey(name)) {
      return null;
    }
    if (claims.get(name) instanceof Map<?, ?> object) {
      return object;
    }
    throw wrong(name, "The claim " + name + " must be an object.");
  }

  private static Failure wrong(String field, String message) {
    return Failure.ofField(ErrorReason.TOKEN_CLAIMS, field, message);
  }
}
