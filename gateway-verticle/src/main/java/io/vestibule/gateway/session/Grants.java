package io.vestibule.gateway.session;

import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Return;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The durable topics that servers subscribed a connection to and that its user may not subscribe to himself: where each of these grants begins. From before that place it gets nothing. Most connections have none. One event loop.
 */
final class Grants {
  /** The place of a grant of which it is not known yet where it begins. */
  static final Position TO_COME = new Position(Return.NO_EPOCH, 0);

  private Map<String, Position> begins = Map.of();

  /**
   * There is a grant, unless it is known already.
   *
   * @param since where it begins; null where that is not known yet
   */
  void give(String topic, Position since) {
    begins = begins.isEmpty() ? new HashMap<>() : begins;
    begins.putIfAbsent(topic, since == null ? TO_COME : since);
  }

  /** Where a grant begins, or {@link #TO_COME}; null where there is none. */
  Position of(String topic) {
    return begins.get(topic);
  }

  /** Where a grant begins; null where there is none, or that is not known yet. */
  Position since(String topic) {
    Position place = begins.get(topic);
    return TO_COME.equals(place) ? null : place;
  }

  /** A grant begins here, if there is one; says whether that is news. */
  boolean begin(String topic, Position place) {
    return begins.containsKey(topic) && !place.equals(begins.put(topic, place));
  }

  /** A topic goes on in another epoch, and the connection gets what comes after this place; says whether that is news. */
  boolean goOn(String topic, Position place) {
    Position before = begins.get(topic);
    return before != null && before.epoch() != place.epoch() && begin(topic, place);
  }

  /** Those of other topics are over. */
  void keep(Predicate<String> topics) {
    if (!begins.isEmpty()) {
      begins.keySet().removeIf(topic -> !topics.test(topic));
      begins = begins.isEmpty() ? Map.of() : begins;
    }
  }
}
