package io.vestibule.admission.core;

/**
 * The places of one class in the order they were taken. Position, joining time and order rise together, so each of them finds the others by a search. Times and orders
 * of the places behind the head are kept even when those are given up, a byte or so each, until the head has passed them.
 */
final class Lane {
  private static final int SPARSE_FROM = 1 << 16;
  private static final int SPARSE = 8;

  final int index;
  final long creditMs;
  final Occupancy places = new Occupancy();
  private final RisingLongs times = new RisingLongs();
  private final RisingLongs orders = new RisingLongs();
  private long lastJoinedAtMs = Long.MIN_VALUE;

  Lane(int index, long creditMs) {
    this.index = index;
    this.creditMs = creditMs;
  }

  /** The latest joining time of this class ever. */
  long lastJoinedAtMs() {
    return lastJoinedAtMs;
  }

  void heardOf(long joinedAtMs) {
    lastJoinedAtMs = Math.max(lastJoinedAtMs, joinedAtMs);
  }

  /** Whether a place belongs behind all that stand here or stood here lately. */
  boolean isAtEnd(long joinedAtMs, long order) {
    return joinedAtMs >= times.last() && order > orders.last();
  }

  long append(long joinedAtMs, long order) {
    times.append(joinedAtMs);
    orders.append(order);
    return places.append();
  }

  void release(long position) {
    places.release(position);
    long start = places.start();
    times.dropBefore(start);
    orders.dropBefore(start);
  }

  Spot spot(long position) {
    return new Spot(times.get(position) - creditMs, index, orders.get(position), -1);
  }

  /** The first position that is not before the spot, whichever lane that is of. */
  long lowerBound(Spot spot) {
    long time = spot.key() + creditMs;
    if (spot.lane() != index) {
      return times.lowerBound(spot.lane() < index ? time : time + 1);
    }
    long byOrder = orders.lowerBound(spot.stray() < 0 ? spot.order() : spot.order() + 1);
    return Math.max(times.lowerBound(time), Math.min(byOrder, times.lowerBound(time + 1)));
  }

  /** Whether so few of the kept positions are held that the oldest should become strays. */
  boolean isSparse() {
    long kept = places.end() - places.start();
    return kept > SPARSE_FROM && places.heldCount() * SPARSE < kept;
  }
}
