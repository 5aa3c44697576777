package io.vestibule.bench.client;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens signed with the server's shared secret: a JWT (RFC 7519) with HS256 (RFC 7518, section 3.2) for each user. */
public final class MintedTokens implements Tokens {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");

  private final byte[] secret;
  private final long expiresAt;

  /**
   * @param secret what the server has as {@code auth.jwt.secret}
   * @param expiresAt when the tokens end, in seconds since 1970
   */
  public MintedTokens(String secret, long expiresAt) {
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
    this.expiresAt = expiresAt;
  }

  @Override
  public String forUser(String user) {
    return sign("{\"sub\":\"" + user + "\",\"exp\":" + expiresAt + "}");
  }

  /** The token of an operator. */
  public String forOperator(String user) {
    return sign("{\"sub\":\"" + user + "\",\"exp\":" + expiresAt + ",\"admin\":true}");
  }

  private String sign(String claims) {
    String signed = HEADER + "." + encode(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return signed + "." + BASE64.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static String encode(String json) {
    return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
