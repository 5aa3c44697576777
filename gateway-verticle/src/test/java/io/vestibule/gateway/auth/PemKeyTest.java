package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemKeyTest {

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
  void readsPublicKeys(String name) {
    SigningAlgorithm algorithm = SigningAlgorithm.named(name).orElseThrow();
    String pem = "# a comment\n" + TestKeys.pem(TestKeys.pairFor(name).getPublic());
    VerificationKey key = PemKey.parse(pem, algorithm);
    assertThat(key.algorithms()).containsExactly(algorithm);
    assertThat(key.key()).isEqualTo(TestKeys.pairFor(name).getPublic());
  }

  @Test
  void saysWhatIsWrong() {
    String privateKey = block("PRIVATE KEY", TestKeys.RSA.getPrivate().getEncoded());
    assertThatThrownBy(() -> PemKey.parse(privateKey, SigningAlgorithm.RS256)).hasMessage("is a private key; give the public one");
    assertThatThrownBy(() -> PemKey.parse("hello", SigningAlgorithm.RS256)).hasMessage("is not a PEM file");
    assertThatThrownBy(() -> PemKey.parse(block("RSA PUBLIC KEY", new byte[20]), SigningAlgorithm.RS256)).hasMessageContaining("openssl");
    assertThatThrownBy(() -> PemKey.parse(block("CERTIFICATE REQUEST", new byte[20]), SigningAlgorithm.RS256)).hasMessageContaining("CERTIFICATE REQUEST");
    assertThatThrownBy(() -> PemKey.parse(block("PUBLIC KEY", new byte[20]), SigningAlgorithm.RS256)).hasMessage("is not a public key for RS256");
    assertThatThrownBy(() -> PemKey.parse(block("CERTIFICATE", new byte[20]), SigningAlgorithm.RS256)).hasMessage("is not a public key for RS256");
    assertThatThrownBy(() -> PemKey.parse(TestKeys.pem(TestKeys.P256.getPublic()), SigningAlgorithm.RS256)).hasMessage("is not a public key for RS256");
    assertThatThrownBy(() -> PemKey.parse(TestKeys.pem(TestKeys.P384.getPublic()), SigningAlgorithm.ES256)).hasMessageStartingWith("cannot be used with ES256");
    assertThatThrownBy(() -> PemKey.parse(TestKeys.pem(TestKeys.pair("RSA", 1024).getPublic()), SigningAlgorithm.RS256)).hasMessageContaining("2048");
  }

  private static String block(String kind, byte[] der) {
    return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + kind + "-----\n";
  }
}
