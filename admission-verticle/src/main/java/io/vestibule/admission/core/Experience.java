package io.vestibule.admission.core;

import java.util.List;
import java.util.Map;

/**
 * What an estimator has learnt, for the one that goes on: rates with what they rest on, so that they weigh as much as they are worth. Some 3 KB at the most.
 *
 * @param atMs when that was, Unix milliseconds of the coordinator's clock
 * @param admissions admissions in milliseconds with a line
 * @param givingUp by distance from the head (1, 2 to 3, 4 to 7, ...): who gave up, in milliseconds of a waiter
 * @param overtaking by credit of the class: arrivals in milliseconds
 * @param width how many spreads above the median the 90th percentile lies
 */
public record Experience(long atMs, Rate admissions, List<Rate> givingUp, Map<Long, Rate> overtaking, double width) {
  /** The width where nothing is known of it. */
  public static final double NORMAL_WIDTH = Calibration.NORMAL;
  /** The most classes that are remembered. */
  static final int MOST_CREDITS = 64;

  public Experience {
    givingUp = List.copyOf(givingUp);
    overtaking = Map.copyOf(overtaking);
    if (givingUp.size() > Impatience.ZONES || overtaking.size() > MOST_CREDITS) {
      throw new IllegalArgumentException(givingUp.size() + " zones and " + overtaking.size() + " credits");
    }
    if (!(width >= Calibration.LEAST && width <= Calibration.MOST)) {
      throw new IllegalArgumentException("a width of " + width);
    }
  }

  /**
   * How often something happened, and in how much of what it could happen in; old things count less in both.
   *
   * @param count finite, not negative
   * @param weight finite, not negative
   */
  public record Rate(double count, double weight) {
    public Rate {
      if (!(count >= 0 && count < Double.POSITIVE_INFINITY && weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("a rate of " + count + " in " + weight);
      }
    }

    /** The same rate, that counts for less. */
    Rate faded(double fade) {
      return new Rate(count * fade, weight * fade);
    }
  }
}
