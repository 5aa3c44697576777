package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InflowTest {

  @Test
  void withoutALimitEverybodyMayCome() {
    var inflow = new Inflow(0);
    assertThat(inflow.available(0)).isEqualTo(Integer.MAX_VALUE);
    inflow.take(0, 1_000_000);
    assertThat(inflow.available(1)).isEqualTo(Integer.MAX_VALUE);
    assertThat(inflow.bound()).isZero();
  }

  /** In no span of time more than the limit and a quarter of a second's worth; and nearly as much if all is taken. */
  @Property(tries = 100)
  void neverMoreThanTheLimit(@ForAll long seed, @ForAll @IntRange(min = 1, max = 5000) int limit, @ForAll @IntRange(min = 1, max = 200) int longestTick) {
    var random = new Random(seed);
    var inflow = new Inflow(limit);
    long now = 1_000;
    long admitted = 0;
    while (now < 61_000) {
      now += 1 + random.nextInt(longestTick);
      int available = inflow.available(now);
      int take = random.nextInt(3) == 0 ? random.nextInt(available + 1) : available;
      inflow.take(now, take);
      admitted += take;
      assertThat(admitted).isLessThanOrEqualTo((long) ((now - 1000) / 1000.0 * limit + Math.max(1, limit / 4.0) + 1e-6));
    }
    assertThat(admitted).isGreaterThanOrEqualTo((long) (limit * 60 * 0.7) - 2);
  }

  @Test
  void strainSlowsAndEaseRecoversUpToTheLimit() {
    var inflow = new Inflow(100);
    run(inflow, 0, 20_000);
    inflow.strain(20_000, true);
    assertThat(inflow.bound()).isCloseTo(66.7, within(2.0));
    run(inflow, 20_000, 23_050);
    assertThat(inflow.bound()).isCloseTo(66.7 * 8 / 27, within(2.0));
    run(inflow, 23_050, 60_000);
    assertThat(inflow.bound()).as("never shut").isEqualTo(1);
    inflow.strain(60_000, false);
    run(inflow, 60_000, 64_000);
    assertThat(inflow.bound()).isCloseTo(1 + 4 * 5, within(2.0));
    run(inflow, 64_000, 90_000);
    assertThat(inflow.bound()).isEqualTo(100);
  }

  @Test
  void strainBoundsWhatHadNoLimitAndLetsGoAgain() {
    var inflow = new Inflow(0);
    for (long now = 0; now < 20_000; now += 100) {
      inflow.take(now, 20);
    }
    inflow.strain(20_000, true);
    assertThat(inflow.bound()).isCloseTo(200 * 2 / 3.0, within(8.0));
    assertThat(inflow.available(20_100)).isBetween(5, 60);
    inflow.strain(20_500, false);
    run(inflow, 20_500, 30_000);
    assertThat(inflow.bound()).isBetween(200.0, 300.0);
    run(inflow, 30_000, 60_000);
    assertThat(inflow.bound()).isZero();
  }

  /** A node that is strained when nobody has come for long, since it has just started or does something else, lets the first in at once. */
  @Test
  void strainWithoutAdmissionsLetsTheFirstInAtOnce() {
    var inflow = new Inflow(0);
    inflow.take(0, 0);
    inflow.strain(20_000, true);
    assertThat(inflow.available(20_000)).isEqualTo(1);
    assertThat(inflow.bound()).isCloseTo(6.7, within(0.1));
    inflow.take(20_000, 1);
    assertThat(inflow.available(20_000)).isZero();
    inflow.strain(20_100, false);
    run(inflow, 20_100, 36_000);
    assertThat(inflow.bound()).isZero();
  }

  /** A report that flaps within a second is one strain. */
  @Test
  void cutsOnceASecondAtTheMost() {
    var inflow = new Inflow(90);
    run(inflow, 0, 20_000);
    for (int i = 0; i < 10; i++) {
      inflow.strain(20_000 + i * 20, i % 2 == 0);
    }
    assertThat(inflow.bound()).isCloseTo(60, within(3.0));
  }

  @Test
  void aNewLimitCountsAtOnceAndAClockThatGoesBackGivesNothing() {
    var inflow = new Inflow(1000);
    assertThat(inflow.available(5_000)).isEqualTo(250);
    inflow.take(5_000, 250);
    assertThat(inflow.available(4_000)).isZero();
    inflow.limit(10);
    assertThat(inflow.bound()).isEqualTo(10);
    assertThat(inflow.available(6_000)).isBetween(1, 10);
    inflow.limit(0);
    assertThat(inflow.available(6_100)).isEqualTo(Integer.MAX_VALUE);
  }

  private static void run(Inflow inflow, long fromMs, long toMs) {
    for (long now = fromMs; now <= toMs; now += 50) {
      inflow.take(now, inflow.available(now));
    }
  }
}
