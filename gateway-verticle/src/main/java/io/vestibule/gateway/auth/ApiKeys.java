package io.vestibule.gateway.auth;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The API keys of the servers that call us. Only their SHA-256 digests are kept, and a candidate is compared with all of them in
 * constant time, so how long an answer takes tells nothing of a key. Immutable, any thread.
 */
public final class ApiKeys {
  private final List<byte[]> digests;

  private ApiKeys(List<byte[]> digests) {
    this.digests = digests;
  }

  /** Takes the keys of the configuration, which has checked their length. */
  public static ApiKeys of(AuthConfig config) {
    return new ApiKeys(config.apiKeys().stream().map(ApiKeys::digest).toList());
  }

  /** Whether this is one of the keys; null is not. */
  public boolean contains(String candidate) {
    if (candidate == null) {
      return false;
    }
    byte[] digest = digest(candidate);
    boolean found = false;
    for (byte[] known : digests) {
      found |= MessageDigest.isEqual(known, digest);
    }
    return found;
  }

  /**
   * Demands one of the keys.
   *
   * @throws Failure {@code API_KEY_INVALID}
   */
  public void require(String candidate) {
    if (!contains(candidate)) {
      throw Failure.of(ErrorReason.API_KEY_INVALID);
    }
  }

  private static byte[] digest(String key) {
    return TokenDigest.sha256().digest(key.getBytes(StandardCharsets.UTF_8));
  }
}
