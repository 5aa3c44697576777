package io.vestibule.gateway.topic;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** What patterns mean, as simply as it can be said, and words few enough that they keep meeting. */
final class PatternModel {
  private PatternModel() {}

  /** By a regular expression over a topic with a dot after each segment. */
  static boolean matches(String pattern, String topic) {
    var regex = new StringBuilder();
    for (String segment : pattern.split("\\.")) {
      regex.append(switch (segment) {
        case "*" -> "[^.]+\\.";
        case "**" -> "([^.]+\\.)*";
        default -> Pattern.quote(segment + ".");
      });
    }
    return Pattern.matches(regex.toString(), topic + ".");
  }

  static Arbitrary<String> patterns(int depth) {
    return Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.of("a", "b")),
            Tuple.of(2, Arbitraries.just("*")),
            Tuple.of(3, Arbitraries.just("**")))
        .list().ofMinSize(1).ofMaxSize(depth)
        .filter(segments -> segments.stream().filter("**"::equals).count() <= 2)
        .map(segments -> String.join(".", segments));
  }

  static Arbitrary<String> topics(int depth) {
    return Arbitraries.of("a", "b", "c").list().ofMinSize(1).ofMaxSize(depth).map(segments -> String.join(".", segments));
  }

  /** Every topic of these words up to a depth. */
  static Stream<String> allTopics(List<String> words, int depth) {
    return depth == 1
        ? words.stream()
        : words.stream().flatMap(w -> Stream.concat(Stream.of(w), allTopics(words, depth - 1).map(rest -> w + "." + rest)));
  }
}
