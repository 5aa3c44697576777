package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The trie against a plain set of subscriptions, over random histories. */
class SubscriptionTriePropertyTest {

  record Subscription(String pattern, String subscriber) {
    boolean isLiteral() {
      return TopicPattern.parse(pattern).isLiteral();
    }
  }

  /** One step of a history: a change, and then a topic to match. */
  record Step(boolean add, Subscription subscription, String topic) {}

  @Property(tries = 1500)
  void isAListOfSubscriptions(@ForAll("histories") List<Step> history) {
    var trie = new SubscriptionTrie<String>();
    Set<Subscription> model = new LinkedHashSet<>();
    for (Step step : history) {
      apply(trie, model, step);
      assertThat(trie.size()).isEqualTo(model.size());

      var notes = new SubscriptionTrieTest.Notes();
      trie.match(step.topic, notes);
      assertThat(notes.told).containsExactlyInAnyOrderElementsOf(model.stream()
          .filter(s -> PatternModel.matches(s.pattern, step.topic))
          .map(s -> s.isLiteral() ? s.subscriber : s.subscriber + "<" + s.pattern)
          .toList());
      assertThat(notes.told.stream().dropWhile(t -> !t.contains("<"))).allMatch(t -> t.contains("<"));
    }
  }

  @Property(tries = 500)
  void holdsNoMoreThanOneThatWasMadeOfWhatIsLeft(@ForAll("histories") List<Step> history) {
    var trie = new SubscriptionTrie<String>();
    Set<Subscription> model = new LinkedHashSet<>();
    history.forEach(step -> apply(trie, model, step));

    var fresh = new SubscriptionTrie<String>();
    model.forEach(s -> fresh.add(TopicPattern.parse(s.pattern), s.subscriber));
    assertThat(trie.footprint()).isEqualTo(fresh.footprint());

    model.forEach(s -> trie.remove(TopicPattern.parse(s.pattern), s.subscriber));
    assertThat(trie.footprint()).isZero();
  }

  private static void apply(SubscriptionTrie<String> trie, Set<Subscription> model, Step step) {
    TopicPattern pattern = TopicPattern.parse(step.subscription.pattern);
    if (step.add) {
      trie.add(pattern, step.subscription.subscriber);
      model.add(step.subscription);
    } else {
      trie.remove(pattern, step.subscription.subscriber);
      model.remove(step.subscription);
    }
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Subscription> subscriptions =
        Combinators.combine(PatternModel.patterns(6), Arbitraries.of("s", "t", "u")).as(Subscription::new);
    // Few subscriptions in a history, so that removals meet what was added.
    return subscriptions.list().ofMinSize(1).ofMaxSize(25).flatMap(some ->
        Combinators.combine(Arbitraries.frequency(
                    Tuple.of(3, true), Tuple.of(2, false)), Arbitraries.of(some), PatternModel.topics(7))
            .as(Step::new).list().ofMaxSize(60));
  }
}
