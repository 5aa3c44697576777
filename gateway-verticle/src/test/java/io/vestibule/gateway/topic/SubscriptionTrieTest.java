package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubscriptionTrieTest {
  private final SubscriptionTrie<String> trie = new SubscriptionTrie<>();

  /** Notes what it is told: {@code s} or {@code s<pattern}. */
  static final class Notes implements MatchVisitor<String> {
    final List<String> told = new ArrayList<>();

    @Override
    public void literal(String subscriber) {
      told.add(subscriber);
    }

    @Override
    public void pattern(String subscriber, String pattern) {
      told.add(subscriber + "<" + pattern);
    }
  }

  @Test
  void tellsLiteralsFirstAndThenPatterns() {
    add("**", "p");
    add("a.*", "p");
    add("a.b", "s");
    add("a.b", "t");
    assertThat(match("a.b").subList(0, 2)).containsExactlyInAnyOrder("s", "t");
    assertThat(match("a.b")).containsExactlyInAnyOrder("s", "t", "p<**", "p<a.*");
    assertThat(match("a")).containsExactly("p<**");
  }

  @Test
  void tellsAPatternOnceWhereItsMiddleStandsTwice() {
    add("**.x.**", "s");
    add("**.**", "t");
    assertThat(match("x.x.a.x")).containsExactlyInAnyOrder("s<**.x.**", "t<**.**");
  }

  @Test
  void tellsPatternsApartThatMeanTheSame() {
    add("a.**", "s");
    add("a.**.**", "s");
    assertThat(match("a.b")).containsExactlyInAnyOrder("s<a.**", "s<a.**.**");
    remove("a.**", "s");
    assertThat(match("a.b")).containsExactly("s<a.**.**");
  }

  @Test
  void countsAndFreesEverything() {
    List<String> patterns = List.of("a", "a.b", "*", "a.*.c", "**", "a.**", "**.b", "a.**.b", "**.m.**", "a.**.m.*.**.b", "**.**");
    for (String pattern : patterns) {
      add(pattern, "s");
      add(pattern, "s");
      add(pattern, "t");
    }
    assertThat(trie.size()).isEqualTo(patterns.size() * 2);
    for (String pattern : patterns) {
      remove(pattern, "s");
      remove(pattern, "nobody");
      remove(pattern, "t");
      remove(pattern, "t");
    }
    remove("never.*.there", "s");
    assertThat(trie.size()).isZero();
    assertThat(trie.footprint()).isZero();
  }

  @Test
  void aVisitorMayChangeWhatIsSubscribed() {
    for (int i = 0; i < 100; i++) {
      add("a.b", "s" + i);
      add("a.*", "s" + i);
      add("**.b.**", "s" + i);
    }
    var told = new ArrayList<String>();
    trie.match("a.b", new MatchVisitor<>() {
      @Override
      public void literal(String subscriber) {
        pattern(subscriber, "a.b");
      }

      @Override
      public void pattern(String subscriber, String pattern) {
        told.add(subscriber + "<" + pattern);
        for (int i = 0; i < 100; i++) {
          remove("a.b", "s" + i);
          remove("a.*", "s" + i);
          remove("**.b.**", "s" + i);
        }
        add("a.**", "late");
      }
    });
    assertThat(told).hasSize(300).doesNotHaveDuplicates().noneMatch(t -> t.startsWith("late"));
    assertThat(trie.size()).isEqualTo(1);
    assertThat(match("a.b")).containsExactly("late<a.**");
  }

  @Test
  void changesAreMadeEvenIfTheVisitorFails() {
    add("a", "s");
    assertThatThrownBy(() -> trie.match("a", new MatchVisitor<>() {
      @Override
      public void literal(String subscriber) {
        remove("a", "s");
        throw new IllegalArgumentException("broken");
      }

      @Override
      public void pattern(String subscriber, String pattern) {}
    })).isInstanceOf(IllegalArgumentException.class);
    assertThat(trie.size()).isZero();
    assertThat(match("a")).isEmpty();
  }

  @Test
  void aVisitorMustNotMatch() {
    add("a", "s");
    assertThatThrownBy(() -> trie.match("a", new MatchVisitor<>() {
      @Override
      public void literal(String subscriber) {
        match("a");
      }

      @Override
      public void pattern(String subscriber, String pattern) {}
    })).isInstanceOf(IllegalStateException.class);
    assertThat(match("a")).containsExactly("s");
  }

  @Test
  void aTextThatIsNoTopicMatchesNoPattern() {
    add("**", "s");
    assertThat(match("a.".repeat(40) + "a")).isEmpty();
  }

  @Test
  void aMatchAllocatesNothing() {
    for (String pattern : List.of("a.b.c", "a.*.c", "a.**", "**.b.**", "**.c", "*.**.c.**", "**.x.**.y", "a.b.*")) {
      for (int i = 0; i < 3; i++) {
        add(pattern, "s" + i);
      }
    }
    int[] hits = new int[1];
    var counter = new MatchVisitor<String>() {
      @Override
      public void literal(String subscriber) {
        hits[0]++;
      }

      @Override
      public void pattern(String subscriber, String pattern) {
        hits[0]++;
      }
    };
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    trie.match("a.b.c", counter);
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      trie.match("a.b.c", counter);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    assertThat(hits[0]).isEqualTo(1001 * 21);
  }

  private void add(String pattern, String subscriber) {
    trie.add(TopicPattern.parse(pattern), subscriber);
  }

  private void remove(String pattern, String subscriber) {
    trie.remove(TopicPattern.parse(pattern), subscriber);
  }

  private List<String> match(String topic) {
    var notes = new Notes();
    trie.match(topic, notes);
    return notes.told;
  }
}
