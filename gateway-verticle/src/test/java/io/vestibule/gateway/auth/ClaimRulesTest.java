package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimRulesTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final ClaimRules ANY = new ClaimRules("", Set.of(), 5_000);
  private static final ClaimRules STRICT = new ClaimRules("https://id.example", Set.of("chat", "board"), 0);

  @Test
  void readsEveryClaim() {
    Claims claims =
        ANY.read(
            """
            {"sub":"ann","exp":1800000100.5,"iat":1800000000,"nbf":1799999999,"iss":"x","aud":["y"],"other":{"a":[1]},
             "caps":{"subscribe":["news.*"],"publish":[],"api":["publish","publish"]},
             "info":{"name":"Ann","tags":["a",{"b":1}]},"conn":{"max":2,"more":1},"class":"gold","admin":true}
            """.getBytes(StandardCharsets.UTF_8),
            NOW);
    assertThat(claims.userId()).isEqualTo("ann");
    assertThat(claims.expiresAtMs()).isEqualTo(1_800_000_100_500L);
    assertThat(claims.subscribe()).containsExactly("news.*");
    assertThat(claims.publish()).isEmpty();
    assertThat(claims.api()).containsExactly("publish");
    assertThat(claims.info()).isEqualTo(new JsonObject("{\"name\":\"Ann\",\"tags\":[\"a\",{\"b\":1}]}"));
    assertThat(claims.maxConnections()).isEqualTo(2);
    assertThat(claims.priorityClass()).isEqualTo("gold");
    assertThat(claims.admin()).isTrue();
  }

  @Test
  void needsOnlySubAndExp() {
    Claims claims = ANY.read(payload("\"sub\":\"ann\",\"exp\":1800000100"), NOW);
    assertThat(claims).isEqualTo(new Claims("ann", 1_800_000_100_000L, null, null, Set.of(), null, null, null, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "\"sub\":\"ann\"", "\"sub\":\"ann\",\"exp\":\"1800000100\"", "\"sub\":\"ann\",\"exp\":null", "\"sub\":\"ann\",\"exp\":true",
      "\"sub\":\"ann\",\"exp\":[1800000100]", "\"sub\":\"ann\",\"exp\":{}", "\"sub\":\"ann\",\"exp\":-1", "\"sub\":\"ann\",\"exp\":1e999",
      "\"sub\":\"ann\",\"exp\":1800000100000", "\"sub\":\"ann\",\"exp\":99999999999999999999999999999999999999"})
  void refusesAnExpThatIsNoTime(String claims) {
    assertFails(ANY, payload(claims), ErrorReason.TOKEN_CLAIMS, "exp");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "null", "\"\"", "[\"ann\"]", "\"\\ud800\"", "\"a\\udc00b\""})
  void refusesASubThatIsNoUser(String sub) {
    assertFails(ANY, payload("\"exp\":1800000100,\"sub\":" + sub), ErrorReason.TOKEN_CLAIMS, "sub");
  }

  @Test
  void takesAnySubOfTheRightLength() {
    String odd = "a.b *.** \ud83d\ude00 ~\u0000\"\\".replace("\u0000", "");
    byte[] payload = new JsonObject().put("sub", odd).put("exp", 1_800_000_100).toBuffer().getBytes();
    assertThat(ANY.read(payload, NOW).userId()).isEqualTo(odd);
    assertThat(ANY.read(payload("\"exp\":1800000100,\"sub\":\"" + "x".repeat(1024) + "\""), NOW).userId()).hasSize(1024);
    assertFails(ANY, payload("\"exp\":1800000100,\"sub\":\"" + "x".repeat(1025) + "\""), ErrorReason.TOKEN_CLAIMS, "sub");
  }

  @ParameterizedTest
  @CsvSource({"1799999990, TOKEN_EXPIRED", "1799999995, TOKEN_EXPIRED", "0, TOKEN_EXPIRED"})
  void refusesTheExpired(String exp, ErrorReason reason) {
    assertFails(ANY, payload("\"sub\":\"ann\",\"exp\":" + exp), reason, null);
  }

  @Test
  void allowsForClocksThatDiffer() {
    assertThat(ANY.read(payload("\"sub\":\"a\",\"exp\":1799999996,\"nbf\":1800000005,\"iat\":1800000005"), NOW)).isNotNull();
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1800000100,\"nbf\":1800000006"), ErrorReason.TOKEN_NOT_YET_VALID, "nbf");
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1800000100,\"iat\":1800000006"), ErrorReason.TOKEN_NOT_YET_VALID, "iat");
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1800000100,\"nbf\":\"0\""), ErrorReason.TOKEN_CLAIMS, "nbf");
  }

  @Test
  void checksIssuerAndAudienceWhereConfigured() {
    String rest = "\"sub\":\"a\",\"exp\":1800000100,";
    assertThat(STRICT.read(payload(rest + "\"iss\":\"https://id.example\",\"aud\":\"chat\""), NOW)).isNotNull();
    assertThat(STRICT.read(payload(rest + "\"iss\":\"https://id.example\",\"aud\":[1,\"x\",\"board\"]"), NOW)).isNotNull();
    for (String iss : new String[] {"", "\"iss\":\"https://id.example/\",", "\"iss\":[\"https://id.example\"],", "\"iss\":null,"}) {
      assertFails(STRICT, payload(rest + iss + "\"aud\":\"chat\""), ErrorReason.TOKEN_ISSUER, "iss");
    }
    for (String aud : new String[] {"", ",\"aud\":\"Chat\"", ",\"aud\":[]", ",\"aud\":{\"chat\":1}", ",\"aud\":null", ",\"aud\":[[\"chat\"]]"}) {
      assertFails(STRICT, payload(rest + "\"iss\":\"https://id.example\"" + aud), ErrorReason.TOKEN_AUDIENCE, "aud");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "caps | []", "caps | null", "caps | \"all\"", "caps | {\"subscrbe\":[\"a\"]}", "caps.subscribe | {\"subscribe\":\"a\"}",
      "caps.subscribe | {\"subscribe\":null}", "caps.publish | {\"publish\":[1]}", "caps.publish | {\"publish\":[\"\"]}",
      "caps.publish | {\"publish\":[null]}", "caps.api | {\"api\":{\"publish\":true}}", "caps.api | {\"api\":[[\"publish\"]]}"})
  void refusesCapsItDoesNotUnderstand(String field, String caps) {
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1800000100,\"caps\":" + caps), ErrorReason.TOKEN_CLAIMS, field);
  }

  @Test
  void boundsTheCaps() {
    String many = "[" + "\"a\",".repeat(100) + "\"a\"]";
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1800000100,\"caps\":{\"subscribe\":" + many + "}"), ErrorReason.TOKEN_CLAIMS, "caps.subscribe");
    String longOne = "[\"" + "a".repeat(256) + "\"]";
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1800000100,\"caps\":{\"publish\":" + longOne + "}"), ErrorReason.TOKEN_CLAIMS, "caps.publish");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "info | []", "info | null", "info | \"x\"", "conn | 3", "conn.max | {\"max\":0}", "conn.max | {\"max\":-1}", "conn.max | {\"max\":\"3\"}",
      "conn.max | {\"max\":1.5}", "conn.max | {\"max\":99999999999}", "conn.max | {\"max\":null}", "class | 1", "class | \"\"", "class | null",
      "admin | 1", "admin | \"true\"", "admin | null"})
  void refusesClaimsOfOtherTypes(String field, String value) {
    String name = field.contains(".") ? field.substring(0, field.indexOf('.')) : field;
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1800000100,\"" + name + "\":" + value), ErrorReason.TOKEN_CLAIMS, field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "null", "1", "{", "{\"sub\":\"a\",\"sub\":\"b\",\"exp\":1800000100}", "{\"sub\":\"a\",\"exp\":1800000100} x",
      "{\"sub\":\"a\",\"exp\":NaN}", "{'sub':'a'}"})
  void refusesPayloadsThatAreNoStrictObject(String payload) {
    assertFails(ANY, payload.getBytes(StandardCharsets.UTF_8), ErrorReason.TOKEN_MALFORMED, null);
  }

  @Test
  void refusesBombs() {
    String deep = "\"sub\":\"a\",\"exp\":1800000100,\"info\":" + "{\"a\":".repeat(1000) + "1" + "}".repeat(1000);
    assertFails(ANY, payload(deep), ErrorReason.TOKEN_MALFORMED, null);
    assertFails(ANY, payload("\"exp\":1800000100,\"sub\":" + "[".repeat(3000) + "]".repeat(3000)), ErrorReason.TOKEN_MALFORMED, null);
    assertFails(ANY, payload("\"sub\":\"a\",\"exp\":1e" + "9".repeat(3000)), ErrorReason.TOKEN_MALFORMED, null);
  }

  private static byte[] payload(String members) {
    return ("{" + members + "}").getBytes(StandardCharsets.UTF_8);
  }

  private static void assertFails(ClaimRules rules, byte[] payload, ErrorReason reason, String field) {
    Failure failure = catchThrowableOfType(Failure.class, () -> rules.read(payload, NOW));
    assertThat(failure.reason()).isEqualTo(reason);
    if (field != null) {
      assertThat(failure.details()).containsEntry("field", field);
    }
  }
}
