package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.error.ErrorReason;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPatternTest {
  /** Deep enough for any two short patterns to meet in. */
  private static final List<String> TOPICS = PatternModel.allTopics(List.of("a", "b", "z"), 6).toList();

  @ParameterizedTest
  @CsvSource({
      "a.b, a.b, true", "a.b, a.c, false", "a, ab, false", "ab, a, false",
      "*, a, true", "*, a.b, false", "a.*, a, false", "a.*.c, a.b.c, true", "*.*, user.1, true",
      "**, a, true", "**, a.b.c, true", "a.**, a, true", "a.**, a.b.c, true", "a.**, ab.c, false", "**.c, c, true", "**.c, a.b.c, true",
      "a.**.c, a.c, true", "a.**.c, a.b.b.c, true", "a.**.c, a.c.b, false", "a.**.**, a, true", "**.**, x, true",
      "**.b.**, a.b.c, true", "**.b.**, a.c, false", "**.x.**.y, x.x.y.x, false", "**.x.**.y, a.x.y.b.y, true", "**.*.**, a, true",
      "*.**.*, a, false", "*.**.*, a.b, true"})
  void matches(String pattern, String topic, boolean expected) {
    assertThat(TopicPattern.parse(pattern).matches(topic)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"***", "a*", "a.*b", "*.", "**.**.**", "a..*", "*.b c", "*.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17"})
  void refusesWhatIsNoPattern(String text) {
    assertThat(TopicNameTest.reason(() -> TopicPattern.parse(text))).isEqualTo(ErrorReason.INVALID_PATTERN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a..b", "a b", "\u00e9"})
  void callsATopicThatIsNoneATopic(String text) {
    assertThat(TopicNameTest.reason(() -> TopicPattern.parse(text))).isEqualTo(ErrorReason.INVALID_TOPIC);
  }

  @Test
  void knowsLiterals() {
    assertThat(TopicPattern.parse("a.b").isLiteral()).isTrue();
    assertThat(TopicPattern.parse("a.*").isLiteral()).isFalse();
  }

  @Property(tries = 5000)
  void matchesAsTheModelDoes(@ForAll("patterns") String pattern, @ForAll("topics") String topic) {
    assertThat(TopicPattern.parse(pattern).matches(topic)).isEqualTo(PatternModel.matches(pattern, topic));
  }

  @Property(tries = 2000)
  void intersectsWhereATopicMatchesBoth(@ForAll("short") String a, @ForAll("short") String b) {
    TopicPattern left = TopicPattern.parse(a);
    TopicPattern right = TopicPattern.parse(b);
    assertThat(left.intersects(right)).isEqualTo(right.intersects(left))
        .isEqualTo(TOPICS.stream().anyMatch(t -> left.matches(t) && right.matches(t)));
  }

  @Property(tries = 2000)
  void coversOnlyWhatItMatches(@ForAll("short") String a, @ForAll("short") String b) {
    TopicPattern general = TopicPattern.parse(a);
    TopicPattern special = TopicPattern.parse(b);
    if (general.covers(special)) {
      assertThat(TOPICS.stream().filter(special::matches)).allMatch(general::matches);
    }
  }

  @ParameterizedTest
  @CsvSource({"**, a.**.b, true", "a.**, a.b.*, true", "a.*, a.b, true", "a.*, a.**, false", "a.**, **, false", "**.b, a.**.b, true",
      "secret.**, secret.*.x, true", "a.b, a.*, false", "a.**, a.**, true"})
  void covers(String general, String special, boolean expected) {
    assertThat(TopicPattern.parse(general).covers(TopicPattern.parse(special))).isEqualTo(expected);
  }

  @Provide("short")
  Arbitrary<String> shortPatterns() {
    return PatternModel.patterns(3);
  }

  @Provide
  Arbitrary<String> patterns() {
    return PatternModel.patterns(5);
  }

  @Provide
  Arbitrary<String> topics() {
    return PatternModel.topics(6);
  }
}
