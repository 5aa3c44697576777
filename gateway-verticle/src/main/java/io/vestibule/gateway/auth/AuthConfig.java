package io.vestibule.gateway.auth;

import java.time.Duration;
import java.util.List;

/** The {@code auth} part of the configuration; {@code conf/vestibule.yaml} explains each key. */
public record AuthConfig(Jwt jwt, List<String> apiKeys) {

  /** {@code auth.jwt}. */
  public record Jwt(
      String secret,
      List<String> algorithms,
      List<String> keys,
      String jwks,
      Duration jwksRefresh,
      String issuer,
      List<String> audience,
      Duration leeway,
      int tokenCache) {}
}
