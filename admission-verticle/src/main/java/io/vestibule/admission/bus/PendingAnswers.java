package io.vestibule.admission.bus;

import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionCommand;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Who waits for which answer. Bounded: what finds no room is refused before it is decided. */
final class PendingAnswers {
  /** The most commands of a queue that are under way. */
  static final int MOST = 20_000;

  /** Whoever asked has given up by now, and asks again if it still matters. */
  static final long MILLIS = 15_000;

  private final Map<Long, Asking> byRef = new LinkedHashMap<>();
  private long refs;

  /**
   * Somebody who waits.
   *
   * @param command what was asked; null for an order
   * @param correlationId the flow it belongs to
   * @param reply takes the answer
   */
  record Asking(AdmissionCommand command, String correlationId, Consumer<AdmissionAnswer> reply, long atMs) {}

  boolean isFull() {
    return byRef.size() >= MOST;
  }

  int size() {
    return byRef.size();
  }

  /** Remembers who waits; the number finds it again. */
  long add(Asking asking) {
    byRef.put(++refs, asking);
    return refs;
  }

  /** Who waits, for the last time; null if it was answered already. */
  Asking remove(long ref) {
    return byRef.remove(ref);
  }

  /** Lets those go who have waited too long; they are to ask again. */
  void sweep(long nowMs) {
    Iterator<Asking> oldest = byRef.values().iterator();
    while (oldest.hasNext()) {
      Asking asking = oldest.next();
      if (nowMs - asking.atMs() < MILLIS) {
        return;
      }
      oldest.remove();
      asking.reply().accept(new NotLeader());
    }
  }

  /** Sends everybody away: somebody else leads. */
  void dismiss() {
    List<Asking> all = new ArrayList<>(byRef.values());
    byRef.clear();
    all.forEach(asking -> asking.reply().accept(new NotLeader()));
  }
}
