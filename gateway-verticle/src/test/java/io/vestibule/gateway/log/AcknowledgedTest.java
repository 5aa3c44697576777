package io.vestibule.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AcknowledgedTest {
  private static final long LONG_MS = 60_000;

  private final Acknowledged acknowledged = new Acknowledged(3);

  private void put(String topic, long epoch, long offset, long nowMs) {
    acknowledged.put(topic, new Position(epoch, offset), nowMs);
  }

  @Test
  void theFurthestOfAnEpochCountsAndTheLastWordOfTwo() {
    put("a", 5, 2, 0);
    put("a", 5, 3, 0);
    put("a", 5, 1, 0);
    assertThat(acknowledged.of("a")).isEqualTo(new Position(5, 3));
    put("a", 9, 1, 0);
    assertThat(acknowledged.of("a")).isEqualTo(new Position(9, 1));
    assertThat(acknowledged.of("b")).isNull();
  }

  @Test
  void whatIsOldIsForgottenButNotAtOnce() {
    put("a", 5, 2, -7);
    put("b", 5, 1, LONG_MS);
    assertThat(acknowledged.of("a")).isEqualTo(new Position(5, 2));
    put("a", 5, 1, LONG_MS);
    assertThat(acknowledged.of("a")).as("told late").isEqualTo(new Position(5, 2));
    put("b", 5, 2, 2 * LONG_MS);
    put("b", 5, 3, 3 * LONG_MS);
    assertThat(acknowledged.of("a")).isNull();
    assertThat(acknowledged.of("b")).isEqualTo(new Position(5, 3));
  }

  @Test
  void ofManyTopicsTheLatestAreKept() {
    for (int topic = 0; topic < 100; topic++) {
      put("t" + topic, 5, topic, 0);
    }
    for (int topic = 97; topic < 100; topic++) {
      assertThat(acknowledged.of("t" + topic)).isEqualTo(new Position(5, topic));
    }
    assertThat(acknowledged.of("t93")).isNull();
  }
}
