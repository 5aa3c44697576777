package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressStrikesTest {
  @Test
  void eachAddressHasItsOwnMinute() {
    AddressStrikes strikes = new AddressStrikes(2);
    assertThat(strikes.add("a", 0)).isFalse();
    assertThat(strikes.add("a", 1_000)).isFalse();
    assertThat(strikes.add("a", 59_999)).isTrue();
    assertThat(strikes.add("b", 59_999)).isFalse();
    assertThat(strikes.add("a", 60_000)).as("the next minute").isFalse();
  }

  @Test
  void addressesDoNotFillTheMemory() {
    AddressStrikes strikes = new AddressStrikes(2);
    for (int i = 0; i < 10_000; i++) {
      assertThat(strikes.add("a" + i, 0)).isFalse();
    }
    assertThat(strikes.add("one more", 0)).isTrue();
    assertThat(strikes.add("a1", 0)).as("who is known already").isFalse();
    assertThat(strikes.add("one more", 60_000)).as("the others are forgotten").isFalse();
  }
}
