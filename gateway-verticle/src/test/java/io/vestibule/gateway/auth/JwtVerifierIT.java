package io.vestibule.gateway.auth;

import static io.vestibule.gateway.auth.TestKeys.base64;
import static io.vestibule.gateway.auth.TokenBench.claims;
import static io.vestibule.gateway.auth.TokenBench.jwt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way of a token through a verifier, with every attack that is known. */
class JwtVerifierIT {
  private final TokenBench bench = new TokenBench();
  private final AtomicLong clock = new AtomicLong(TokenBench.NOW);

  @TempDir Path dir;

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
  void verifiesPublicKeyAlgorithmsAndNoOthersWithTheKey(String algorithm) throws Exception {
    TokenVerifier verifier = withKeys(algorithm + ":" + pem(TestKeys.pairFor(algorithm).getPublic()));
    String token = TestKeys.signed(algorithm, null, claims(), TestKeys.pairFor(algorithm).getPrivate());
    assertThat(bench.accepted(verifier, token).userId()).isEqualTo("ann");
    for (String other : List.of("RS256", "PS256", "ES256", "EdDSA", "HS256")) {
      if (!other.equals(algorithm)) {
        String relabelled = base64("{\"alg\":\"" + other + "\"}") + token.substring(token.indexOf('.'));
        assertThat(bench.refused(verifier, relabelled).reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void verifiesSharedSecrets(String algorithm) {
    TokenVerifier verifier = verifier(jwt(TestKeys.SECRET, List.of(algorithm), List.of(), ""));
    String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"whatever\"}";
    assertThat(bench.accepted(verifier, TestKeys.hs(header, claims().encode(), TestKeys.SECRET)).userId()).isEqualTo("ann");
    String wrong = TestKeys.hs(header, claims().encode(), TestKeys.SECRET + "x");
    assertThat(bench.refused(verifier, wrong).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
  }

  @Test
  void refusesSecretAlgorithmsThatAreNotListed() {
    TokenVerifier verifier = secret();
    String token = TestKeys.hs("{\"alg\":\"HS512\"}", claims().encode(), TestKeys.SECRET);
    assertThat(bench.refused(verifier, token).reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void refusesWrongClaimsWithTheReason() {
    TokenVerifier verifier = secret();
    long now = TokenBench.NOW / 1000;
    assertRefused(verifier, claims().put("exp", now - 60), ErrorReason.TOKEN_EXPIRED);
    assertRefused(verifier, claims().put("nbf", now + 60), ErrorReason.TOKEN_NOT_YET_VALID);
    assertRefused(verifier, claims().put("exp", "" + (now + 60)), ErrorReason.TOKEN_CLAIMS);
    assertRefused(verifier, new JsonObject().put("sub", "ann"), ErrorReason.TOKEN_CLAIMS);
    assertRefused(verifier, claims().put("sub", 7), ErrorReason.TOKEN_CLAIMS);
    assertRefused(verifier, claims().put("caps", new JsonObject().put("publish", "**")), ErrorReason.TOKEN_CLAIMS);
  }

  @Test
  void checksIssuerAndAudience() {
    var config =
        new AuthConfig.Jwt(TestKeys.SECRET, List.of(), List.of(), "", Duration.ofMinutes(5), "me", List.of("chat"), Duration.ZERO, 10);
    TokenVerifier verifier = verifier(config);
    assertThat(bench.accepted(verifier, TestKeys.hs(claims().put("iss", "me").put("aud", "chat"))).userId()).isEqualTo("ann");
    assertRefused(verifier, claims().put("iss", "you").put("aud", "chat"), ErrorReason.TOKEN_ISSUER);
    assertRefused(verifier, claims().put("iss", "me").put("aud", "shop"), ErrorReason.TOKEN_AUDIENCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "nOnE"})
  void refusesUnsignedTokens(String none) throws Exception {
    for (TokenVerifier verifier : List.of(secret(), withKeys("RS256:" + pem(TestKeys.RSA.getPublic())))) {
      String unsigned = base64("{\"alg\":\"" + none + "\"}") + "." + base64(claims().encode());
      assertThat(bench.refused(verifier, unsigned + ".").reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
      assertThat(bench.refused(verifier, unsigned + ".AAAA").reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
      assertThat(bench.refused(verifier, unsigned).reason()).isEqualTo(ErrorReason.TOKEN_MALFORMED);
    }
    String noAlgorithm = base64("{\"typ\":\"JWT\"}") + "." + base64(claims().encode()) + ".AAAA";
    assertThat(bench.refused(secret(), noAlgorithm).reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void anEmptyConfigurationLetsNobodyIn() {
    TokenVerifier verifier = verifier(AuthConfig.Jwt.none());
    assertThat(bench.refused(verifier, TestKeys.hs(claims())).reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
    assertThat(bench.refused(verifier, TestKeys.hs("{\"alg\":\"HS256\"}", claims().encode(), "x")).reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
    assertThat(bench.refused(verifier, base64("{\"alg\":\"none\"}") + "." + base64(claims().encode()) + ".").reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void aPublicKeyIsNoSharedSecret() throws Exception {
    PublicKey key = TestKeys.RSA.getPublic();
    byte[][] asSecrets = {TestKeys.pem(key).getBytes(StandardCharsets.UTF_8), TestKeys.pem(key).strip().getBytes(StandardCharsets.UTF_8), key.getEncoded()};
    for (byte[] bytes : asSecrets) {
      String input = base64("{\"alg\":\"HS256\"}") + "." + base64(claims().encode());
      String confused = input + "." + base64(TestKeys.mac("HS256", bytes, input));
      assertThat(bench.refused(withKeys("RS256:" + pem(key)), confused).reason()).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
      var both = jwt(TestKeys.SECRET, List.of(), List.of("RS256:" + pem(key)), "");
      assertThat(bench.refused(verifier(both), confused).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
    }
  }

  @Test
  void refusesSignaturesOfOtherKeys() throws Exception {
    TokenVerifier verifier = withKeys("RS256:" + pem(TestKeys.RSA.getPublic()));
    String foreign = TestKeys.signed("RS256", null, claims(), TestKeys.OTHER_RSA.getPrivate());
    assertThat(bench.refused(verifier, foreign).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
  }

  @Test
  void looksAtNoKeyThatATokenBrings() throws Exception {
    TokenVerifier verifier = withKeys("RS256:" + pem(TestKeys.RSA.getPublic()));
    JsonObject header =
        new JsonObject().put("alg", "RS256").put("jwk", TestKeys.jwk(TestKeys.OTHER_RSA.getPublic(), "own", "RS256"))
            .put("jku", "http://127.0.0.1:1/keys").put("x5u", "http://127.0.0.1:1/cert").put("kid", "/dev/null");
    String input = base64(header.encode()) + "." + base64(claims().encode());
    String token = input + "." + base64(TestKeys.signature("RS256", TestKeys.OTHER_RSA.getPrivate(), input));
    assertThat(bench.refused(verifier, token).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "ES384", "ES512"})
  void refusesPsychicSignatures(String algorithm) throws Exception {
    TokenVerifier verifier = withKeys(algorithm + ":" + pem(TestKeys.pairFor(algorithm).getPublic()));
    String input = base64("{\"alg\":\"" + algorithm + "\"}") + "." + base64(claims().encode());
    int size = SigningAlgorithm.valueOf(algorithm).signatureBytes(TestKeys.pairFor(algorithm).getPublic());
    byte[] one = new byte[size];
    one[size / 2 - 1] = 1;
    byte[] ones = new byte[size];
    Arrays.fill(ones, (byte) 0xff);
    for (byte[] signature : new byte[][] {new byte[size], one, ones, new byte[1], new byte[size * 2], {0x30, 6, 2, 1, 0, 2, 1, 0}}) {
      assertThat(bench.refused(verifier, input + "." + base64(signature)).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "PS256", "ES256", "ES512", "EdDSA", "Ed448"})
  void refusesZerosAroundASignature(String name) throws Exception {
    KeyPair pair = name.equals("Ed448") ? TestKeys.pair("Ed448", 448) : TestKeys.pairFor(name);
    String algorithm = name.equals("Ed448") ? "EdDSA" : name;
    TokenVerifier verifier = withKeys(algorithm + ":" + pem(pair.getPublic()));
    String input = base64("{\"alg\":\"" + algorithm + "\"}") + "." + base64(claims().encode());
    byte[] genuine = TestKeys.signature(name, pair.getPrivate(), input);
    assertThat(bench.accepted(verifier, input + "." + base64(genuine)).userId()).isEqualTo("ann");
    for (int zeros : new int[] {1, 2, genuine.length}) {
      byte[] behind = Arrays.copyOf(genuine, genuine.length + zeros);
      byte[] before = new byte[genuine.length + zeros];
      System.arraycopy(genuine, 0, before, zeros, genuine.length);
      assertThat(bench.refused(verifier, input + "." + base64(behind)).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
      assertThat(bench.refused(verifier, input + "." + base64(before)).reason()).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
    }
  }

  @Test
  void refusesTruncatedTokens() {
    TokenVerifier verifier = secret();
    String token = TestKeys.hs(claims());
    for (int length = 0; length < token.length(); length++) {
      assertThat(bench.refused(verifier, token.substring(0, length)).reason().slug()).startsWith("token_");
    }
    assertThat(bench.refused(verifier, token + "A").reason().slug()).startsWith("token_");
    assertThat(bench.refused(verifier, token + ".").reason()).isEqualTo(ErrorReason.TOKEN_MALFORMED);
    assertThat(bench.refused(verifier, null).reason()).isEqualTo(ErrorReason.TOKEN_MISSING);
  }

  @Test
  void refusesHugeTokensAndBombs() {
    TokenVerifier verifier = secret();
    assertRefused(verifier, claims().put("x", "y".repeat(8_000)), ErrorReason.TOKEN_MALFORMED);
    String nested = "{\"sub\":\"ann\",\"exp\":1900000000,\"info\":" + "{\"a\":".repeat(900) + "1" + "}".repeat(901);
    assertThat(bench.refused(verifier, TestKeys.hs("{\"alg\":\"HS256\"}", nested, TestKeys.SECRET)).reason()).isEqualTo(ErrorReason.TOKEN_MALFORMED);
    String arrays = "[".repeat(5_000);
    assertThat(bench.refused(verifier, TestKeys.hs("{\"alg\":\"HS256\"}", arrays, TestKeys.SECRET)).reason()).isEqualTo(ErrorReason.TOKEN_MALFORMED);
  }

  @Test
  void asksTheClockEachTime() {
    TokenVerifier verifier = secret();
    String token = TestKeys.hs(claims());
    Claims first = bench.accepted(verifier, token);
    assertThat(bench.accepted(verifier, token)).as("remembered").isSameAs(first);
    clock.addAndGet(3_600_000 + 4_999);
    assertThat(bench.accepted(verifier, token)).as("within the leeway").isEqualTo(first).isNotSameAs(first);
    clock.addAndGet(1);
    assertThat(bench.refused(verifier, token).reason()).isEqualTo(ErrorReason.TOKEN_EXPIRED);
  }

  @Test
  void boundsTheSlowChecksUnderWay() throws Exception {
    TokenVerifier verifier = withKeys("ES256:" + pem(TestKeys.P256.getPublic()));
    String genuine = TestKeys.signed("ES256", null, claims(), TestKeys.P256.getPrivate());
    String forged = genuine.substring(0, genuine.lastIndexOf('.') + 1) + base64(new byte[63]) + "AA";
    String flood = genuine.substring(0, genuine.lastIndexOf('.') + 1) + base64(filled(64));
    assertThat(bench.refused(verifier, forged)).isInstanceOf(Failure.class);
    List<Future<ErrorReason>> answers = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      answers.add(bench.verify(verifier, flood).map((ErrorReason) null).otherwise(cause -> ((Failure) cause).reason()));
    }
    List<ErrorReason> reasons = answers.stream().map(TokenBench::await).toList();
    assertThat(reasons).containsOnly(ErrorReason.TOKEN_SIGNATURE, ErrorReason.UNAVAILABLE);
    assertThat(reasons.stream().filter(ErrorReason.UNAVAILABLE::equals).count()).as("turned away").isPositive();
    assertThat(bench.accepted(verifier, genuine).userId()).as("after the flood").isEqualTo("ann");
  }

  @Test
  void startsOnlyWithKeysThatCanBeUsed() throws Exception {
    Path weak = Files.writeString(dir.resolve("weak.pem"), TestKeys.pem(TestKeys.pair("RSA", 1024).getPublic()));
    assertThatThrownBy(() -> withKeys("RS256:" + weak)).hasMessageContaining("auth.jwt.keys: " + weak).hasMessageContaining("2048");
    assertThatThrownBy(() -> withKeys("RS256:/nowhere.pem")).hasMessage("auth.jwt.keys: /nowhere.pem cannot be read");
  }

  private TokenVerifier secret() {
    return verifier(jwt(TestKeys.SECRET, List.of(), List.of(), ""));
  }

  private TokenVerifier withKeys(String... keys) {
    return verifier(jwt("", List.of(), List.of(keys), ""));
  }

  private TokenVerifier verifier(AuthConfig.Jwt config) {
    return bench.open(config).verifier(clock::get);
  }

  private Path pem(PublicKey key) throws Exception {
    return Files.writeString(Files.createTempFile(dir, "key", ".pem"), TestKeys.pem(key));
  }

  private static byte[] filled(int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) 7);
    return bytes;
  }

  private void assertRefused(TokenVerifier verifier, JsonObject claims, ErrorReason reason) {
    assertThat(bench.refused(verifier, TestKeys.hs(claims)).reason()).isEqualTo(reason);
  }
}
