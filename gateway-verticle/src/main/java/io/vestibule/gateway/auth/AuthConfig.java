package io.vestibule.gateway.auth;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The {@code auth} part of the configuration; {@code conf/vestibule.yaml} explains each key. All of it may be empty: whether
 * that is development mode is for the node to say. The constructors throw {@link IllegalArgumentException} naming the key that is
 * wrong, never its value where that is a secret.
 */
public record AuthConfig(Jwt jwt, List<String> apiKeys) {
  /** Characters of an API key, at least. */
  public static final int MIN_API_KEY = 16;

  public AuthConfig {
    jwt = jwt == null ? Jwt.none() : jwt;
    apiKeys = apiKeys == null ? List.of() : List.copyOf(apiKeys);
    for (int i = 0; i < apiKeys.size(); i++) {
      int length = apiKeys.get(i).length();
      require(length >= MIN_API_KEY, "auth.api-keys[%d] is %d characters, it must be at least %d", i, length, MIN_API_KEY);
      require(apiKeys.get(i).chars().allMatch(c -> c > ' ' && c < 127), "auth.api-keys[%d] has a character that no header can carry", i);
    }
    require(new HashSet<>(apiKeys).size() == apiKeys.size(), "auth.api-keys has the same key twice");
  }

  /** Nothing configured. */
  public static AuthConfig none() {
    return new AuthConfig(Jwt.none(), List.of());
  }

  /** Whether anything is configured that lets somebody in. */
  public boolean isConfigured() {
    return jwt.isConfigured() || !apiKeys.isEmpty();
  }

  /** The same with a shared secret, as development mode generates one. */
  public AuthConfig withSecret(String secret) {
    return new AuthConfig(
        new Jwt(
            secret, jwt.algorithms, jwt.keys, jwt.jwks, jwt.jwksRefresh, jwt.issuer, jwt.audience, jwt.leeway, jwt.tokenCache),
        apiKeys);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "AuthConfig[" + jwt + ", " + apiKeys.size() + " API keys]";
  }

