package io.vestibule.gateway.auth;

import io.vestibule.gateway.auth.SigningAlgorithm.Family;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctetSequenceJsonWebKey;
import org.jose4j.lang.JoseException;

/**
 * Reads a JSON Web Key Set (RFC 7517). A key that cannot be used is left out and named among the refused, as section 5 wants it; a
 * set without any usable key is an error of the whole.
 *
 * @param accepted algorithms that the configuration accepts
 * @param sharedSecrets whether {@code oct} keys are taken: from a file, but never over the network, where whoever can read the
 *     set could mint tokens
 */
record JwksParser(Set<SigningAlgorithm> accepted, boolean sharedSecrets) {

  JwksParser {
    accepted = Set.copyOf(accepted);
  }

  /**
   * What a set came to.
   *
   * @param refused one sentence for each key left out, without key material
   */
  record Parsed(List<VerificationKey> keys, List<String> refused) {}

  /** The set as a whole cannot be used. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Reads a set; tries each key, so not for an event loop.
   *
   * @throws Unusable if it is no key set, too large, or has no usable key
   */
  Parsed parse(byte[] json) throws Unusable {
    List<?> entries = entries(json);
    List<VerificationKey> keys = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      try {
        keys.add(key(entries.get(i)));
      } catch (JoseException | RuntimeException e) {
        refused.add("key " + (i + 1) + ": " + reason(e));
      }
    }
    if (keys.isEmpty()) {
      throw new Unusable(refused.isEmpty() ? "it has no keys" : "it has no usable key (" + String.join("; ", refused) + ")");
    }
    return new Parsed(List.copyOf(keys), List.copyOf(refused));
  }

  private static List<?> entries(byte[] json) throws Unusable {
    Map<String, Object> set;
    try {
      set = StrictJson.object(json);
    } catch (StrictJson.NotJson e) {
      throw new Unusable("it is " + e.getMessage());
    }
    if (!(set.get("keys") instanceof List<?> entries)) {
      throw new Unusable("it has no array \"keys\"");
    }
    if (entries.size() > KeySet.MAX_KEYS) {
      throw new Unusable("it has " + entries.size() + " keys, at most " + KeySet.MAX_KEYS + " are taken");
    }
    return entries;
  }

  @SuppressWarnings("unchecked")
  private VerificationKey key(Object entry) throws JoseException {
    if (!(entry instanceof Map<?, ?> map)) {
      throw new JoseException("not an object");
    }
    Map<String, Object> members = (Map<String, Object>) map;
    requireForVerifying(members);
    if ("oct".equals(members.get("kty")) && !sharedSecrets) {
      throw new JoseException("a shared secret is not taken from the network");
    }
    // A private key that lies where verifiers read it is no longer private.
    if (!"oct".equals(members.get("kty")) && members.containsKey("d")) {
      throw new JoseException("it is a private key");
    }
    requireWholeOkp(members);
    JsonWebKey jwk = JsonWebKey.Factory.newJwk(members);
    Set<SigningAlgorithm> algorithms = algorithms(jwk);
    algorithms.retainAll(accepted);
    return jwk instanceof OctetSequenceJsonWebKey secret
        ? VerificationKey.of(jwk.getKeyId(), algorithms, new SecretKeySpec(secret.getOctetSequence(), "HMAC"))
        : VerificationKey.of(jwk.getKeyId(), algorithms, jwk.getKey());
  }

  private static void requireForVerifying(Map<String, Object> members) throws JoseException {
    if (members.containsKey("use") && !"sig".equals(members.get("use"))) {
      throw new JoseException("its use is not sig");
    }
    if (members.containsKey("key_ops") && !(members.get("key_ops") instanceof List<?> ops && ops.contains("verify"))) {
      throw new JoseException("its key_ops do not contain verify");
    }
  }

  /** An octet key pair is for signatures and has all its bytes (RFC 8032: 32 and 57); a shorter x would be another point. */
  private static void requireWholeOkp(Map<String, Object> members) throws JoseException {
    if (!Family.OKP.keyType().equals(members.get("kty"))) {
      return;
    }
    int characters = "Ed25519".equals(members.get("crv")) ? 43 : "Ed448".equals(members.get("crv")) ? 76 : 0;
    if (characters == 0) {
      throw new JoseException("its curve is not for signatures");
    }
    if (!(members.get("x") instanceof String x && x.length() == characters)) {
      throw new JoseException("its x is not " + characters + " characters");
    }
  }

  /** {@code alg} where the key has one; without, what its type and curve can do. */
  private static Set<SigningAlgorithm> algorithms(JsonWebKey jwk) throws JoseException {
    Set<SigningAlgorithm> possible =
        Arrays.stream(SigningAlgorithm.values())
            .filter(algorithm -> algorithm.family().keyType().equals(jwk.getKeyType()))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(SigningAlgorithm.class)));
    if (jwk.getAlgorithm() != null) {
      possible.removeIf(algorithm -> !algorithm.jwsName().equals(jwk.getAlgorithm()));
      if (possible.isEmpty()) {
        throw new JoseException("its alg does not belong to its kty");
      }
    } else if (jwk instanceof EllipticCurveJsonWebKey curve) {
      possible.retainAll(forCurve(curve.getCurveName()));
    } else if (jwk.getKeyType().equals(Family.HMAC.keyType())) {
      throw new JoseException("a shared secret needs an alg");
    }
    return possible;
  }

  private static Set<SigningAlgorithm> forCurve(String curve) {
    return switch (curve) {
      case "P-256" -> Set.of(SigningAlgorithm.ES256);
      case "P-384" -> Set.of(SigningAlgorithm.ES384);
      case "P-521" -> Set.of(SigningAlgorithm.ES512);
      default -> Set.of();
    };
  }

  /** jose4j's messages describe keys by type, size and member names; anything longer is cut. */
  private static String reason(Exception e) {
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return message.length() > 160 ? message.substring(0, 160) + "..." : message;
  }
}
