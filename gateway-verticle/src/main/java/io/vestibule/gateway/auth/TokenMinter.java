package io.vestibule.gateway.auth;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.lang.JoseException;

/**
 * Mints tokens with the shared secret, for development and scripts, such as the configuration it comes from accepts. Immutable, any
 * thread.
 */
public final class TokenMinter {
  private final SigningAlgorithm algorithm;
  private final SecretKeySpec key;
  private final String issuer;
  private final List<String> audience;
  private final ClaimRules rules;

  private TokenMinter(SigningAlgorithm algorithm, AuthConfig.Jwt config) {
    this.algorithm = algorithm;
    this.key = new SecretKeySpec(config.secret().getBytes(StandardCharsets.UTF_8), "HMAC");
    this.issuer = config.issuer();
    this.audience = config.audience();
    this.rules = ClaimRules.of(config);
  }

  /**
   * A minter for the secret of a configuration.
   *
   * @throws IllegalArgumentException if {@code auth.jwt.secret} is not set
   */
  public static TokenMinter of(AuthConfig config) {
    if (config.jwt().secret().isEmpty()) {
      throw new IllegalArgumentException("auth.jwt.secret is not set, and only with a shared secret can tokens be minted");
    }
    return new TokenMinter(config.jwt().secretAlgorithms().stream().min(Comparator.naturalOrder()).orElseThrow(), config.jwt());
  }

  /**
   * Mints a token that the same configuration accepts: with {@code iat}, {@code exp} and the configured {@code iss} and {@code aud}.
   *
   * @param userId {@code sub}
   * @param lifetime until {@code exp}
   * @param more further claims ({@code caps}, {@code info}, {@code conn}, {@code class}, {@code admin}, ...), which win over those
   *     made here
   * @param nowMs Unix milliseconds
   * @throws io.vestibule.contract.error.Failure if the claims are such that the token would be refused
   */
  public String mint(String userId, Duration lifetime, JsonObject more, long nowMs) {
    long nowSeconds = Math.floorDiv(nowMs, 1000L);
    JsonObject claims =
        new JsonObject().put("sub", userId).put("iat", nowSeconds).put("exp", nowSeconds + lifetime.toSeconds());
    if (!issuer.isEmpty()) {
      claims.put("iss", issuer);
    }
    if (!audience.isEmpty()) {
      claims.put("aud", audience.size() == 1 ? audience.get(0) : new JsonArray(audience));
    }
    byte[] payload = claims.mergeIn(more).toBuffer().getBytes();
    rules.read(payload, nowMs);
    String token = sign(payload);
    CompactToken.requirePlausible(token);
    return token;
  }

  private String sign(byte[] payload) {
    byte[] header = new JsonObject().put("alg", algorithm.jwsName()).put("typ", "JWT").toBuffer().getBytes();
    String input = encode(header) + "." + encode(payload);
    try {
      return input + "." + encode(algorithm.sign(key, input.getBytes(StandardCharsets.US_ASCII)));
    } catch (JoseException e) {
      // The configuration has checked the secret's length, which is all that HMAC asks of a key.
      throw new IllegalStateException(e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
