package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EarlyTest {
  private final Early<String> early = new Early<>();

  @Test
  void eachIsTakenOnceAndOlderOnesAreDropped() {
    LongStream.of(7, 4, 5).forEach(offset -> early.hold(1, offset, "message " + offset));

    assertThat(early.take(3)).isNull();
    assertThat(early.take(5)).isEqualTo("message 5");
    assertThat(early.take(5)).isNull();
    assertThat(early.last()).isEqualTo(7);
    assertThat(early.take(7)).isEqualTo("message 7");
    assertThat(early.isEmpty()).isTrue();
  }

  @Test
  void holdsOneEpochAndNoMoreThanItsBound() {
    early.hold(1, 10, "of another epoch");
    LongStream.rangeClosed(1, 1_001).forEach(offset -> early.hold(3, offset, "message"));

    assertThat(early.epoch()).isEqualTo(3);
    assertThat(early.last()).isEqualTo(1_000);
  }

  @Test
  void whatIsHeldKeepsItsPlaceWhereTheEpochIsRenamed() {
    early.hold(-5, 2, "message");
    early.rename(-5, -6);
    early.holdOnly(-6);

    assertThat(early.take(2)).isEqualTo("message");
  }
}
