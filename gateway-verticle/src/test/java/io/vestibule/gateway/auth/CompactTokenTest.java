package io.vestibule.gateway.auth;

import static io.vestibule.gateway.auth.TestKeys.base64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class CompactTokenTest {
  private static final String HEADER = base64("{\"alg\":\"HS256\",\"kid\":\"k1\"}");
  private static final String PAYLOAD = base64("{\"sub\":\"ann\"}");

  @Test
  void takesAWellFormedTokenApart() {
    CompactToken token = CompactToken.parse(HEADER + "." + PAYLOAD + "." + base64("sig"));
    assertThat(token.algorithm()).isEqualTo(SigningAlgorithm.HS256);
    assertThat(token.keyId()).isEqualTo("k1");
    assertThat(new String(token.payload(), StandardCharsets.UTF_8)).isEqualTo("{\"sub\":\"ann\"}");
    assertThat(new String(token.signingInput(), StandardCharsets.US_ASCII)).isEqualTo(HEADER + "." + PAYLOAD);
    assertThat(token.toString()).doesNotContain("ann");
  }

  @ParameterizedTest
  @NullAndEmptySource
  void wantsAToken(String nothing) {
    assertThat(reason(nothing)).isEqualTo(ErrorReason.TOKEN_MISSING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"alg\":\"none\"}", "{\"alg\":\"None\"}", "{\"alg\":\"NONE\"}", "{\"alg\":\"\"}", "{\"alg\":null}",
      "{\"alg\":[\"HS256\"]}", "{\"alg\":256}", "{\"alg\":\"hs256\"}", "{\"alg\":\"HS256 \"}", "{\"alg\":\"ES256K\"}", "{\"alg\":\"RS1\"}", "{}"})
  void knowsItsAlgorithmsAndNoOthers(String header) {
    assertThat(reason(base64(header) + "." + PAYLOAD + "." + base64("sig"))).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
    assertThat(reason(base64(header) + "." + PAYLOAD + ".")).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", ".", "..", "...", "a.b", "a.b.c.d", "a.b.c.d.e", " ", "é.é.é", "\u0000.\u0000.\u0000", "{}.{}.{}"})
  void refusesGarbage(String garbage) {
    assertThat(reason(garbage)).isEqualTo(ErrorReason.TOKEN_MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "null", "\"x\"", "", "{", "{\"alg\":\"HS256\"}x", "{\"alg\":\"HS256\"}{}",
      "{\"alg\":\"none\",\"alg\":\"HS256\"}", "{\"alg\":\"HS256\",\"kid\":1}", "{\"alg\":\"HS256\",\"kid\":null}",
      "{\"alg\":\"HS256\",\"kid\":{}}", "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", "{\"alg\":\"HS256\",\"crit\":[]}",
      "{\"alg\":\"HS256\",\"b64\":false}"})
  void refusesOtherHeaders(String header) {
    assertThat(reason(base64(header) + "." + PAYLOAD + "." + base64("sig"))).isEqualTo(ErrorReason.TOKEN_MALFORMED);
  }

  @Test
  void refusesAnUnsignedToken() {
    assertThat(reason(HEADER + "." + PAYLOAD + ".")).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
    assertThat(reason(HEADER + "." + PAYLOAD)).isEqualTo(ErrorReason.TOKEN_MALFORMED);
  }

  @ParameterizedTest
  // A byte takes two characters of which the second has four spare bits: only one spelling counts.
  @ValueSource(strings = {"AB", "AR", "A", "AA==", "A+AA", "A/AA", "AA\n", "AA AA", "AAA=", "AAB"})
  void refusesOtherSpellingsOfASignature(String signature) {
    assertThat(reason(HEADER + "." + PAYLOAD + "." + signature)).isEqualTo(ErrorReason.TOKEN_MALFORMED);
  }

  @Test
  void refusesHugeTokensBeforeLookingAtThem() {
    String signature = ".".repeat(2) + "A".repeat(CompactToken.MAX_LENGTH - 1);
    assertThat(reason(signature)).isEqualTo(ErrorReason.TOKEN_MALFORMED);
    assertThat(reason("A".repeat(50_000_000))).isEqualTo(ErrorReason.TOKEN_MALFORMED);
  }

  @Test
  void refusesHeadersThatAreBombs() {
    String deep = "{\"alg\":\"HS256\",\"x\":" + "[".repeat(2500) + "]".repeat(2500) + "}";
    assertThat(reason(base64(deep) + "." + PAYLOAD + ".AA")).isEqualTo(ErrorReason.TOKEN_MALFORMED);
    String number = "{\"alg\":\"HS256\",\"x\":" + "9".repeat(5000) + "}";
    assertThat(reason(base64(number) + "." + PAYLOAD + ".AA")).isEqualTo(ErrorReason.TOKEN_MALFORMED);
    byte[] notUtf8 = "{\"alg\":\"HS256\",\"x\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(reason(base64(notUtf8) + "." + PAYLOAD + ".AA")).isEqualTo(ErrorReason.TOKEN_MALFORMED);
  }

  private static ErrorReason reason(String token) {
    return catchThrowableOfType(Failure.class, () -> CompactToken.parse(token)).reason();
  }
}
