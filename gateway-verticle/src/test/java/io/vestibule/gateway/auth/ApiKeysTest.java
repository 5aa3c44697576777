package io.vestibule.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeysTest {
  private final ApiKeys keys = ApiKeys.of(new AuthConfig(null, List.of("first-key-of-ours", "second-key-of-ours")));

  @Test
  void knowsItsKeys() {
    assertThat(keys.contains("first-key-of-ours")).isTrue();
    assertThat(keys.contains("second-key-of-ours")).isTrue();
    assertThatCode(() -> keys.require("second-key-of-ours")).doesNotThrowAnyException();
  }

  @Test
  void knowsNothingElse() {
    for (String other : new String[] {null, "", "first-key-of-our", "first-key-of-ours ", "First-key-of-ours", "first-key-of-ours,second-key-of-ours"}) {
      assertThat(keys.contains(other)).isFalse();
    }
    assertThat(ApiKeys.of(AuthConfig.none()).contains("")).isFalse();
    assertThat(catchThrowableOfType(Failure.class, () -> keys.require("x")).reason()).isEqualTo(ErrorReason.API_KEY_INVALID);
  }
}
