package io.vestibule.gateway.members.core;

import java.time.Duration;
import java.util.Comparator;

/**
 * What was said last of a user in a topic.
 *
 * @param member whether he is a member, or is none any more
 * @param atMs when it was said, Unix milliseconds; later than what was said of him before
 * @param sinceMs since when he is a member, or was
 * @param epoch of the topic's log when he became one; 0 where there is no such place
 * @param offset in that epoch; what comes after it is owed to him
 */
public record Word(boolean member, long atMs, long sinceMs, long epoch, long offset) {
  /** That somebody is no member any more is remembered so long: halves of a cluster that meet later may have him back. */
  public static final long REMEMBERED_MS = Duration.ofDays(1).toMillis();

  /** By which counts more: the later; of two that were said at once the one that leaves him in, since earlier. */
  private static final Comparator<Word> COUNTS = Comparator.comparingLong(Word::atMs).thenComparing(Word::member)
      .thenComparing(Comparator.comparingLong(Word::sinceMs).thenComparingLong(Word::epoch).thenComparingLong(Word::offset).reversed());

  /** The one of two that counts. */
  public static Word newer(Word a, Word b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return COUNTS.compare(a, b) >= 0 ? a : b;
  }

  /** Whether it says nothing that anybody has to know any more. */
  boolean isForgotten(long nowMs) {
    return !member && atMs + REMEMBERED_MS <= nowMs;
  }
}
