package io.vestibule.gateway.members.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known on a node of the topics of one user. It is read from the store, and told of changes in between; what was told while it is read counts where it is the later. Looked at by any thread; changed by one at a
 * time.
 */
public final class View {
  /** Null until it was read; never changed. */
  private volatile Map<String, Word> words;
  /** What was told since the reading that is under way began. */
  private final Map<String, Word> news = new HashMap<>();

  /**
   * That he has become a member of a topic, or is none any more.
   *
   * @param member which of the two
   */
  public record Turn(String topic, boolean member) {}

  /** Whether it was read. */
  public boolean isKnown() {
    return words != null;
  }

  /** What is known of him in a topic; null where he is no member. */
  public Word member(String topic) {
    Map<String, Word> now = words;
    Word word = now == null ? null : now.get(topic);
    return word != null && word.member() ? word : null;
  }

  /** The topics that he is a member of, as far as is known. */
  public Set<String> topics() {
    Map<String, Word> now = words;
    return now == null ? Set.of() : members(now);
  }

  private static Set<String> members(Map<String, Word> words) {
    Set<String> topics = new HashSet<>();
    words.forEach((topic, word) -> {
      if (word.member()) {
        topics.add(topic);
      }
    });
    return topics;
  }

  /** A reading begins. */
  public synchronized void begin() {
    news.clear();
  }

  /** What was read; says what has turned. The first time that is nothing: who waited for it looks at all of it. */
  public synchronized List<Turn> read(Map<String, Word> found) {
    Map<String, Word> next = new HashMap<>(found);
    news.forEach((topic, word) -> next.merge(topic, word, Word::newer));
    news.clear();
    boolean first = words == null;
    List<Turn> turns = become(next);
    return first ? List.of() : turns;
  }

  /** It was told what counts of a topic; says what has turned. */
  public synchronized List<Turn> hear(String topic, Word word) {
    news.merge(topic, word, Word::newer);
    Map<String, Word> now = words;
    if (now == null || Word.newer(now.get(topic), word) != word) {
      return List.of();
    }
    Map<String, Word> next = new HashMap<>(now);
    next.put(topic, word);
    return become(next);
  }

  private List<Turn> become(Map<String, Word> next) {
    Set<String> before = words == null ? Set.of() : members(words);
    words = next;
    Set<String> now = members(next);
    List<Turn> turns = new ArrayList<>();
    before.stream().filter(topic -> !now.contains(topic)).forEach(topic -> turns.add(new Turn(topic, false)));
    now.stream().filter(topic -> !before.contains(topic)).forEach(topic -> turns.add(new Turn(topic, true)));
    return turns;
  }
}
