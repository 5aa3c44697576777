package io.vestibule.admission.store;

import io.vertx.core.Future;
import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.core.SlotHolder;
import java.util.List;
import java.util.Map;

/**
 * Where queues are kept, for all nodes the same. Memory decides, the store journals: it does a fenced write, a compare-and-set of a slot, and a scan, and nothing
 * else. Each call ends within a deadline; one that fails may have been done all the same, and may be repeated. Thread-safe; completes on the caller's context.
 */
public interface AdmissionStore {

  /**
   * Takes a queue over: from now on every write with a lower term is refused, also one that is under way. Then reads everything.
   *
   * @param term that of the new coordinator
   * @return the queue as it is stored; fails with {@link FencedException} if a higher term has it, or if another node's store was given this one
   */
  Future<Image> open(String queue, long term);

  /**
   * Stores a group of writes in their order.
   *
   * @return the slots that were refused, each with who holds it; the other writes are stored. Fails with {@link FencedException} if a higher term has the queue, and with
   *     its kind {@link JournalLostException} if what was stored is gone: nothing more will be stored for this term
   */
  Future<List<QueueEvent.SlotHeld>> commit(String queue, long term, List<QueueEffect.Write> writes);

  /** How it is, for health and metrics: a state word ({@code ok}, {@code degraded}, {@code down}) and what it means. */
  Condition condition();

  /** Ends what it runs. */
  Future<Void> close();

  /**
   * A queue as it is stored.
   *
   * @param slots who holds each slot that is held
   */
  record Image(List<PlaceRecord> places, Map<Integer, SlotHolder> slots, QueueRecord queue) {}

  /**
   * How a store is.
   *
   * @param state {@code ok}, {@code degraded} or {@code down}
   * @param durability what a write survives: {@code memory} or {@code redis}
   */
  record Condition(String state, String durability, String detail) {}
}
