package io.vestibule.admission.core;

/**
 * How many spreads above the median the 90th percentile lies. It begins with that of the normal distribution and follows what waits were, up by thirteen steps for one that was longer and down by one
 * for one that was not (stochastic approximation of a quantile; H. Robbins and S. Monro, 1951). So it comes to rest where one in fourteen is longer: what it learns of an estimate it learns a
 * wait later, and by the simulation that makes about one in ten.
 */
final class Calibration {
  /** The 90th percentile of the normal distribution. */
  static final double NORMAL = 1.2816;
  /** A quiet hour says little of the next crowd, so it is not believed that much less would do. */
  static final double LEAST = 1.05;
  static final double MOST = 5 * NORMAL;
  private static final double STEP = 0.003;
  private static final double UP = 13 * STEP;

  private double width = NORMAL;

  double width() {
    return width;
  }

  /** Goes on with what another knew. */
  void resume(double learnt) {
    width = learnt;
  }

  /** A wait was that many spreads longer than its median. */
  void add(double spreads) {
    width = Math.min(MOST, Math.max(LEAST, width + (spreads > width ? UP : -STEP)));
  }
}
