package io.vestibule.admission.core;

import java.util.List;
import java.util.Map;

/**
 * One queue: who has a place, in which order they are admitted, who holds a slot and for how long. It is told what happens and says what has to be stored, answered and told; it awaits nothing. Not
 * thread-safe. The order in what it returns is the order to store in; answers and notices come after the writes they depend on.
 *
 * <p>Nobody is admitted before {@link QueueEvent.Opened}. A promise of a slot counts at once and is said once the slot is stored ({@link QueueEvent.SlotTaken}).
 */
public final class QueueCore {
  private final QueueRules rules;
  private final long term;

  /**
   * An empty queue.
   *
   * @param term of the coordinator; makes the names of places unique
   */
  public QueueCore(QueueRules rules, long term) {
    this.rules = rules;
    this.term = term;
  }

  /**
   * Begins with what is stored; to be called once, before the first event.
   *
   * @param slots who holds each slot that is held
   * @param nowMs Unix milliseconds of the coordinator's clock
   * @return what has to be put in order in the store
   */
  public List<QueueEffect> restore(List<PlaceRecord> places, Map<Integer, SlotHolder> slots, QueueRecord queue, long nowMs) {
    return List.of();
  }

  /**
   * Hears an event.
   *
   * @param nowMs Unix milliseconds of the coordinator's clock; a time before the last one counts as the last
   * @return what has to happen, writes first
   */
  public List<QueueEffect> handle(QueueEvent event, long nowMs) {
    return List.of();
  }

  /** The queue at a glance. */
  public QueueStatus status(long nowMs) {
    return new QueueStatus(rules.name(), rules.capacity(), 0, 0, 0, 0, 0, 0, Map.of(), -1, 0, -1, -1, false, Map.of("term", term));
  }
}
