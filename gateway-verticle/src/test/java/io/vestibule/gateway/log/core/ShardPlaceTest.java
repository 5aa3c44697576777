package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShardPlaceTest {
  @Test
  void whatIsKnownOfALineageIsKnownWhenAnotherHasComeAndGone() {
    ShardPlace place = ShardPlace.UNKNOWN.heard(1, 40).heard(3, 2);
    assertThat(place.lineage()).isEqualTo(3);
    assertThat(place.version()).isEqualTo(2);
    assertThat(place.versionIn(1)).isEqualTo(40);
    assertThat(place.versionIn(5)).isZero();
    ShardPlace again = place.heard(1, 20);
    assertThat(again.lineage()).isEqualTo(1);
    assertThat(again.version()).as("it never goes back").isEqualTo(40);
    assertThat(again.versionIn(3)).isEqualTo(2);
    assertThat(again.heard(1, 40)).isSameAs(again);
    assertThat(again.heard(1, 41)).isEqualTo(again.at(1, 41));
  }

  @Test
  void itIsWhereItIsToldToBe() {
    ShardPlace place = ShardPlace.UNKNOWN.heard(1, 40).heard(3, 2).at(1, 20);
    assertThat(place.lineages()).containsExactly(new ShardPlace(1, 20), new ShardPlace(3, 2));
    assertThat(place.at(1, 0).versionIn(1)).isZero();
  }

  @Test
  void theLatestLineagesAreRememberedAndTravel() {
    ShardPlace place = ShardPlace.UNKNOWN;
    assertThat(place.lineages()).isEmpty();
    for (int i = 1; i <= 9; i++) {
      place = place.heard(i, 100 + i);
    }
    assertThat(place.lineages()).hasSize(8);
    assertThat(place.versionIn(1)).as("the oldest").isZero();
    assertThat(place.versionIn(2)).isEqualTo(102);
    assertThat(ShardPlace.of(place.lineages())).isEqualTo(place);
    assertThat(ShardPlace.of(ShardPlace.UNKNOWN.lineages())).isEqualTo(ShardPlace.UNKNOWN);
  }
}
