package io.vestibule.gateway.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.EllipticCurve;
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
    if (key instanceof ECPublicKey ec) {
      requireOnCurve(ec);
    }
    return new VerificationKey(id, algorithms, key);
  }

  /** The shared secret of the configuration, as UTF-8. */
  static VerificationKey ofSecret(String secret, Set<SigningAlgorithm> algorithms) throws JoseException {
    return of(null, algorithms, new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HMAC"));
  }

  /** The JDK takes any two numbers for a point; one beside the curve is no key (SEC 1, section 3.2.2.1). */
  private static void requireOnCurve(ECPublicKey key) throws JoseException {
    EllipticCurve curve = key.getParams().getCurve();
    BigInteger p = ((ECFieldFp) curve.getField()).getP();
    BigInteger x = key.getW().getAffineX();
    BigInteger y = key.getW().getAffineY();
    BigInteger right = x.pow(3).add(curve.getA().multiply(x)).add(curve.getB()).mod(p);
    if (x.signum() < 0 || y.signum() < 0 || x.compareTo(p) >= 0 || y.compareTo(p) >= 0 || !y.pow(2).mod(p).equals(right)) {
      throw new JoseException("its point is not on its curve");
    }
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
