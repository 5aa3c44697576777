package io.vestibule.contract.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorrelationIdTest {

  @Test
  void aFreshOneIsSixteenHexadecimalDigits() {
    assertThat(CorrelationId.fresh()).matches("[0-9a-f]{16}").isNotEqualTo(CorrelationId.fresh());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "4bf92f3577b34da6a3ce929d0e0e4736", "req-1_2:3.4"})
  void whatIsHarmlessIsTaken(String given) {
    assertThat(CorrelationId.orFresh(given)).isEqualTo(given);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\nlevel=error", "a\"b", "\u0000", "ü", "req-1/2"})
  void whatCouldForgeALogLineIsReplaced(String given) {
    assertThat(CorrelationId.orFresh(given)).matches("[0-9a-f]{16}");
  }

  @Test
  void whatIsTooLongOrMissingIsReplaced() {
    assertThat(CorrelationId.orFresh("x".repeat(128))).hasSize(128);
    assertThat(CorrelationId.orFresh("x".repeat(129))).hasSize(16);
    assertThat(CorrelationId.orFresh(null)).hasSize(16);
  }
}
