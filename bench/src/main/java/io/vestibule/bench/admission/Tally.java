package io.vestibule.bench.admission;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What was counted in one run, or in several together. */
final class Tally {
  /** Shorter waits are left out of the estimates' errors: half a minute more or less is soon over. */
  private static final long LEAST_WAIT_MS = 30_000;
  private static final long CURVE_MS = 10_000;

  /** Slots held, promised ones too, beyond the capacity when somebody was admitted. */
  int overshoot;
  /** People who were in beyond the slots held, or beyond the capacity where that is more, when somebody came in for the first time; without those whom nobody who decides can reach. */
  int connectedOvershoot;
  /** The same with those. */
  int beyondWithCutOff;
  long admitted;
  long entered;
  long inversions;
  long beyondCredit;
  int largestBypass;
  /** Of those who were in: why they could not come back. */
  final Map<String, Integer> lost = new TreeMap<>();
  private long ticks;
  private double promised;
  private double connected;
  private final List<Truth> truths = new ArrayList<>();
  private final List<Point> curve = new ArrayList<>();

  private record Truth(Observer.Told told, double waitedMs) {}

  /** The state of a run at a moment. */
  record Point(long atMs, int waiting, double promised, double connected) {}

  void tick(long nowMs, int waiting, double promisedShare, double connectedShare) {
    if (waiting > 0) {
      ticks++;
      promised += promisedShare;
      connected += connectedShare;
    }
    if (nowMs % CURVE_MS == 0) {
      curve.add(new Point(nowMs, waiting, promisedShare, connectedShare));
    }
  }

  void cameTrue(Observer.Told told, long nowMs) {
    double waited = nowMs - told.atMs();
    if (waited >= LEAST_WAIT_MS) {
      truths.add(new Truth(told, waited));
    }
  }

  void add(Tally other) {
    overshoot = Math.max(overshoot, other.overshoot);
    connectedOvershoot = Math.max(connectedOvershoot, other.connectedOvershoot);
    beyondWithCutOff = Math.max(beyondWithCutOff, other.beyondWithCutOff);
    admitted += other.admitted;
    entered += other.entered;
    inversions += other.inversions;
    beyondCredit += other.beyondCredit;
    largestBypass = Math.max(largestBypass, other.largestBypass);
    other.lost.forEach((reason, count) -> lost.merge(reason, count, Integer::sum));
    ticks += other.ticks;
    promised += other.promised;
    connected += other.connected;
    truths.addAll(other.truths);
  }

  /** While somebody waited, in percent of the capacity. */
  double promisedPercent() {
    return 100 * promised / Math.max(1, ticks);
  }

  /** While somebody waited, in percent of the capacity. */
  double connectedPercent() {
    return 100 * connected / Math.max(1, ticks);
  }

  /** The median error in percent of the wait, of one kind of estimate. */
  double errorPercent(ToDoubleFunction<Observer.Told> estimate) {
    double[] errors = truths.stream().filter(truth -> estimate.applyAsDouble(truth.told) >= 0)
        .mapToDouble(truth -> 100 * Math.abs(estimate.applyAsDouble(truth.told) - truth.waitedMs) / truth.waitedMs).toArray();
    Arrays.sort(errors);
    return errors.length == 0 ? Double.NaN : errors[errors.length / 2];
  }

  /** The share of waits that were not longer than the 90th percentile that was told, in percent. */
  double coveragePercent() {
    double[] known = truths.stream().filter(truth -> truth.told.highMs() >= 0).mapToDouble(truth -> truth.waitedMs <= truth.told.highMs() ? 1 : 0).toArray();
    return 100 * Arrays.stream(known).average().orElse(Double.NaN);
  }

  /** The share of estimates that were not known yet, in percent. */
  double unknownPercent() {
    return 100.0 * truths.stream().filter(truth -> truth.told.etaMs() < 0).count() / Math.max(1, truths.size());
  }

  /** Estimates that were held against a wait. */
  int estimates() {
    return truths.size();
  }

  /** When an estimate was told, what it said, and how long the wait was, each in milliseconds. */
  List<double[]> scatter() {
    return truths.stream().filter(truth -> truth.told.etaMs() >= 0)
        .map(truth -> new double[] {truth.told.atMs(), truth.told.etaMs(), truth.told.highMs(), truth.waitedMs}).toList();
  }

  /** How the run went; empty for several together. */
  List<Point> curve() {
    return List.copyOf(curve);
  }
}
