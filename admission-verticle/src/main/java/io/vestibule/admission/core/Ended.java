package io.vestibule.admission.core;

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
   * @param stored whether the store keeps it too
   */
  private record Entry(ErrorReason reason, long untilMs, boolean stored) {}

  /** Remembers a place or session by its name. */
  void put(String id, ErrorReason reason, long untilMs, boolean stored) {
    entries.putIfAbsent(id, new Entry(reason, untilMs, stored));
  }

  /** Why it ended, or null if that is not known. */
  ErrorReason reason(String id) {
    Entry entry = entries.get(id);
    return entry == null ? null : entry.reason;
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
