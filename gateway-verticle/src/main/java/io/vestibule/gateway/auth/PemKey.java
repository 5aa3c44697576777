package io.vestibule.gateway.auth;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.lang.JoseException;

/**
 * Reads a public key, or the one in a certificate, from PEM (RFC 7468). A certificate serves as an envelope; its dates and
 * chain mean nothing here.
 */
final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private PemKey() {}

  /**
   * Reads the first block of a file.
   *
   * @param pem the text of the file
   * @throws IllegalArgumentException if it is no usable public key for the algorithm; the message completes "the key ..."
   */
  static VerificationKey parse(String pem, SigningAlgorithm algorithm) {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new IllegalArgumentException("is not a PEM file");
    }
    try {
      PublicKey key = publicKey(block.group(1), Base64.getMimeDecoder().decode(block.group(2)), algorithm);
      return VerificationKey.of(null, Set.of(algorithm), key);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("is not a public key for " + algorithm.jwsName());
    } catch (JoseException e) {
      throw new IllegalArgumentException("cannot be used with " + algorithm.jwsName() + ": " + e.getMessage());
    }
  }

  private static PublicKey publicKey(String kind, byte[] der, SigningAlgorithm algorithm) throws GeneralSecurityException {
    if (kind.equals("PUBLIC KEY")) {
      return KeyFactory.getInstance(algorithm.family().keyFactory()).generatePublic(new X509EncodedKeySpec(der));
    }
    if (kind.equals("CERTIFICATE")) {
      return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der)).getPublicKey();
    }
    if (kind.equals("RSA PUBLIC KEY")) {
      throw new IllegalArgumentException("is in the PKCS #1 form; convert it: openssl rsa -RSAPublicKey_in -in old.pem -pubout");
    }
    if (kind.endsWith("PRIVATE KEY")) {
      throw new IllegalArgumentException("is a private key; give the public one");
    }
    throw new IllegalArgumentException("is a " + kind + ", not a PUBLIC KEY or CERTIFICATE");
  }
}
