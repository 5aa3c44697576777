package io.vestibule.gateway.members.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Somebody who is no member of a topic any more.
 *
 * @param atMs since when
 */
record Gone(long atMs, String topic, String user) {
  /** Who is forgotten first; of the same moment it is the same everywhere. */
  private static final Comparator<Gone> EARLIEST = Comparator.comparingLong(Gone::atMs).thenComparing(Gone::topic).thenComparing(Gone::user);

  /** All of some topics, the earliest first. */
  static List<Gone> of(Map<String, Map<String, Word>> rooms, Predicate<String> topics) {
    List<Gone> gone = new ArrayList<>();
    rooms.forEach((topic, words) -> {
      if (topics.test(topic)) {
        words.forEach((user, word) -> {
          if (!word.member()) {
            gone.add(new Gone(word.atMs(), topic, user));
          }
        });
      }
    });
    gone.sort(EARLIEST);
    return gone;
  }
}
