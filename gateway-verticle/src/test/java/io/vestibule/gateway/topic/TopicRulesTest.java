package io.vestibule.gateway.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicRulesTest {

  static TopicRuleConfig rule(String pattern, String subscribe, String publish) {
    return new TopicRuleConfig(pattern, subscribe, publish, null, null, null, null, null, null, null, null, null, null, null);
  }

  @Test
  void theFirstMatchWins() {
    TopicRules rules = TopicRules.of(List.of(
        rule("a.secret.**", "nobody", "servers"), rule("a.**", "anyone", "authenticated"), rule("a.b", "nobody", "nobody")));
    assertThat(rules.ruleFor("a.secret.x").subscribe()).isEqualTo(Audience.NOBODY);
    assertThat(rules.ruleFor("a.b").subscribe()).isEqualTo(Audience.ANYONE);
    assertThat(rules.ruleFor("a.b").publish()).isEqualTo(Audience.AUTHENTICATED);
  }

  @Test
  void aTopicWithoutARuleIsNobodys() {
    TopicRule rule = TopicRules.of(List.of(rule("a", "anyone", "anyone"))).ruleFor("b");
    assertThat(rule.subscribe()).isEqualTo(Audience.NOBODY);
    assertThat(rule.publish()).isEqualTo(Audience.NOBODY);
  }

  @Test
  void whatIsNotGivenHasItsDefault() {
    TopicRule rule = TopicRules.of(List.of(rule("a", null, null))).ruleFor("a");
    assertThat(rule).isEqualTo(new TopicRule(TopicPattern.parse("a"), Audience.NOBODY, Audience.NOBODY, false, 1000, Duration.ofHours(1), 0,
        true, Duration.ofSeconds(5), false, false, 0, SlowConsumerPolicy.DISCONNECT, false));
  }

  @Test
  void whatIsGivenHolds() {
    var config = new TopicRuleConfig("a", "servers", "anyone", false, 7, Duration.ofDays(2), 9L, false, Duration.ZERO, true, true, 11L, "conflate", null);
    assertThat(TopicRules.of(List.of(config)).ruleFor("a")).isEqualTo(new TopicRule(TopicPattern.parse("a"), Audience.SERVERS,
        Audience.ANYONE, false, 7, Duration.ofDays(2), 9, false, Duration.ZERO, true, true, 11, SlowConsumerPolicy.CONFLATE, false));
  }

  @Test
  void aUsersTopicKeepsWhatARuleSaysOfAllButItsAudience() {
    var wide = new TopicRuleConfig("**", "anyone", "anyone", false, 7, null, null, null, null, null, null, null, "drop", null);
    TopicRule rule = TopicRules.of(List.of(wide)).ruleFor("user.a");
    assertThat(rule.subscribe()).isEqualTo(Audience.OWNER);
    assertThat(rule.publish()).isEqualTo(Audience.SERVERS);
    assertThat(rule.historySize()).isEqualTo(7);
    assertThat(rule.slowConsumer()).isEqualTo(SlowConsumerPolicy.DROP);
  }

  @Test
  void aUsersTopicIsKeptWhereAWiderRuleSaysSo() {
    var wide = new TopicRuleConfig("**", "anyone", "anyone", true, null, null, null, null, null, null, null, null, null, null);
    assertThat(TopicRules.of(List.of(wide)).ruleFor("user.a").durable()).isTrue();
  }

  @Test
  void aUsersTopicMayBeClosed() {
    TopicRules rules = TopicRules.of(List.of(rule("user.*.internal", "nobody", "nobody"), rule("user.**", null, null)));
    assertThat(rules.ruleFor("user.a.internal").subscribe()).isEqualTo(Audience.NOBODY);
    assertThat(rules.ruleFor("user.a").subscribe()).isEqualTo(Audience.OWNER);
    assertThat(rules.ruleFor("user.a").publish()).isEqualTo(Audience.SERVERS);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "user.**         | anyone        | servers       | topics[1].subscribe: \"anyone\" would open user.**",
      "user.*          | authenticated | servers       | topics[1].subscribe: \"authenticated\" would open user.**",
      "user.a.b        | servers       | servers       | topics[1].subscribe: \"servers\" would open user.**",
      "user.**         | owner         | owner         | topics[1].publish: \"owner\" would open user.**",
      "vestibule.**    | servers       | nobody        | topics[1].subscribe: \"servers\" would open vestibule.**",
      "vestibule.x     | nobody        | servers       | topics[1].publish: \"servers\" would open vestibule.**",
      "user.**         | members       | servers       | topics[1].subscribe: \"members\" would open user.**",
      "a.**            | owner         | servers       | topics[1].subscribe: \"owner\" has a meaning under user.** only",
      "a.**            | everyone      | servers       | topics[1].subscribe: \"everyone\" is not known; use one of nobody, servers, owner, members, authenticated, anyone",
      "a.**            | Anyone        | servers       | topics[1].subscribe: \"Anyone\" is not known",
      "a b             | anyone        | servers       | topics[1].pattern: \"a b\" is not a topic pattern",
      "                | anyone        | servers       | topics[1].pattern is missing"})
  void refusesWhatItCannotMean(String pattern, String subscribe, String publish, String message) {
    assertThatThrownBy(() -> TopicRules.of(List.of(rule("fine", "anyone", "anyone"), rule(pattern, subscribe, publish))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesNumbersThatMeanNothing() {
    assertRefused(new TopicRuleConfig("a", null, null, true, 0, null, null, null, null, null, null, null, null, null), "history-size: \"0\"");
    assertRefused(new TopicRuleConfig("a", null, null, true, null, Duration.ZERO, null, null, null, null, null, null, null, null), "history-time: \"PT0S\"");
    assertRefused(new TopicRuleConfig("a", null, null, true, null, null, -1L, null, null, null, null, null, null, null), "history-bytes: \"-1\"");
    assertRefused(new TopicRuleConfig("a", null, null, true, null, null, null, null, Duration.ofMinutes(11), null, null, null, null, null), "presence-grace: \"PT11M\"");
    assertRefused(new TopicRuleConfig("a", null, null, true, null, null, null, null, null, null, null, -1L, null, null), "max-payload: \"-1\"");
    assertRefused(new TopicRuleConfig("a", null, null, true, null, null, null, null, null, null, null, null, "wait", null), "use one of disconnect, drop, conflate");
    assertRefused(new TopicRuleConfig("a", "authenticated", "servers", true, null, null, null, null, null, null, null, null, null, true), "open: \"true\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop", "conflate"})
  void whatIsKeptIsLeftOutForNobody(String policy) {
    assertRefused(new TopicRuleConfig("a", null, null, true, null, null, null, null, null, null, null, null, policy, null),
        "topics[0].slow-consumer: \"" + policy + "\" would leave holes in what durable: true promises; use disconnect");
  }

  @Test
  void whatIsKeptMayDisconnect() {
    var config = new TopicRuleConfig("a", null, null, true, null, null, null, null, null, null, null, null, "disconnect", null);
    assertThat(TopicRules.of(List.of(config)).ruleFor("a").slowConsumer()).isEqualTo(SlowConsumerPolicy.DISCONNECT);
  }

  @Property
  void theRuleIsTheFirstThatMatchesByTheModel(@ForAll("anyPatterns") List<String> patterns, @ForAll("topics") String topic) {
    TopicRules rules = TopicRules.of(patterns.stream().map(p -> rule(p, "anyone", "anyone")).toList());
    assertThat(rules.ruleFor(topic).pattern().text())
        .isEqualTo(patterns.stream().filter(p -> PatternModel.matches(p, topic)).findFirst().orElse("**"));
  }

  @Provide
  Arbitrary<List<String>> anyPatterns() {
    return PatternModel.patterns(4).list().ofMaxSize(5);
  }

  @Provide
  Arbitrary<String> topics() {
    return PatternModel.topics(5);
  }

  @Property
  void noConfigurationThatIsTakenOpensTheGuardedTopics(@ForAll("rules") List<TopicRuleConfig> configs, @ForAll("guarded") String topic) {
    TopicRules rules;
    try {
      rules = TopicRules.of(configs);
    } catch (IllegalArgumentException refused) {
      return;
    }
    TopicRule rule = rules.ruleFor(topic);
    if (topic.startsWith("vestibule")) {
      assertThat(List.of(rule.subscribe(), rule.publish())).containsOnly(Audience.NOBODY);
    } else {
      assertThat(rule.subscribe()).isIn(Audience.OWNER, Audience.NOBODY);
      assertThat(rule.publish()).isIn(Audience.SERVERS, Audience.NOBODY);
    }
  }

  @Provide
  Arbitrary<List<TopicRuleConfig>> rules() {
    Arbitrary<String> audiences = Arbitraries.of("nobody", "servers", "owner", "authenticated", "anyone");
    Arbitrary<String> patterns = Arbitraries.of("**", "*.**", "*", "*.*", "**.a", "**.user.**", "*.a.**", "user.**", "user.*", "user.a", "user",
        "vestibule.**", "vestibule", "vestibule.a.*", "users.**", "a.**");
    return Combinators.combine(patterns, audiences, audiences).as(TopicRulesTest::rule).list().ofMaxSize(3);
  }

  @Provide
  Arbitrary<String> guarded() {
    return Arbitraries.of("user", "user.a", "user.a.b", "user.user.a", "vestibule", "vestibule.a", "vestibule.a.b");
  }

  private static void assertRefused(TopicRuleConfig config, String message) {
    assertThatThrownBy(() -> TopicRules.of(List.of(config)))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
  }
}
