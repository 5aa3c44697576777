package io.vestibule.gateway.auth;

import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jca.ProviderContext;
import org.jose4j.jws.EcdsaUsingShaAlgorithm;
import org.jose4j.jws.EdDsaAlgorithm;
import org.jose4j.jws.HmacUsingShaAlgorithm;
import org.jose4j.jws.JsonWebSignatureAlgorithm;
import org.jose4j.jws.RsaUsingShaAlgorithm;
import org.jose4j.lang.JoseException;

/**
 * The closed list of signature algorithms a token may use (RFC 7518, section 3.1; RFC 8037 for EdDSA). {@code none} is
 * not among them, so there is no value that stands for an unsigned token. The cryptography is jose4j's on top of the
 * JDK's providers; nothing here reads a token's own idea of its algorithm.
 */
enum SigningAlgorithm {
  HS256(Family.HMAC, 32, new HmacUsingShaAlgorithm.HmacSha256()),
  HS384(Family.HMAC, 48, new HmacUsingShaAlgorithm.HmacSha384()),
  HS512(Family.HMAC, 64, new HmacUsingShaAlgorithm.HmacSha512()),
  RS256(Family.RSA, 0, new RsaUsingShaAlgorithm.RsaSha256()),
  RS384(Family.RSA, 0, new RsaUsingShaAlgorithm.RsaSha384()),
  RS512(Family.RSA, 0, new RsaUsingShaAlgorithm.RsaSha512()),
  PS256(Family.RSA, 0, new RsaUsingShaAlgorithm.RsaPssSha256()),
  PS384(Family.RSA, 0, new RsaUsingShaAlgorithm.RsaPssSha384()),
  PS512(Family.RSA, 0, new RsaUsingShaAlgorithm.RsaPssSha512()),
  ES256(Family.EC, 64, new EcdsaUsingShaAlgorithm.EcdsaP256UsingSha256()),
  ES384(Family.EC, 96, new EcdsaUsingShaAlgorithm.EcdsaP384UsingSha384()),
  ES512(Family.EC, 132, new EcdsaUsingShaAlgorithm.EcdsaP521UsingSha512()),
  EDDSA(Family.OKP, 0, new EdDsaAlgorithm());

  /** The kind of key an algorithm works with; a key belongs to one family, so HS and RS cannot be confused. */
  enum Family {
    HMAC("oct", "HMAC"),
    RSA("RSA", "RSA"),
    EC("EC", "EC"),
    OKP("OKP", "EdDSA");

    private final String keyType;
    private final String keyFactory;

    Family(String keyType, String keyFactory) {
      this.keyType = keyType;
      this.keyFactory = keyFactory;
    }

    /** {@code kty} of a JSON Web Key. */
    String keyType() {
      return keyType;
    }

    /** Name of the JDK's key factory. */
    String keyFactory() {
      return keyFactory;
    }
  }

  private static final ProviderContext JDK_PROVIDERS = new ProviderContext();
  private static final byte[] TRIAL_INPUT = "trial".getBytes(StandardCharsets.US_ASCII);
  private static final Map<String, SigningAlgorithm> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(SigningAlgorithm::jwsName, Function.identity()));

  private final Family family;
  private final int signatureBytes;
  private final JsonWebSignatureAlgorithm jose;

  SigningAlgorithm(Family family, int signatureBytes, JsonWebSignatureAlgorithm jose) {
    this.family = family;
    this.signatureBytes = signatureBytes;
    this.jose = jose;
  }

  /** Finds an algorithm by the name in {@code alg}, which is case-sensitive (RFC 7515, section 4.1.1). */
  static Optional<SigningAlgorithm> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** All algorithms with public keys. */
  static Set<SigningAlgorithm> asymmetric() {
    EnumSet<SigningAlgorithm> all = EnumSet.allOf(SigningAlgorithm.class);
    all.removeIf(SigningAlgorithm::symmetric);
    return Collections.unmodifiableSet(all);
  }

  /** The name in {@code alg}. */
  String jwsName() {
    return this == EDDSA ? "EdDSA" : name();
  }

  Family family() {
    return family;
  }

  /** Whether it works with a shared secret; these cost microseconds, all others may cost up to a millisecond. */
  boolean symmetric() {
    return family == Family.HMAC;
  }

  /** Bytes a shared secret must have: as many as the hash puts out (RFC 7518, section 3.2); 0 where there is no secret. */
  int minimumSecretBytes() {
    return symmetric() ? signatureBytes : 0;
  }

  /**
   * Bytes of every signature by this algorithm and key. To be asked for exactly, because not every provider does: the JDK's
   * Ed25519 takes zeros behind a signature for part of its number (RFC 8032, section 5.1.7, has none).
   */
  int signatureBytes(Key key) {
    if (key instanceof RSAKey rsa) {
      return (rsa.getModulus().bitLength() + 7) / 8;
    }
    if (key instanceof EdECKey edwards) {
      return NamedParameterSpec.ED448.getName().equals(edwards.getParams().getName()) ? 114 : 64;
    }
    return signatureBytes;
  }

  /**
   * Whether the signature is this key's over the input. Any thread.
   *
   * @throws JoseException if the key cannot be used at all
   */
  boolean verifies(Key key, byte[] input, byte[] signature) throws JoseException {
    return signature.length == signatureBytes(key) && jose.verifySignature(signature, key, input, JDK_PROVIDERS);
  }

  /** Signs, for tokens we mint ourselves. */
  byte[] sign(Key key, byte[] input) throws JoseException {
    jose.validateSigningKey(key);
    return jose.sign(jose.prepareForSign(key, JDK_PROVIDERS), input);
  }

  /**
   * Checks that a key is of the right kind and strength (RSA of 2,048 bits at least, the curve that belongs to the
   * algorithm) and that the JDK can work with it.
   *
   * @throws JoseException if not, with the reason
   */
  void requireUsable(Key key) throws JoseException {
    jose.validateVerificationKey(key);
    byte[] garbage = new byte[signatureBytes(key)];
    Arrays.fill(garbage, (byte) 0x05);
    if (verifies(key, TRIAL_INPUT, garbage)) {
      throw new JoseException("the key accepts a garbage signature");
    }
  }
}
