package io.vestibule.gateway.log.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.StoreHealth.State;
import org.junit.jupiter.api.Test;

class StoreHealthTest {
  private final StoreHealth health = new StoreHealth();

  @Test
  void beginsWell() {
    assertThat(health.state(0)).isEqualTo(State.OK);
    assertThat(health.reason(0)).isEmpty();
  }

  @Test
  void theLastCallFailed() {
    health.answered();
    health.failed("no answer in time", 100);
    assertThat(health.state(100)).isEqualTo(State.DOWN);
    assertThat(health.state(1_000_000)).as("nobody has heard of it since").isEqualTo(State.DOWN);
    assertThat(health.reason(1_000_000)).isEqualTo("no answer in time");
  }

  @Test
  void isDegradedUntilNothingHasFailedForAWhile() {
    health.failed("no connection", 100);
    health.answered();
    assertThat(health.state(100)).isEqualTo(State.DEGRADED);
    assertThat(health.reason(100)).isEqualTo("no connection");
    assertThat(health.state(100 + StoreHealth.CALM_MS - 1)).isEqualTo(State.DEGRADED);
    assertThat(health.state(100 + StoreHealth.CALM_MS)).isEqualTo(State.OK);
  }
}
