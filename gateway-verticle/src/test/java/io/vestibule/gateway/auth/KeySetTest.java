package io.vestibule.gateway.auth;

import static io.vestibule.gateway.auth.SigningAlgorithm.ES256;
import static io.vestibule.gateway.auth.SigningAlgorithm.HS256;
import static io.vestibule.gateway.auth.SigningAlgorithm.HS512;
import static io.vestibule.gateway.auth.SigningAlgorithm.PS256;
import static io.vestibule.gateway.auth.SigningAlgorithm.RS256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.gateway.auth.KeySet.Origin;
import io.vestibule.gateway.auth.KeySet.Selection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.Test;

class KeySetTest {
  private static final Set<SigningAlgorithm> ALL = EnumSet.allOf(SigningAlgorithm.class);

  private final VerificationKey secret = secret();
  private final VerificationKey pem = key(null, RS256);
  private final VerificationKey one = key("one", RS256);
  private final VerificationKey two = key("two", PS256);

  @Test
  void aKnownKidMeansThatKeyOnly() {
    KeySet keys = new KeySet(List.of(secret, pem, one, two), ALL, Origin.FIXED);
    assertThat(keys.select(RS256, "one")).isEqualTo(new Selection.Found(List.of(one)));
    assertThat(refusal(keys.select(PS256, "one"))).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
    assertThat(refusal(keys.select(HS256, "one"))).as("HS with the kid of an RSA key").isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void withoutKidAllKeysOfTheAlgorithmAreTried() {
    KeySet keys = new KeySet(List.of(secret, pem, one, two), ALL, Origin.FIXED);
    assertThat(keys.select(RS256, null)).isEqualTo(new Selection.Found(List.of(pem, one)));
    assertThat(keys.select(HS256, null)).isEqualTo(new Selection.Found(List.of(secret)));
    assertThat(refusal(keys.select(ES256, null))).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void keysWithoutIdStandForIdsThatAreNotKnown() {
    KeySet keys = new KeySet(List.of(secret, pem, one, two), ALL, Origin.FIXED);
    assertThat(keys.select(RS256, "else")).isEqualTo(new Selection.Found(List.of(pem)));
    assertThat(keys.select(HS256, "../../etc/passwd")).isEqualTo(new Selection.Found(List.of(secret)));
    assertThat(refusal(keys.select(PS256, "else"))).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
  }

  @Test
  void keysThatMayComeAreWaitedFor() {
    KeySet pending = new KeySet(List.of(secret), ALL, Origin.PENDING);
    assertThat(unknown(pending.select(RS256, null))).isEqualTo(ErrorReason.KEYS_UNAVAILABLE);
    assertThat(pending.select(HS256, "any")).isInstanceOf(Selection.Found.class);
    KeySet rotating = new KeySet(List.of(one), ALL, Origin.ROTATING);
    assertThat(unknown(rotating.select(RS256, "new"))).isEqualTo(ErrorReason.TOKEN_SIGNATURE);
    assertThat(unknown(rotating.select(ES256, "new"))).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void whatIsNotAcceptedIsNeverLookedUp() {
    KeySet keys = new KeySet(List.of(secret, one), Set.of(RS256), Origin.PENDING);
    assertThat(refusal(keys.select(HS256, null))).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
    assertThat(refusal(keys.select(ES256, "new"))).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
  }

  @Test
  void anEmptySetVerifiesNothing() {
    KeySet none = new KeySet(List.of(), ALL, Origin.FIXED);
    for (SigningAlgorithm algorithm : ALL) {
      assertThat(refusal(none.select(algorithm, null))).isEqualTo(ErrorReason.TOKEN_ALGORITHM);
    }
  }

  @Test
  void weakAndForeignKeysAreRefused() {
    assertThatThrownBy(() -> VerificationKey.of(null, Set.of(RS256), TestKeys.pair("RSA", 1024).getPublic()))
        .isInstanceOf(JoseException.class).hasMessageContaining("2048");
    assertThatThrownBy(() -> VerificationKey.ofSecret("short", Set.of(HS256))).isInstanceOf(JoseException.class);
    assertThatThrownBy(() -> VerificationKey.ofSecret("x".repeat(63), Set.of(HS512))).isInstanceOf(JoseException.class);
    assertThatThrownBy(() -> VerificationKey.of(null, Set.of(ES256), TestKeys.P384.getPublic())).isInstanceOf(JoseException.class);
    assertThatThrownBy(() -> VerificationKey.of(null, Set.of(RS256), TestKeys.P256.getPublic())).isInstanceOf(JoseException.class);
    assertThatThrownBy(() -> VerificationKey.of(null, Set.of(HS256), TestKeys.RSA.getPublic())).isInstanceOf(Exception.class);
    assertThatThrownBy(() -> VerificationKey.of(null, Set.of(), TestKeys.RSA.getPublic())).isInstanceOf(JoseException.class);
  }

  private static ErrorReason refusal(Selection selection) {
    return ((Selection.Refused) selection).failure().reason();
  }

  private static ErrorReason unknown(Selection selection) {
    return ((Selection.Unknown) selection).failure().reason();
  }

  private static VerificationKey key(String id, SigningAlgorithm algorithm) {
    try {
      return VerificationKey.of(id, Set.of(algorithm), TestKeys.RSA.getPublic());
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  private static VerificationKey secret() {
    try {
      return VerificationKey.ofSecret(TestKeys.SECRET, Set.of(HS256));
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }
}
