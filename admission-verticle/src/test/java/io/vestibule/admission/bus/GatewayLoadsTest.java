package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.admission.GatewayLoad;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GatewayLoadsTest {
  private final GatewayLoads loads = new GatewayLoads(true);

  private static GatewayLoad load(String node, int most, boolean draining) {
    return new GatewayLoad(node, node, most, 0, 1, 100, 100, draining, 0);
  }

  @Test
  void thereIsNoLimitBeforeAnybodySpoke() {
    assertThat(loads.offered(0)).isZero();
    assertThat(loads.strained(0)).isFalse();
  }

  @Test
  void whatIsOfferedIsTheSumOfThoseThatSpokeLatelyAndDoNotDrain() {
    loads.heard(load("a", 100, false), 1_000);
    loads.heard(load("b", 50, false), 4_000);
    loads.heard(load("c", 70, true), 4_000);
    assertThat(loads.offered(5_000)).isEqualTo(150);
    assertThat(loads.offered(1_000 + GatewayLoads.SILENCE_MILLIS + 1)).isEqualTo(50);
    loads.retain(Set.of("a"));
    assertThat(loads.offered(5_000)).isEqualTo(100);
  }

  @Test
  void oneWithoutALimitMeansNoLimit() {
    loads.heard(load("a", 100, false), 0);
    loads.heard(load("b", 0, false), 0);
    assertThat(loads.offered(0)).isZero();
    loads.heard(load("b", 0, true), 1);
    assertThat(loads.offered(1)).isEqualTo(100);
  }

  @Test
  void whereAllDrainNothingIsOffered() {
    loads.heard(load("a", 100, true), 0);
    loads.heard(load("b", 0, true), 0);
    assertThat(loads.offered(0)).isEqualTo(-1);
  }

  @Test
  void ofManyLargeOnesTheSumIsTheLargestNumber() {
    loads.heard(load("a", Integer.MAX_VALUE, false), 0);
    loads.heard(load("b", Integer.MAX_VALUE, false), 0);
    assertThat(loads.offered(0)).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aGatewayIsStrainedByItsLoopItsHeapOrItsProcessor() {
    loads.heard(new GatewayLoad("a", "a", 0, 0, GatewayLoads.STRAINED_LAG_MILLIS, 0, 0, false, 0), 0);
    assertThat(loads.strained(0)).isTrue();
    assertThat(loads.strained(GatewayLoads.SILENCE_MILLIS + 1)).isFalse();
    loads.heard(new GatewayLoad("a", "a", 0, 0, 0, GatewayLoads.STRAINED_HEAP, 0, false, 0), 0);
    assertThat(loads.strained(0)).isTrue();
    loads.heard(new GatewayLoad("a", "a", 0, 0, 0, 0, GatewayLoads.STRAINED_CPU, false, 0), 0);
    assertThat(loads.strained(0)).isTrue();
    loads.heard(load("a", 0, false), 0);
    assertThat(loads.strained(0)).isFalse();
  }
}