  /**
   * {@code auth.jwt}.
   *
   * @param secret for HS*, or empty
   * @param algorithms what is accepted, or empty for what the keys say
   * @param keys {@code ALG:/path} of PEM files
   * @param jwks an http(s) URL or a path, or empty
   * @param jwksRefresh time between two readings of it
   * @param issuer required {@code iss}, or empty
   * @param audience accepted {@code aud}, or empty
   * @param leeway for clocks that differ
   * @param tokenCache tokens remembered by each gateway instance
   */
  public record Jwt(
      String secret,
      List<String> algorithms,
      List<String> keys,
      String jwks,
      Duration jwksRefresh,
      String issuer,
      List<String> audience,
      Duration leeway,
      int tokenCache) {
    private static final Duration MIN_REFRESH = Duration.ofSeconds(1);
    private static final Duration MAX_REFRESH = Duration.ofDays(1);
    private static final Duration MAX_LEEWAY = Duration.ofMinutes(5);
    private static final int MAX_TOKEN_CACHE = 1_000_000;

    public Jwt {
      secret = orEmpty(secret);
      jwks = orEmpty(jwks);
      issuer = orEmpty(issuer);
      algorithms = algorithms == null ? List.of() : List.copyOf(algorithms);
      keys = keys == null ? List.of() : List.copyOf(keys);
      audience = audience == null ? List.of() : List.copyOf(audience);
      within("auth.jwt.jwks-refresh", jwksRefresh, MIN_REFRESH, MAX_REFRESH);
      within("auth.jwt.leeway", leeway, Duration.ZERO, MAX_LEEWAY);
      require(
          tokenCache >= 0 && tokenCache <= MAX_TOKEN_CACHE,
          "auth.jwt.token-cache is %d, it must be from 0 to %d", tokenCache, MAX_TOKEN_CACHE);
      require(audience.stream().noneMatch(String::isBlank), "auth.jwt.audience has an empty entry");
      requireJwks(jwks);
      Set<SigningAlgorithm> listed = listed(algorithms);
      requireSecret(secret, listed, !jwks.isEmpty());
      requireKeys(keys, listed);
      require(
          listed.isEmpty() || !(secret.isEmpty() && keys.isEmpty() && jwks.isEmpty()),
          "auth.jwt.algorithms is set, but none of auth.jwt.secret, auth.jwt.keys and auth.jwt.jwks is");
    }

    /** Nothing configured, the rest as in the file of defaults. */
    public static Jwt none() {
      return new Jwt("", List.of(), List.of(), "", Duration.ofMinutes(5), "", List.of(), Duration.ofSeconds(5), 10_000);
    }

    /** Whether there is a key, or a place to get one from. */
    public boolean isConfigured() {
      return !(secret.isEmpty() && keys.isEmpty() && jwks.isEmpty());
    }

    /** Whether {@code jwks} is a URL and not a file. */
    boolean jwksIsUrl() {
      return jwks.matches("(?i)https?://.*");
    }

    /** The algorithms that tokens may use. */
    Set<SigningAlgorithm> accepted() {
      if (!algorithms.isEmpty()) {
        return listed(algorithms);
      }
      EnumSet<SigningAlgorithm> accepted = EnumSet.copyOf(SigningAlgorithm.asymmetric());
      if (!secret.isEmpty()) {
        accepted.add(SigningAlgorithm.HS256);
      }
      if (!jwks.isEmpty() && !jwksIsUrl()) {
        accepted.addAll(EnumSet.complementOf(accepted));
      }
      return Collections.unmodifiableSet(accepted);
    }

    /** The algorithms that the shared secret is bound to: those listed, or HS256. */
    Set<SigningAlgorithm> secretAlgorithms() {
      return secretAlgorithms(listed(algorithms));
    }

    /** The PEM files. */
    List<KeyFile> keyFiles() {
      return keys.stream().map(KeyFile::parse).toList();
    }

    /** Without the secret. */
    @Override
    public String toString() {
      return "Jwt[secret=%s, algorithms=%s, keys=%s, jwks=%s, issuer=%s, audience=%s]"
          .formatted(secret.isEmpty() ? "none" : "set", algorithms, keys, jwks.isEmpty() ? "none" : "set", issuer, audience);
    }

    private static Set<SigningAlgorithm> listed(List<String> names) {
      EnumSet<SigningAlgorithm> listed = EnumSet.noneOf(SigningAlgorithm.class);
      for (String name : names) {
        listed.add(
            SigningAlgorithm.named(name)
                .orElseThrow(
                    () -> new IllegalArgumentException("auth.jwt.algorithms: " + name + " is not one of " + KeyFile.names())));
      }
      return Collections.unmodifiableSet(listed);
    }

    private static Set<SigningAlgorithm> secretAlgorithms(Set<SigningAlgorithm> listed) {
      if (listed.isEmpty()) {
        return Set.of(SigningAlgorithm.HS256);
      }
      EnumSet<SigningAlgorithm> symmetric = EnumSet.copyOf(listed);
      symmetric.removeIf(algorithm -> !algorithm.symmetric());
      return symmetric;
    }

    private static void requireSecret(String secret, Set<SigningAlgorithm> listed, boolean otherSecrets) {
      if (secret.isEmpty()) {
        for (SigningAlgorithm algorithm : listed) {
          require(
              !algorithm.symmetric() || otherSecrets,
              "auth.jwt.algorithms has %s, but auth.jwt.secret is not set", algorithm.jwsName());
        }
        return;
      }
      Set<SigningAlgorithm> bound = secretAlgorithms(listed);
      require(!bound.isEmpty(), "auth.jwt.secret is set, but auth.jwt.algorithms has none of HS256, HS384, HS512");
      int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
      for (SigningAlgorithm algorithm : bound) {
        int least = algorithm.minimumSecretBytes();
        if (algorithm == SigningAlgorithm.HS256) {
          require(bytes >= least, "auth.jwt.secret is %d bytes, it must be at least %d", bytes, least);
        } else {
          require(bytes >= least, "auth.jwt.secret is %d bytes, for %s it must be at least %d", bytes, algorithm.jwsName(), least);
        }
      }
    }

    private static void requireKeys(List<String> keys, Set<SigningAlgorithm> listed) {
      for (String key : keys) {
        SigningAlgorithm algorithm = KeyFile.parse(key).algorithm();
        require(
            listed.isEmpty() || listed.contains(algorithm),
            "auth.jwt.keys has a key for %s, but auth.jwt.algorithms has not", algorithm.jwsName());
      }
      require(keys.size() < KeySet.MAX_KEYS, "auth.jwt.keys has %d keys, at most %d are taken", keys.size(), KeySet.MAX_KEYS - 1);
    }

    private static void requireJwks(String jwks) {
      if (!jwks.contains("://")) {
        return;
      }
      try {
        URI uri = new URI(jwks);
        require(
            "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()),
            "auth.jwt.jwks must be an http or https URL or the path of a file");
        require(uri.getHost() != null, "auth.jwt.jwks is a URL without a host");
        require(uri.getUserInfo() == null, "auth.jwt.jwks must not carry a user name or password");
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException("auth.jwt.jwks is not a valid URL");
      }
    }

    private static void within(String key, Duration value, Duration least, Duration most) {
      require(
          value != null && value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
          "%s is %s, it must be from %s to %s", key, value, least, most);
    }

    private static String orEmpty(String value) {
      return value == null ? "" : value;
    }
  }

  private static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new IllegalArgumentException(message.formatted(values));
    }
  }
}
