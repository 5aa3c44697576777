package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.auth.KeySet.Origin;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailOpenGuardTest {
  private static final Set<SigningAlgorithm> ALL = EnumSet.allOf(SigningAlgorithm.class);

  @Test
  void letsSoundKeysServe() throws Exception {
    KeySet keys =
        new KeySet(
            List.of(
                VerificationKey.ofSecret(TestKeys.SECRET, Set.of(SigningAlgorithm.HS256)),
                VerificationKey.of("r", Set.of(SigningAlgorithm.RS256, SigningAlgorithm.PS256), TestKeys.RSA.getPublic()),
                VerificationKey.of("e", Set.of(SigningAlgorithm.ES256), TestKeys.P256.getPublic()),
                VerificationKey.of("o", Set.of(SigningAlgorithm.EDDSA), TestKeys.ED25519.getPublic())),
            ALL,
            Origin.FIXED);
    assertThatCode(() -> FailOpenGuard.require(keys, SignatureCheck.STRICT)).doesNotThrowAnyException();
    assertThatCode(() -> FailOpenGuard.require(new KeySet(List.of(), ALL, Origin.PENDING), SignatureCheck.STRICT))
        .doesNotThrowAnyException();
  }

  @Test
  void stopsACheckThatAcceptsEverything() throws Exception {
    for (SigningAlgorithm algorithm : List.of(SigningAlgorithm.HS256, SigningAlgorithm.RS256, SigningAlgorithm.ES256, SigningAlgorithm.EDDSA)) {
      KeySet keys = new KeySet(List.of(any(algorithm)), ALL, Origin.FIXED);
      assertThatThrownBy(() -> FailOpenGuard.require(keys, (token, candidates) -> {})).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void stopsACheckThatAcceptsZeros() throws Exception {
    SignatureCheck psychic =
        (token, candidates) -> {
          byte[] zeros = new byte[token.signature().length];
          if (!Arrays.equals(zeros, token.signature())) {
            throw Failure.of(ErrorReason.TOKEN_SIGNATURE);
          }
        };
    KeySet keys = new KeySet(List.of(any(SigningAlgorithm.ES256)), ALL, Origin.FIXED);
    assertThatThrownBy(() -> FailOpenGuard.require(keys, psychic)).isInstanceOf(IllegalStateException.class);
  }

  private static VerificationKey any(SigningAlgorithm algorithm) throws Exception {
    return algorithm.symmetric()
        ? VerificationKey.ofSecret(TestKeys.SECRET, Set.of(algorithm))
        : VerificationKey.of(null, Set.of(algorithm), TestKeys.pairFor(algorithm.jwsName()).getPublic());
  }
}
