package io.vestibule.admission.core;

import java.util.HashMap;
import java.util.Map;

/**
 * How long a wait will be. The median is {@code ln(1 + theta * n / mu) / theta} for n live waiters up to and with the one that asks and those of higher classes that
 * will pass, where mu is the rate of admissions and theta how often one of them gives up, both as averages with a time constant of {@value #TIME_CONSTANT_MS} ms: of
 * the waiters before one, those that are left after t are {@code (n + mu/theta) e^(-theta t) - mu/theta}. As theta goes to 0 that is {@code n / mu}.
 *
 * <p>Not thread-safe. Times are milliseconds of a clock that does not go back; where it does, nothing is learnt in that step.
 */
public final class Estimator {
  private static final double TIME_CONSTANT_MS = 120_000;
  /** How far rates wander in the course of a wait, relative. */
  private static final double WANDER = 0.08;
  /** Longer than this (10 years) is not a wait. */
  private static final double LONGEST_MS = 3.15e11;

  private final Decay admissions = new Decay(TIME_CONSTANT_MS);
  private final Impatience impatience = new Impatience(TIME_CONSTANT_MS);
  private final Overtaking overtaking = new Overtaking();
  private final Scorecard score = new Scorecard();
  private final Calibration calibration = new Calibration();
  private boolean begun;
  private long lastMs;
  private long waiting;
  private long released;

  /**
   * An estimate.
   *
   * @param etaMs the median
   * @param highMs the 90th percentile
   * @param spread the standard deviation of the logarithm of the wait, by the formula
   */
  public record Estimate(long etaMs, long highMs, double spread) {}

  /**
   * What happened since the last tick.
   *
   * @param admitted waiters that got a slot
   * @param released slots that came free
   * @param inflowBound whether waiters with a free slot were held back by the inflow limit
   */
  public record Passed(int admitted, int released, boolean inflowBound) {}

  /**
   * Time passes; to be called each tick, after the tick's admissions. Only time with a line counts for the rates, and of admissions those that will go on: into slots
   * that came free, or by the inflow limit. The first filling of an empty house says nothing about the next wait.
   *
   * @param waitingNow live waiters from now on
   */
  public void tick(long nowMs, Passed passed, long waitingNow) {
    if (begun) {
      learn(Math.max(0, nowMs - lastMs), passed);
    }
    begun = true;
    lastMs = nowMs;
    waiting = waitingNow;
    if (waiting == 0) {
      released = 0;
    }
  }

  /** Somebody joined, of a class with this credit. */
  public void joined(long creditMs) {
    overtaking.joined(creditMs);
  }

  /** A waiter gave up, or its time ran out, where it stood: 1 for next. */
  public void abandoned(long rank) {
    impatience.gaveUp(rank);
  }

  /**
   * How long somebody waits.
   *
   * @param rank 1 for who is next
   * @param leadMs how long it has waited, and the credit of its class: who comes now with a greater credit passes
   * @return null while nobody was admitted from a line
   */
  public Estimate estimate(long rank, long leadMs) {
    double mu = admissions.rate();
    if (!(mu > 0)) {
      return null;
    }
    double theta = impatience.rate(rank);
    double n = rank + overtaking.expected(leadMs, waitMs(rank, mu, theta));
    double etaMs = waitMs(n, mu, theta);
    double spread = Math.sqrt(1 / n + 1 / Math.max(1, 2 * admissions.count()) + WANDER * WANDER);
    return new Estimate((long) Math.min(LONGEST_MS, etaMs), (long) Math.min(LONGEST_MS, etaMs * Math.exp(calibration.width() * spread)), spread);
  }

  /** A waiter was admitted, to whom this had been told at that time. */
  public void cameTrue(long toldAtMs, Estimate told, long admittedAtMs) {
    long waitedMs = Math.max(0, admittedAtMs - toldAtMs);
    score.add(told, waitedMs);
    // A slot is given with a tick: what is shorter says nothing.
    if (told.etaMs() > QueueEvent.Tick.MILLIS && waitedMs > QueueEvent.Tick.MILLIS) {
      calibration.add(Math.log((double) waitedMs / told.etaMs()) / told.spread());
    }
  }

  /** What was learnt until now; null while that is nothing. */
  public Experience experience(long nowMs) {
    return admissions.weight() > 0 ? new Experience(nowMs, admissions.learnt(), impatience.learnt(), overtaking.learnt(), calibration.width()) : null;
  }

  /**
   * Goes on with what another has learnt; to be called before the first tick. The rates are as they were, and count for less the longer that is ago: after a while without anybody who learns, what comes
   * next decides.
   */
  public void resume(Experience learnt, long nowMs) {
    double fade = Math.exp(-Math.max(0, nowMs - learnt.atMs()) / TIME_CONSTANT_MS);
    admissions.resume(learnt.admissions().faded(fade));
    impatience.resume(learnt.givingUp().stream().map(rate -> rate.faded(fade)).toList());
    Map<Long, Experience.Rate> arrivals = new HashMap<>();
    learnt.overtaking().forEach((credit, rate) -> arrivals.put(credit, rate.faded(fade)));
    overtaking.resume(arrivals);
    calibration.resume(learnt.width());
  }

  /** Admissions a second of late, the rate in the estimates; -1 while unknown. */
  public double admissionsPerSecond() {
    double mu = admissions.rate();
    return mu > 0 ? mu * 1000 : -1;
  }

  /** The median error of estimates that came true, in percent of the wait; -1 before the first. */
  public double errorPercent() {
    return score.errorPercent();
  }

  /** The share of waits that were not longer than the 90th percentile that was told, in percent; -1 before the first. */
  public double coveragePercent() {
    return score.coveragePercent();
  }

  private void learn(long elapsedMs, Passed passed) {
    released += passed.released();
    long lasting = passed.inflowBound() ? passed.admitted() : Math.min(passed.admitted(), released);
    released = Math.max(0, released - passed.admitted());
    overtaking.passed(elapsedMs);
    if (waiting > 0) {
      impatience.waited(elapsedMs, waiting);
      admissions.passed(elapsedMs, elapsedMs, lasting);
    }
  }

  /** The wait of the nth, by the formula; {@code log1p} keeps it exact as theta goes to 0. */
  static double waitMs(double n, double mu, double theta) {
    double x = theta * n / mu;
    return x < 1e-9 ? n / mu : Math.log1p(x) / theta;
  }
}
