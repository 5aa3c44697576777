package io.vestibule.gateway.auth;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys, key sets and tokens for tests, signed with the JDK alone, so that they are a second opinion on what the product does. */
final class TestKeys {
  static final String SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  static final KeyPair RSA = pair("RSA", 2048);
  static final KeyPair OTHER_RSA = pair("RSA", 2048);
  static final KeyPair P256 = curve("secp256r1");
  static final KeyPair P384 = curve("secp384r1");
  static final KeyPair P521 = curve("secp521r1");
  static final KeyPair ED25519 = pair("Ed25519", 255);

  private static final Map<String, String> JCA =
      Map.of(
          "RS256", "SHA256withRSA", "RS384", "SHA384withRSA", "RS512", "SHA512withRSA",
          "ES256", "SHA256withECDSAinP1363Format", "ES384", "SHA384withECDSAinP1363Format",
          "ES512", "SHA512withECDSAinP1363Format", "EdDSA", "Ed25519", "Ed448", "Ed448");

  private TestKeys() {}

  static KeyPair pair(String algorithm, int size) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(size);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair curve(String name) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(name));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The pair that signs for an algorithm with a public key. */
  static KeyPair pairFor(String algorithm) {
    return switch (algorithm) {
      case "ES256" -> P256;
      case "ES384" -> P384;
      case "ES512" -> P521;
      case "EdDSA" -> ED25519;
      default -> RSA;
    };
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] mac(String algorithm, byte[] secret, String input) {
    try {
      Mac mac = Mac.getInstance("HmacSHA" + algorithm.substring(2));
      mac.init(new SecretKeySpec(secret, "HMAC"));
      return mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] signature(String algorithm, PrivateKey key, String input) {
    try {
      Signature signature;
      if (algorithm.startsWith("PS")) {
        String bits = algorithm.substring(2);
        signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(
            new PSSParameterSpec(
                "SHA-" + bits, "MGF1", new MGF1ParameterSpec("SHA-" + bits), Integer.parseInt(bits) / 8, 1));
      } else {
        signature = Signature.getInstance(JCA.get(algorithm));
      }
      signature.initSign(key);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A token by the shared secret, with any header and payload. */
  static String hs(String header, String payload, String secret) {
    String input = base64(header) + "." + base64(payload);
    String algorithm = header.contains("HS512") ? "HS512" : header.contains("HS384") ? "HS384" : "HS256";
    return input + "." + base64(mac(algorithm, secret.getBytes(StandardCharsets.UTF_8), input));
  }

  /** An HS256 token by the shared secret. */
  static String hs(JsonObject claims) {
    return hs("{\"alg\":\"HS256\"}", claims.encode(), SECRET);
  }

  /** A token by a private key; {@code kid} may be null. */
  static String signed(String algorithm, String kid, JsonObject claims, PrivateKey key) {
    JsonObject header = new JsonObject().put("typ", "JWT").put("alg", algorithm);
    if (kid != null) {
      header.put("kid", kid);
    }
    String input = base64(header.encode()) + "." + base64(claims.encode());
    return input + "." + base64(signature(algorithm, key, input));
  }

  static String pem(PublicKey key) {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }

  static JsonObject jwks(JsonObject... keys) {
    return new JsonObject().put("keys", new JsonArray(Arrays.asList(keys)));
  }

  /** A public key as a JSON Web Key; {@code kid} and {@code alg} may be null. */
  static JsonObject jwk(PublicKey key, String kid, String alg) {
    JsonObject jwk = new JsonObject();
    if (key instanceof RSAPublicKey rsa) {
      jwk.put("kty", "RSA").put("n", base64(unsigned(rsa.getModulus(), 0))).put("e", base64(unsigned(rsa.getPublicExponent(), 0)));
    } else if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      int size = (bits + 7) / 8;
      jwk.put("kty", "EC").put("crv", "P-" + bits)
          .put("x", base64(unsigned(ec.getW().getAffineX(), size))).put("y", base64(unsigned(ec.getW().getAffineY(), size)));
    } else if (key instanceof EdECPublicKey ed) {
      // The last 32 bytes of the encoding are the raw key (RFC 8410).
      byte[] encoded = ed.getEncoded();
      jwk.put("kty", "OKP").put("crv", "Ed25519").put("x", base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
    }
    if (kid != null) {
      jwk.put("kid", kid);
    }
    if (alg != null) {
      jwk.put("alg", alg);
    }
    return jwk;
  }

  private static byte[] unsigned(BigInteger value, int size) {
    byte[] signed = value.toByteArray();
    byte[] bare = signed[0] == 0 && signed.length > 1 ? Arrays.copyOfRange(signed, 1, signed.length) : signed;
    if (bare.length >= size) {
      return bare;
    }
    byte[] padded = new byte[size];
    System.arraycopy(bare, 0, padded, size - bare.length, bare.length);
    return padded;
  }
}
