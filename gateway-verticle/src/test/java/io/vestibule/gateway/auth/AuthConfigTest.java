package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthConfigTest {

  @Test
  void nothingAtAllIsLegal() {
    assertThat(AuthConfig.none().isConfigured()).isFalse();
    assertThat(new AuthConfig(null, null).isConfigured()).isFalse();
    assertThat(new AuthConfig(jwt("", List.of()), List.of("sixteen-chars-ok")).isConfigured()).isTrue();
    assertThat(AuthConfig.none().withSecret(TestKeys.SECRET).isConfigured()).isTrue();
  }

  @Test
  void namesTheSecretAndItsLength() {
    assertThatThrownBy(() -> jwt("twelve bytes", List.of())).hasMessage("auth.jwt.secret is 12 bytes, it must be at least 32");
    assertThatThrownBy(() -> jwt("x".repeat(32), List.of("HS256", "HS512"))).hasMessage("auth.jwt.secret is 32 bytes, for HS512 it must be at least 64");
    assertThat(jwt("\u20ac".repeat(11), List.of()).secret()).as("bytes, not characters").hasSize(11);
  }

  @Test
  void bindsTheSecretToWhatIsListed() {
    assertThat(jwt(TestKeys.SECRET, List.of()).secretAlgorithms()).containsExactly(SigningAlgorithm.HS256);
    assertThat(jwt(TestKeys.SECRET, List.of()).accepted()).contains(SigningAlgorithm.HS256, SigningAlgorithm.EDDSA).doesNotContain(SigningAlgorithm.HS512);
    assertThat(jwt(TestKeys.SECRET, List.of("HS512", "RS256")).secretAlgorithms()).containsExactly(SigningAlgorithm.HS512);
    assertThat(jwt("", List.of()).accepted()).noneMatch(SigningAlgorithm::symmetric);
    assertThat(jwks("https://id.example/keys").accepted()).noneMatch(SigningAlgorithm::symmetric);
    assertThat(jwks("/etc/keys.json").accepted()).hasSize(SigningAlgorithm.values().length);
  }

  @Test
  void refusesWhatDoesNotFitTogether() {
    assertThatThrownBy(() -> jwt(TestKeys.SECRET, List.of("RS256"))).hasMessageStartingWith("auth.jwt.secret is set, but auth.jwt.algorithms");
    assertThatThrownBy(() -> jwt("", List.of("HS256"))).hasMessage("auth.jwt.algorithms has HS256, but auth.jwt.secret is not set");
    assertThatThrownBy(() -> jwt("", List.of("RS256"))).hasMessageContaining("auth.jwt.algorithms is set, but none of");
    assertThatThrownBy(() -> jwt(TestKeys.SECRET, List.of("none"))).hasMessageStartingWith("auth.jwt.algorithms: none is not one of HS256,");
    assertThatThrownBy(() -> keys(List.of("ES256"), "RS256:/k.pem")).hasMessage("auth.jwt.keys has a key for RS256, but auth.jwt.algorithms has not");
    assertThatThrownBy(() -> keys(List.of(), "HS256:/k.pem")).hasMessage("auth.jwt.keys: HS256 has no public key, set auth.jwt.secret");
    assertThatThrownBy(() -> keys(List.of(), "/k.pem")).hasMessageContaining("auth.jwt.keys: \"/k.pem\" is not of the form");
    assertThatThrownBy(() -> keys(List.of(), "RSA:/k.pem")).hasMessageContaining("auth.jwt.keys: RSA is not one of");
    assertThat(keys(List.of(), "RS256:C:/k.pem").keyFiles()).containsExactly(new KeyFile(SigningAlgorithm.RS256, "C:/k.pem"));
  }

  @Test
  void checksWhereTheKeySetIs() {
    assertThat(jwks("HTTPS://id.example/keys").jwksIsUrl()).isTrue();
    assertThat(jwks("keys.json").jwksIsUrl()).isFalse();
    assertThatThrownBy(() -> jwks("ftp://id.example/keys")).hasMessageContaining("auth.jwt.jwks must be an http or https URL");
    assertThatThrownBy(() -> jwks("https://u:p@id.example/keys")).hasMessageContaining("must not carry a user name");
    assertThatThrownBy(() -> jwks("https:///keys")).hasMessageStartingWith("auth.jwt.jwks is");
    assertThatThrownBy(() -> jwks("https://id example/")).hasMessage("auth.jwt.jwks is not a valid URL");
  }

  @Test
  void checksTimesAndSizes() {
    assertThatThrownBy(() -> times(Duration.ZERO, Duration.ZERO, 1)).hasMessageContaining("auth.jwt.jwks-refresh");
    assertThatThrownBy(() -> times(Duration.ofMinutes(5), Duration.ofHours(1), 1)).hasMessageContaining("auth.jwt.leeway");
    assertThatThrownBy(() -> times(Duration.ofMinutes(5), Duration.ZERO, -1)).hasMessageContaining("auth.jwt.token-cache is -1");
    assertThatThrownBy(() -> new AuthConfig(null, List.of("long-enough-key-0", "short"))).hasMessage("auth.api-keys[1] is 5 characters, it must be at least 16");
    assertThatThrownBy(() -> new AuthConfig(null, List.of("same-key-of-16-chars", "same-key-of-16-chars"))).hasMessageContaining("twice");
    assertThatThrownBy(() -> new AuthConfig(null, List.of("with space in the key"))).hasMessageContaining("auth.api-keys[0]");
  }

  @Test
  void showsNoSecret() {
    AuthConfig config = new AuthConfig(jwt(TestKeys.SECRET, List.of()), List.of("an-api-key-of-ours"));
    assertThat(config.toString()).doesNotContain(TestKeys.SECRET).doesNotContain("an-api-key-of-ours");
  }

  private static AuthConfig.Jwt jwt(String secret, List<String> algorithms) {
    return new AuthConfig.Jwt(secret, algorithms, List.of(), "", Duration.ofMinutes(5), "", List.of(), Duration.ofSeconds(5), 10);
  }

  private static AuthConfig.Jwt times(Duration refresh, Duration leeway, int tokenCache) {
    return new AuthConfig.Jwt("", List.of(), List.of(), "", refresh, "", List.of(), leeway, tokenCache);
  }

  private static AuthConfig.Jwt keys(List<String> algorithms, String... keys) {
    return new AuthConfig.Jwt("", algorithms, List.of(keys), "", Duration.ofMinutes(5), "", List.of(), Duration.ofSeconds(5), 10);
  }

  private static AuthConfig.Jwt jwks(String jwks) {
    return new AuthConfig.Jwt("", List.of(), List.of(), jwks, Duration.ofMinutes(5), "", List.of(), Duration.ofSeconds(5), 10);
  }
}
