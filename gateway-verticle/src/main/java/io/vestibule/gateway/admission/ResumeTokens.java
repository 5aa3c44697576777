package io.vestibule.gateway.admission;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.bus.WireReader;
import io.vestibule.contract.bus.WireWriter;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.GatewayAdmissionConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and verifies resume tokens: {@code payload.signature}, both base64url, the signature HMAC-SHA256 (RFC 2104) over the payload's bytes. They are bound to the cluster by
 * its keys and its name. Thread-safe; a few microseconds a token.
 */
public final class ResumeTokens {
  private static final String ALGORITHM = "HmacSHA256";
  private static final byte VERSION = 1;
  /** A user id may have 1,024 characters of three bytes each, and base64 makes four of three. */
  private static final int LONGEST = 8_192;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final ResumeSecrets secrets;
  private final String cluster;
  private volatile Keys keys;

  /** What was made of some secrets. */
  private record Keys(List<String> secrets, List<SecretKeySpec> all) {}

  /**
   * Tokens of a cluster.
   *
   * @param secrets what all its nodes know
   * @param cluster its name
   */
  public ResumeTokens(ResumeSecrets secrets, String cluster) {
    this.secrets = secrets;
    this.cluster = cluster;
    this.keys = made(secrets.believed());
  }

  private static Keys made(List<String> secrets) {
    return new Keys(secrets, secrets.stream().map(secret -> new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM)).toList());
  }

  private List<SecretKeySpec> keys() {
    List<String> now = secrets.believed();
    Keys known = keys;
    if (known.secrets != now) {
      known = made(now);
      keys = known;
    }
    return known.all;
  }

  /** What a good token says. */
  public record Resumption(String queue, SessionClaim claim) {}

  /** The keys are the cluster's own. */
  public static ResumeTokens of(GatewayAdmissionConfig config) {
    return new ResumeTokens(config.secrets(), config.cluster());
  }

  /** The token that brings its holder back to this session. */
  public String sign(String queue, SessionClaim claim) {
    Buffer payload = Buffer.buffer();
    claim.write(new WireWriter(payload).putByte(VERSION).putString(cluster).putString(queue));
    return ENCODER.encodeToString(payload.getBytes()) + '.' + ENCODER.encodeToString(mac(keys().get(0), payload.getBytes()));
  }

  /** Whether this has the form of a resume token; a JWT has one dot more. */
  public static boolean isOne(String token) {
    int dot = token.indexOf('.');
    return dot >= 0 && token.indexOf('.', dot + 1) < 0;
  }

  /**
   * Reads a token whose signature is good.
   *
   * @throws Failure {@code invalid} for anything else
   */
  public Resumption verify(String token) {
    int dot = token.indexOf('.');
    if (dot < 0 || token.length() > LONGEST) {
      throw Failure.of(ErrorReason.RESUME_INVALID);
    }
    try {
      byte[] payload = DECODER.decode(token.substring(0, dot));
      byte[] signature = DECODER.decode(token.substring(dot + 1));
      if (keys().stream().noneMatch(key -> MessageDigest.isEqual(mac(key, payload), signature))) {
        throw Failure.of(ErrorReason.RESUME_INVALID);
      }
      WireReader in = new WireReader(0, Buffer.buffer(payload));
      if (in.getByte() != VERSION || !cluster.equals(in.getString())) {
        throw Failure.of(ErrorReason.RESUME_INVALID);
      }
      return new Resumption(in.getString(), SessionClaim.read(in));
    } catch (IllegalArgumentException malformed) {
      throw Failure.of(ErrorReason.RESUME_INVALID);
    }
  }

  private static byte[] mac(SecretKeySpec key, byte[] payload) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(payload);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
