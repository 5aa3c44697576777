package io.vestibule.admission.core;

/**
 * Where a place stands in the whole line.
 *
 * @param key joining time less the credit of the class
 * @param lane the lane of the class; of equal keys the lower lane is first, which has the smaller credit: who came earlier
 * @param order the order within the lane
 * @param stray the ticket of a stray, and -1 for a place that stands in its lane; decides between two of the same order, which there are only when a caller errs
 */
record Spot(long key, int lane, long order, long stray) implements Comparable<Spot> {
  @Override
  public int compareTo(Spot other) {
    int byKey = Long.compare(key, other.key);
    if (byKey != 0) {
      return byKey;
    }
    if (lane != other.lane) {
      return Integer.compare(lane, other.lane);
    }
    int byOrder = Long.compare(order, other.order);
    return byOrder != 0 ? byOrder : Long.compare(stray, other.stray);
  }
}
