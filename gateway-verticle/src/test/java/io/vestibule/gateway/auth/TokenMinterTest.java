package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenMinterTest {
  private static final long NOW = 1_800_000_000_000L;

  @Test
  void mintsWhatItsConfigurationAccepts() {
    AuthConfig config =
        new AuthConfig(
            new AuthConfig.Jwt(TestKeys.SECRET, List.of(), List.of(), "", Duration.ofMinutes(5), "me", List.of("chat"), Duration.ZERO, 0), List.of());
    String token =
        TokenMinter.of(config).mint("ann", Duration.ofHours(1), new JsonObject("{\"caps\":{\"publish\":[\"a.*\"]},\"admin\":true}"), NOW);

    String[] parts = token.split("\\.");
    assertThat(TestKeys.base64(TestKeys.mac("HS256", TestKeys.SECRET.getBytes(StandardCharsets.UTF_8), parts[0] + "." + parts[1])))
        .isEqualTo(parts[2]);
    assertThat(new JsonObject(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)))
        .isEqualTo(
            new JsonObject(
                "{\"sub\":\"ann\",\"iat\":1800000000,\"exp\":1800003600,\"iss\":\"me\",\"aud\":\"chat\",\"caps\":{\"publish\":[\"a.*\"]},\"admin\":true}"));
    Claims claims = ClaimRules.of(config.jwt()).read(CompactToken.parse(token).payload(), NOW);
    assertThat(claims.userId()).isEqualTo("ann");
    assertThat(claims.publish()).containsExactly("a.*");
  }

  @Test
  void usesAnAlgorithmThatIsAccepted() {
    AuthConfig config =
        new AuthConfig(
            new AuthConfig.Jwt(TestKeys.SECRET, List.of("HS512"), List.of(), "", Duration.ofMinutes(5), "", List.of(), Duration.ZERO, 0), List.of());
    assertThat(CompactToken.parse(TokenMinter.of(config).mint("a", Duration.ofMinutes(1), new JsonObject(), NOW)).algorithm())
        .isEqualTo(SigningAlgorithm.HS512);
  }

  @Test
  void mintsNothingThatWouldBeRefused() {
    TokenMinter minter = TokenMinter.of(AuthConfig.none().withSecret(TestKeys.SECRET));
    assertThat(reason(minter, "", new JsonObject())).isEqualTo(ErrorReason.TOKEN_CLAIMS);
    assertThat(reason(minter, "a", new JsonObject("{\"caps\":[]}"))).isEqualTo(ErrorReason.TOKEN_CLAIMS);
    assertThat(reason(minter, "a", new JsonObject().put("info", new JsonObject().put("x", "y".repeat(9000))))).isEqualTo(ErrorReason.TOKEN_MALFORMED);
    assertThatThrownBy(() -> TokenMinter.of(AuthConfig.none())).hasMessageStartingWith("auth.jwt.secret is not set");
  }

  private static ErrorReason reason(TokenMinter minter, String user, JsonObject more) {
    return catchThrowableOfType(Failure.class, () -> minter.mint(user, Duration.ofHours(1), more, NOW)).reason();
  }
}
