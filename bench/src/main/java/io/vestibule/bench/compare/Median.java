package io.vestibule.bench.compare;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** The middle of a few measurements: one disturbed pair does not move it. */
final class Median {
  private Median() {}

  static <T> double of(List<T> items, ToDoubleFunction<T> value) {
    double[] sorted = items.stream().mapToDouble(value).sorted().toArray();
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
