package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vestibule.admission.core.Estimator.Estimate;
import io.vestibule.admission.core.Estimator.Passed;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EstimatorTest {

  @Test
  void knowsNothingBeforeSomebodyWasAdmittedFromALine() {
    var estimator = new Estimator();
    assertThat(estimator.estimate(1, 0)).isNull();
    estimator.tick(0, new Passed(0, 0, false), 0);
    estimator.tick(100, new Passed(5, 0, false), 0);
    assertThat(estimator.estimate(1, 0)).as("nobody waited").isNull();
    estimator.tick(200, new Passed(900, 0, false), 50);
    estimator.tick(300, new Passed(3, 0, false), 50);
    assertThat(estimator.estimate(1, 0)).as("an empty house was filled").isNull();
    assertThat(estimator.admissionsPerSecond()).isEqualTo(-1);
    estimator.tick(400, new Passed(1, 1, false), 50);
    assertThat(estimator.estimate(1, 0)).isNotNull();
  }

  /** However the ticks fall and whether admissions come one by one or in bursts, the rate is what it is. */
  @Property(tries = 50)
  void theRateDoesNotDependOnTheTicks(@ForAll long seed, @ForAll @IntRange(min = 1, max = 50) int perSecond, @ForAll @IntRange(min = 1, max = 20_000) int longestTick) {
    var random = new Random(seed);
    var estimator = new Estimator();
    estimator.tick(0, new Passed(0, 0, false), 100);
    long now = 0;
    long admitted = 0;
    while (now < 1_000_000) {
      now += 1 + random.nextInt(longestTick);
      int more = (int) (now * perSecond / 1000 - admitted);
      admitted += more;
      estimator.tick(now, new Passed(more, more, false), 100);
    }
    assertThat(estimator.admissionsPerSecond()).isCloseTo(perSecond, within(perSecond * 0.1 + 0.02));
  }

  @Test
  void forgetsWithATimeConstantOfTwoMinutes() {
    var estimator = new Estimator();
    estimator.tick(0, new Passed(0, 0, false), 100);
    for (long now = 100; now <= 1_200_000; now += 100) {
      estimator.tick(now, new Passed(1, 1, false), 100);
    }
    for (long now = 1_200_100; now <= 1_320_000; now += 100) {
      estimator.tick(now, new Passed(0, 0, false), 100);
    }
    assertThat(estimator.admissionsPerSecond()).isCloseTo(10 / Math.E, within(0.01));
  }

  /** A line of which some give up is solved step by step, as the formula was derived. */
  @Property(tries = 50)
  void theFormulaIsTheSolutionOfItsEquation(@ForAll @IntRange(min = 1, max = 5000) int n, @ForAll @IntRange(min = 1, max = 100) int perSecond,
      @ForAll @IntRange(min = 0, max = 100) int leavePerTenThousandSeconds) {
    double mu = perSecond / 1000.0;
    double theta = leavePerTenThousandSeconds / 1e7;
    double left = n;
    double ms = 0;
    double step = n / mu / 20_000;
    while (left > 0) {
      left -= (mu + theta * left) * step;
      ms += step;
    }
    assertThat(Estimator.waitMs(n, mu, theta)).isCloseTo(ms, within(ms * 0.005 + 2 * step));
  }

  @Test
  void theFormulaIsSteadyWhereNobodyGivesUp() {
    assertThat(Estimator.waitMs(1000, 0.01, 0)).isEqualTo(100_000);
    assertThat(Estimator.waitMs(1000, 0.01, 1e-13)).isCloseTo(100_000, within(1.0));
    assertThat(Estimator.waitMs(1000, 0.01, 2e-9)).isCloseTo(100_000, within(20.0));
  }

  @Test
  void learnsHowManyGiveUp() {
    var patient = new Estimator();
    var impatient = new Estimator();
    patient.tick(0, new Passed(0, 0, false), 1000);
    impatient.tick(0, new Passed(0, 0, false), 1000);
    for (long now = 1000; now <= 600_000; now += 1000) {
      patient.tick(now, new Passed(2, 2, false), 1000);
      impatient.abandoned(1 + now / 1000 % 1000);
      impatient.abandoned(1000 - now / 1000 % 1000);
      impatient.tick(now, new Passed(2, 2, false), 1000);
    }
    assertThat(patient.estimate(1000, 0).etaMs()).isCloseTo(500_000, within(5_000L));
    assertThat(impatient.estimate(1000, 0).etaMs()).isCloseTo((long) (Math.log(2) * 500_000), within(5_000L));
    assertThat(patient.estimate(1000, 0).highMs()).isGreaterThan(patient.estimate(1000, 0).etaMs());
  }

  /** Who comes and goes at the end of the line shortens nobody's wait before it. */
  @Test
  void aCrowdAtTheEndOfTheLineDoesNotCount() {
    var estimator = new Estimator();
    estimator.tick(0, new Passed(0, 0, false), 1500);
    for (long now = 1000; now <= 600_000; now += 1000) {
      for (int i = 0; i < 20; i++) {
        estimator.abandoned(1400 + i);
      }
      estimator.tick(now, new Passed(2, 2, false), 1500);
    }
    assertThat(estimator.estimate(1000, 0).etaMs()).isCloseTo(500_000, within(5_000L));
    assertThat(estimator.estimate(1400, 0).etaMs()).isLessThan(400_000);
  }

  /** One in two seconds comes with a credit of 60 s: of those 30 will pass who came now without one, fewer those who wait already, and none one of the class. */
  @Test
  void countsThoseWhoWillPass() {
    var estimator = new Estimator();
    estimator.tick(0, new Passed(0, 0, false), 1000);
    for (long now = 1000; now <= 600_000; now += 1000) {
      if (now % 2000 == 0) {
        estimator.joined(60_000);
      }
      estimator.tick(now, new Passed(1, 1, false), 1000);
    }
    assertThat(estimator.estimate(100, 0).etaMs()).isCloseTo(130_000, within(1_500L));
    assertThat(estimator.estimate(100, 40_000).etaMs()).isCloseTo(110_000, within(1_500L));
    assertThat(estimator.estimate(100, 60_000).etaMs()).isCloseTo(100_000, within(1_500L));
    assertThat(estimator.estimate(10, 0).etaMs()).as("it waits 10 s").isCloseTo(15_000, within(500L));
  }

  private static Estimator learnt(long untilMs) {
    var estimator = new Estimator();
    estimator.tick(0, new Passed(0, 0, false), 1000);
    for (long now = 1000; now <= untilMs; now += 1000) {
      estimator.abandoned(1 + now / 1000 % 1000);
      estimator.joined(now % 3000 == 0 ? 60_000 : 0);
      estimator.tick(now, new Passed(2, 2, false), 1000);
    }
    return estimator;
  }

  /** As the next coordinator does. */
  @Property(tries = 50)
  void goesOnWithWhatAnotherHasLearnt(@ForAll @IntRange(min = 1, max = 2000) int rank, @ForAll @IntRange(min = 0, max = 80_000) int leadMs,
      @ForAll @IntRange(min = 1, max = 600) int seconds) {
    Estimator before = learnt(seconds * 1000L);
    var next = new Estimator();
    next.resume(before.experience(seconds * 1000L), seconds * 1000L);
    assertThat(next.estimate(rank, leadMs)).isEqualTo(before.estimate(rank, leadMs));
    for (Estimator each : new Estimator[] {before, next}) {
      each.tick(seconds * 1000L, new Passed(0, 0, false), 1000);
      each.tick(seconds * 1000L + 5000, new Passed(40, 40, false), 1000);
    }
    assertThat(next.estimate(rank, leadMs)).isEqualTo(before.estimate(rank, leadMs));
  }

  @Test
  void whatWasLearntLongAgoCountsForLittle() {
    Experience old = learnt(600_000).experience(600_000);
    for (long agoMs : new long[] {0, 600_000, 86_400_000, 31_536_000_000L}) {
      var next = new Estimator();
      long now = 600_000 + agoMs;
      next.resume(old, now);
      next.tick(now, new Passed(0, 0, false), 1000);
      for (int second = 1; second <= 10; second++) {
        next.tick(now + second * 1000L, new Passed(10, 10, false), 1000);
      }
      double rate = next.admissionsPerSecond();
      assertThat(rate).as("%d ms ago", agoMs).isBetween(agoMs == 0 ? 2.0 : 9.0, agoMs == 0 ? 3.0 : 10.001);
    }
    var ahead = new Estimator();
    ahead.resume(old, 0);
    assertThat(ahead.admissionsPerSecond()).as("by a clock that is behind").isCloseTo(2, within(0.01));
    assertThat(new Estimator().experience(0)).as("nothing is nothing").isNull();
  }

  @Test
  void scoresWhatItSaid() {
    var estimator = new Estimator();
    assertThat(estimator.errorPercent()).isEqualTo(-1);
    assertThat(estimator.coveragePercent()).isEqualTo(-1);
    for (int error = 0; error <= 40; error++) {
      estimator.cameTrue(1000, new Estimate(100_000 + error * 1000, 120_000, 0.1), 101_000);
    }
    assertThat(estimator.errorPercent()).isEqualTo(20);
    assertThat(estimator.coveragePercent()).isEqualTo(100);
    for (int i = 0; i < 60_000; i++) {
      estimator.cameTrue(0, new Estimate(50_000, 60_000, 0.1), 100_000);
    }
    assertThat(estimator.errorPercent()).isEqualTo(50);
    assertThat(estimator.coveragePercent()).isLessThan(1);
  }

  /** The formula thinks that waits spread less than they do, or more. */
  @Property(tries = 50)
  void theNinetiethPercentileFollowsWhatWaitsWere(@ForAll @DoubleRange(min = 0.9, max = 3) double wider, @ForAll long seed) {
    var calibration = new Calibration();
    Random random = new Random(seed);
    int longer = 0;
    for (int i = 0; i < 12_000; i++) {
      double spreads = wider * random.nextGaussian();
      longer += i >= 2_000 && spreads > calibration.width() ? 1 : 0;
      calibration.add(spreads);
    }
    assertThat(longer / 10_000.0).as("waits beyond the 90th percentile").isBetween(0.055, 0.09);
    assertThat(calibration.width()).isBetween(wider, 2.2 * wider);
  }

  @Test
  void aClockThatGoesBackTeachesNothing() {
    var estimator = new Estimator();
    estimator.tick(1_000_000, new Passed(0, 0, false), 10);
    estimator.tick(1_001_000, new Passed(1, 1, false), 10);
    double before = estimator.admissionsPerSecond();
    estimator.tick(900_000, new Passed(0, 0, false), 10);
    assertThat(estimator.admissionsPerSecond()).isEqualTo(before);
  }
}
