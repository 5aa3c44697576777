package io.vestibule.gateway.topic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The topic rules of the configuration, the first match wins. Two things hold whatever the configuration says: {@code user.**} is
 * received by its owner only and published to by servers only, and {@code vestibule.**} is nobody's. A rule for these that says
 * otherwise is refused; a wider one, such as {@code **}, decides there on everything but the audience. A topic without a rule is
 * nobody's.
 *
 * <p>Immutable, and so shared between event loops.
 */
public final class TopicRules {
  /** The first segment of the topics that the server keeps for itself. */
  public static final String RESERVED_ROOT = "vestibule";

  private static final TopicRule RESERVED = TopicRule.plain("vestibule.**", Audience.NOBODY, Audience.NOBODY);
  private static final TopicRule USER = TopicRule.plain("user.**", Audience.OWNER, Audience.SERVERS);
  private static final TopicRule NONE = TopicRule.plain("**", Audience.NOBODY, Audience.NOBODY);

  /** For topics that are nobody's own, and not reserved. */
  private final Entry[] common;

  /** For topics under {@code user}: the same rules, those that do not name {@code user} with the audience that is due there. */
  private final Entry[] user;

  private final boolean haveMembers;

  private TopicRules(List<TopicRule> rules) {
    haveMembers = rules.stream().anyMatch(TopicRule::hasMembers);
    common = rules.stream().map(Entry::of).toArray(Entry[]::new);
    user = rules.stream()
        .map(r -> TopicName.startsWithSegment(r.pattern().text(), UserTopic.ROOT)
            ? r
            : r.withAudience(USER.subscribe(), USER.publish()))
        .map(Entry::of)
        .toArray(Entry[]::new);
  }

  /**
   * A rule and what every topic that it matches begins with, which tells most rules apart without reading the topic's segments.
   */
  private record Entry(String start, TopicRule rule) {
    static Entry of(TopicRule rule) {
      String text = rule.pattern().text();
      int wildcard = text.indexOf('*');
      // Without the dot before the wildcard: a.** matches a as well.
      return new Entry(wildcard < 0 ? text : text.substring(0, Math.max(0, wildcard - 1)), rule);
    }

    boolean matches(String topic) {
      return topic.startsWith(start) && rule.pattern().matches(topic);
    }
  }

  /**
   * Reads the rules of the configuration.
   *
   * @throws IllegalArgumentException that names the key, the value and what is wrong with it
   */
  public static TopicRules of(List<TopicRuleConfig> configs) {
    var rules = new ArrayList<TopicRule>();
    for (TopicRuleConfig config : configs) {
      rules.add(new TopicRuleReader(rules.size(), config).read());
    }
    return new TopicRules(rules);
  }

  /**
   * The rule of a topic. Compares the patterns one after the other, without allocating: one that begins with something else costs
   * a few nanoseconds, so this needs no cache, which topics made up by clients would fill.
   *
   * @param topic a valid literal topic
   */
  public TopicRule ruleFor(String topic) {
    if (isReserved(topic)) {
      return RESERVED;
    }
    boolean isUser = TopicName.startsWithSegment(topic, UserTopic.ROOT);
    for (Entry entry : isUser ? user : common) {
      if (entry.matches(topic)) {
        return entry.rule;
      }
    }
    return isUser ? USER : NONE;
  }

  /** Whether something is kept of some topic that a pattern matches; true also where that is hard to tell. */
  public boolean mayBeDurable(TopicPattern pattern) {
    return Stream.of(common, user).flatMap(Arrays::stream).anyMatch(entry -> entry.rule.durable() && entry.rule.pattern().intersects(pattern));
  }

  /** Whether any rule is about members. */
  public boolean haveMembers() {
    return haveMembers;
  }

  /** Whether a topic or pattern lies in what the server keeps for itself. */
  public static boolean isReserved(String topic) {
    return TopicName.startsWithSegment(topic, RESERVED_ROOT);
  }

  /** The rules, for topics that are neither reserved nor under {@code user}, in their order. */
  List<TopicRule> common() {
    return Arrays.stream(common).map(Entry::rule).toList();
  }
}
