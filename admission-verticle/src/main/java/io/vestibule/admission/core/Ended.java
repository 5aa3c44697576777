package io.vestibule.admission.core;

import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.error.ErrorReason;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Why places and sessions ended, for as long as somebody may come with a token of theirs. Bounded. */
final class Ended {
  private static final int MOST = 100_000;

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * One that ended.
   *
   * @param reason what a token of it is answered with
   * @param end what a socket is told that still believes to have it
   * @param stored whether the store keeps it too
   */
  private record Entry(ErrorReason reason, End end, long untilMs, boolean stored) {}

  /** Remembers a place or session by its name. */
  void put(String id, ErrorReason reason, End end, long untilMs, boolean stored) {
    entries.putIfAbsent(id, new Entry(reason, end, untilMs, stored));
  }

  /** Why it ended, or null if that is not known. */
  ErrorReason reason(String id) {
    Entry entry = entries.get(id);
    return entry == null ? null : entry.reason;
  }

  /** What a socket of it is told, or null if nothing is known of it. */
  End end(String id) {
    Entry entry = entries.get(id);
    return entry == null ? null : entry.end;
  }

  /** Forgets what is old, and tells which of it the store need not keep. */
  void forget(long nowMs, Consumer<String> stored) {
    Iterator<Map.Entry<String, Entry>> oldest = entries.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<String, Entry> next = oldest.next();
      if (next.getValue().untilMs > nowMs && entries.size() <= MOST) {
        return;
      }
      oldest.remove();
      if (next.getValue().stored) {
        stored.accept(next.getKey());
      }
    }
  }
}
