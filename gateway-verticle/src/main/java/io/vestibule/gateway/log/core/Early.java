package io.vestibule.gateway.log.core;

import java.util.Map;
import java.util.TreeMap;

/**
 * Messages of a log that have come before their turn. They are of one epoch; what is dropped is in the log. Pure, one thread.
 *
 * @param <M> a message
 */
final class Early<M> {
  private static final int MOST = 1_000;

  private final TreeMap<Long, M> held = new TreeMap<>();
  private long epoch;

  /** The epoch that they are of; somebody has spoken of it, and the log need not have confirmed it. */
  long epoch() {
    return epoch;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** The highest offset; there is one. */
  long last() {
    return held.lastKey();
  }

  /** From now on those of this epoch are held, and no others. */
  void holdOnly(long itsEpoch) {
    if (epoch != itsEpoch) {
      held.clear();
      epoch = itsEpoch;
    }
  }

  /** The epoch that they are of has another number. */
  void rename(long from, long to) {
    epoch = epoch == from ? to : epoch;
  }

  void clear() {
    held.clear();
  }

  /** A message has come; those of other epochs are dropped. */
  void hold(long itsEpoch, long offset, M message) {
    holdOnly(itsEpoch);
    held.put(offset, message);
    if (held.size() > MOST) {
      held.pollLastEntry();
    }
  }

  /** Takes the message at an offset, and drops those before it; null where it has not come. */
  M take(long offset) {
    while (!held.isEmpty() && held.firstKey() <= offset) {
      Map.Entry<Long, M> first = held.pollFirstEntry();
      if (first.getKey() == offset) {
        return first.getValue();
      }
    }
    return null;
  }
}
