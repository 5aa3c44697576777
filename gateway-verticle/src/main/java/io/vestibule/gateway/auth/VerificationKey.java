package io.vestibule.gateway.auth;

import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.lang.JoseException;

/**
 * A key and the algorithms it is bound to: whatever a token says of itself, the key is used with these only. Immutable,
 * any thread.
 *
 * @param id {@code kid}, or null for a key that has none
 * @param algorithms not empty, all of the key's family
 * @param key of the JDK
 */
record VerificationKey(String id, Set<SigningAlgorithm> algorithms, Key key) {

  VerificationKey {
    algorithms = Set.copyOf(algorithms);
  }

  /**
   * Makes a key after trying it with each of its algorithms.
   *
   * @throws JoseException if the key is too weak for one of them, of another kind, or not usable
   */
  static VerificationKey of(String id, Set<SigningAlgorithm> algorithms, Key key) throws JoseException {
    if (algorithms.isEmpty()) {
      throw new JoseException("none of the key's algorithms is accepted");
    }
    for (SigningAlgorithm algorithm : algorithms) {
      algorithm.requireUsable(key);
    }
    return new VerificationKey(id, algorithms, key);
  }

  /** The shared secret of the configuration, as UTF-8. */
  static VerificationKey ofSecret(String secret, Set<SigningAlgorithm> algorithms) throws JoseException {
    return of(null, algorithms, new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HMAC"));
  }

  boolean accepts(SigningAlgorithm algorithm) {
    return algorithms.contains(algorithm);
  }

  /** Whether the signature is this key's; false for everything else, whatever the provider makes of the bytes. */
  boolean verifies(SigningAlgorithm algorithm, byte[] input, byte[] signature) {
    if (!accepts(algorithm)) {
      return false;
    }
    try {
      return algorithm.verifies(key, input, signature);
    } catch (JoseException | RuntimeException e) {
      // Providers throw several unchecked exceptions for bytes that are no signature; all of them mean no.
      return false;
    }
  }

  @Override
  public String toString() {
    return "VerificationKey[" + id + ", " + algorithms + "]";
  }
}
