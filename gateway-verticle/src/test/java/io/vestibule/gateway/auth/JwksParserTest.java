package io.vestibule.gateway.auth;

import static io.vestibule.gateway.auth.TestKeys.jwk;
import static io.vestibule.gateway.auth.TestKeys.jwks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPrivateKey;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwksParserTest {
  private static final JwksParser URL = new JwksParser(SigningAlgorithm.asymmetric(), false);
  private static final JwksParser FILE = new JwksParser(EnumSet.allOf(SigningAlgorithm.class), true);

  @Test
  void bindsKeysToWhatTheySay() throws Exception {
    var parsed =
        parse(
            URL,
            jwks(
                jwk(TestKeys.RSA.getPublic(), "r", "RS256").put("use", "sig"),
                jwk(TestKeys.RSA.getPublic(), "any", null),
                jwk(TestKeys.P256.getPublic(), "e", "ES256").put("key_ops", new JsonArray().add("verify")),
                jwk(TestKeys.P384.getPublic(), null, null),
                jwk(TestKeys.P521.getPublic(), "e5", null),
                jwk(TestKeys.ED25519.getPublic(), "o", "EdDSA")));
    assertThat(parsed.refused()).isEmpty();
    assertThat(parsed.keys()).extracting(VerificationKey::id).containsExactly("r", "any", "e", null, "e5", "o");
    assertThat(parsed.keys().get(0).algorithms()).containsExactly(SigningAlgorithm.RS256);
    assertThat(parsed.keys().get(1).algorithms()).hasSize(6).noneMatch(SigningAlgorithm::symmetric);
    assertThat(parsed.keys().get(3).algorithms()).containsExactly(SigningAlgorithm.ES384);
    assertThat(parsed.keys().get(4).algorithms()).containsExactly(SigningAlgorithm.ES512);
    assertThat(parsed.keys().get(5).algorithms()).containsExactly(SigningAlgorithm.EDDSA);
  }

  @Test
  void leavesOutWhatItCannotUseAndSaysWhy() throws Exception {
    JsonObject oct = new JsonObject().put("kty", "oct").put("k", TestKeys.base64(TestKeys.SECRET)).put("alg", "HS256");
    RSAPrivateKey own = (RSAPrivateKey) TestKeys.RSA.getPrivate();
    var parsed =
        parse(
            URL,
            jwks(
                jwk(TestKeys.RSA.getPublic(), "good", "RS256"),
                oct,
                jwk(TestKeys.RSA.getPublic(), "private", null).put("d", TestKeys.base64(own.getPrivateExponent().toByteArray())),
                jwk(TestKeys.pair("RSA", 1024).getPublic(), "weak", null),
                jwk(TestKeys.RSA.getPublic(), "enc", "RSA-OAEP").put("use", "enc"),
                jwk(TestKeys.RSA.getPublic(), "confused", "HS256"),
                jwk(TestKeys.RSA.getPublic(), "none", "none"),
                jwk(TestKeys.P256.getPublic(), "curve", "ES384"),
                jwk(TestKeys.P256.getPublic(), "ops", null).put("key_ops", new JsonArray().add("sign")),
                new JsonObject().put("kty", "XYZ"),
                new JsonObject()));
    assertThat(parsed.keys()).extracting(VerificationKey::id).containsExactly("good");
    assertThat(parsed.refused()).hasSize(10).allSatisfy(why -> assertThat(why).doesNotContain(TestKeys.SECRET));
    assertThat(parsed.refused().get(0)).isEqualTo("key 2: a shared secret is not taken from the network");
  }

  @Test
  void takesSharedSecretsFromAFileOnlyAndWithAnAlgorithm() throws Exception {
    JsonObject oct = new JsonObject().put("kty", "oct").put("kid", "s").put("k", TestKeys.base64(TestKeys.SECRET));
    assertThat(parse(FILE, jwks(oct.copy().put("alg", "HS512"))).keys().get(0).algorithms()).containsExactly(SigningAlgorithm.HS512);
    assertThatThrownBy(() -> parse(FILE, jwks(oct))).isInstanceOf(JwksParser.Unusable.class);
    assertThatThrownBy(() -> parse(FILE, jwks(oct.copy().put("alg", "HS256").put("k", "c2hvcnQ")))).isInstanceOf(JwksParser.Unusable.class);
    assertThatThrownBy(() -> parse(URL, jwks(oct.copy().put("alg", "HS512")))).isInstanceOf(JwksParser.Unusable.class);
  }

  @Test
  void keepsToWhatTheConfigurationAccepts() throws Exception {
    JwksParser narrow = new JwksParser(Set.of(SigningAlgorithm.RS512), false);
    assertThat(parse(narrow, jwks(jwk(TestKeys.RSA.getPublic(), "r", null))).keys().get(0).algorithms())
        .containsExactly(SigningAlgorithm.RS512);
    assertThatThrownBy(() -> parse(narrow, jwks(jwk(TestKeys.RSA.getPublic(), "r", "RS256")))).isInstanceOf(JwksParser.Unusable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[1,null,\"x\",[]]}", "{\"keys\":[],\"keys\":[]}",
      "{\"keys\":[{\"kty\":\"RSA\"}]}", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", "{\"keys\":[{\"kty\":\"RSA\",\"n\":1,\"e\":2}]}",
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}", "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AA\"}]}",
      "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}", "{\"keys\":[{\"kty\":5}]}", "<html>not found</html>"})
  void refusesASetWithoutUsableKeys(String json) {
    assertThatThrownBy(() -> URL.parse(json.getBytes(StandardCharsets.UTF_8))).isInstanceOf(JwksParser.Unusable.class);
    assertThatThrownBy(() -> FILE.parse(json.getBytes(StandardCharsets.UTF_8))).isInstanceOf(JwksParser.Unusable.class);
  }

  @Test
  void refusesASetOfTooManyKeys() {
    JsonObject[] many = Collections.nCopies(KeySet.MAX_KEYS + 1, jwk(TestKeys.RSA.getPublic(), "r", "RS256")).toArray(new JsonObject[0]);
    assertThatThrownBy(() -> parse(URL, jwks(many))).hasMessageContaining("at most 64");
  }

  private static JwksParser.Parsed parse(JwksParser parser, JsonObject jwks) throws JwksParser.Unusable {
    return parser.parse(jwks.toBuffer().getBytes());
  }
}
