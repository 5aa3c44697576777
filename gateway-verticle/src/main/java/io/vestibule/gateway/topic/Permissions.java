package io.vestibule.gateway.topic;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;

/**
 * Who may receive and publish what: the topic rules and the token's capabilities together (docs/protocol.md, Topics and Tokens).
 *
 * <ul>
 *   <li>{@code user.<id>} and {@code user.<id>.**} belong to that user: nobody else receives them, not even a server. A dot in a user id
 *       is escaped, so what lies under a user's topic is never another user's.
 *   <li>Servers publish to everything but {@code vestibule.**}. They receive what clients who authenticated do, and what is for servers.
 *   <li>Of topics for members it decides by what the node knows of the user, which has to be asked for before (see {@link #needsMembers}); of what is not known nothing is permitted.
 *   <li>Capabilities narrow, for servers too when they act by a token. They do not take away the one topic {@code user.<id>}, to which
 *       every connection of the user is subscribed.
 *   <li>A pattern is judged on each message by the message's topic. It is refused beforehand only where no topic that it matches could
 *       ever be delivered.
 * </ul>
 *
 * <p>Immutable, and so shared between event loops.
 */
public final class Permissions {
  private final TopicRules rules;
  private final Memberships memberships;

  /** Without members of anything. */
  public Permissions(TopicRules rules) {
    this(rules, Memberships.NONE);
  }

  /** Decides by rules, and by who is a member of what. */
  public Permissions(TopicRules rules, Memberships memberships) {
    this.rules = rules;
    this.memberships = memberships;
  }

  /** The rules it decides by. */
  public TopicRules rules() {
    return rules;
  }

  /** Whether a topic's messages may be received, by a subscription to it. */
  public boolean maySubscribe(Principal principal, String topic) {
    return mayReceive(principal, topic, rules.ruleFor(topic));
  }

  /**
   * Whether a message may be delivered, for each message that matches a pattern. The common case is a switch and a comparison.
   *
   * @param rule the topic's rule, found once for all receivers
   */
  public boolean mayReceive(Principal principal, String topic, TopicRule rule) {
    boolean audience = switch (rule.subscribe()) {
      case ANYONE -> true;
      case AUTHENTICATED -> principal.authenticated();
      case MEMBERS -> principal.server() || memberships.isMember(principal.userId(), topic);
      case OWNER -> principal.owns(topic);
      case SERVERS -> principal.server();
      case NOBODY -> false;
    };
    return audience && (principal.subscribe().allows(topic) || topic.equals(principal.userTopic()));
  }

  /** Whether a topic may be published to. */
  public boolean mayPublish(Principal principal, String topic) {
    if (TopicRules.isReserved(topic) || !principal.publish().allows(topic)) {
      return false;
    }
    return principal.server() || switch (rules.ruleFor(topic).publish()) {
      case ANYONE -> true;
      case AUTHENTICATED -> principal.authenticated();
      case MEMBERS -> memberships.isMember(principal.userId(), topic);
      case OWNER -> principal.owns(topic);
      case SERVERS, NOBODY -> false;
    };
  }

  /** Whether it has to be known of a user what he is a member of, before it can be decided what he may do with a topic. */
  public boolean needsMembers(String topic) {
    return rules.haveMembers() && rules.ruleFor(topic).hasMembers();
  }

  /** As {@link #needsMembers(String)}, also of a pattern: whether it may match a topic that has members. */
  public boolean needsMembers(TopicPattern pattern) {
    return pattern.isLiteral() ? needsMembers(pattern.text())
        : rules.haveMembers() && rules.common().stream().anyMatch(rule -> rule.hasMembers() && rule.pattern().intersects(pattern));
  }

  /** Whether a topic or a pattern may be subscribed to. */
  public boolean maySubscribe(Principal principal, TopicPattern pattern) {
    return pattern.isLiteral() ? maySubscribe(principal, pattern.text()) : mayDeliver(principal, pattern);
  }

  /**
   * Checks a subscription, to a topic or a pattern.
   *
   * @throws Failure {@code FORBIDDEN_SUBSCRIBE}
   */
  public void checkSubscribe(Principal principal, TopicPattern pattern) {
    if (!maySubscribe(principal, pattern)) {
      throw Failure.of(ErrorReason.FORBIDDEN_SUBSCRIBE).with("topic", pattern.text());
    }
  }

  /**
   * Checks that a call of the server API may read what is kept of a literal topic: the audience of its rule does not bind servers, what the caller's token leaves does.
   *
   * @throws Failure {@code FORBIDDEN_SUBSCRIBE}
   */
  public void checkRead(Principal server, String topic) {
    if (rules.ruleFor(topic).subscribe() == Audience.NOBODY || !server.subscribe().allows(topic)) {
      throw Failure.of(ErrorReason.FORBIDDEN_SUBSCRIBE).with("topic", topic);
    }
  }

  /**
   * Checks a publication to a literal topic.
   *
   * @throws Failure {@code FORBIDDEN_PUBLISH}
   */
  public void checkPublish(Principal principal, String topic) {
    if (!mayPublish(principal, topic)) {
      throw Failure.of(ErrorReason.FORBIDDEN_PUBLISH).with("topic", topic);
    }
  }

  /**
   * Checks the size of what is published.
   *
   * @param bytes of {@code data}
   * @throws Failure {@code MESSAGE_TOO_LARGE}
   */
  public void checkPayload(String topic, int bytes) {
    long limit = rules.ruleFor(topic).maxPayload();
    if (limit > 0 && bytes > limit) {
      throw Failure.of(ErrorReason.MESSAGE_TOO_LARGE).with("limit", limit);
    }
  }

  /** Whether some topic that a wildcard pattern matches could be delivered; true also where that is hard to tell. */
  private boolean mayDeliver(Principal principal, TopicPattern pattern) {
    if (reachesOwn(principal, pattern)) {
      return true;
    }
    boolean closed = TopicRules.isReserved(pattern.text()) || TopicName.startsWithSegment(pattern.text(), UserTopic.ROOT);
    return !closed && principal.subscribe().reach(pattern) && rulesReach(principal, pattern);
  }

  private static boolean reachesOwn(Principal principal, TopicPattern pattern) {
    if (principal.userTopic() == null) {
      return false;
    }
    if (pattern.matches(principal.userTopic())) {
      return true;
    }
    return ownedBeneath(principal, pattern);
  }

  /** Whether the pattern reaches under the user's own topic, and the capabilities do too. */
  private static boolean ownedBeneath(Principal principal, TopicPattern pattern) {
    String beneath = principal.userTopic() + ".**";
    return beneath.length() <= TopicName.MAX_LENGTH
        && TopicPattern.parse(beneath).intersects(pattern)
        && principal.subscribe().reach(pattern);
  }

  private boolean rulesReach(Principal principal, TopicPattern pattern) {
    for (TopicRule rule : rules.common()) {
      if (rule.pattern().intersects(pattern)) {
        boolean opens = switch (rule.subscribe()) {
          case ANYONE -> true;
          // Of which topics he is, or will be, a member is asked for each message.
          case AUTHENTICATED, MEMBERS -> principal.authenticated();
          case SERVERS -> principal.server();
          case OWNER, NOBODY -> false; // an owner's topics were looked at before
        };
        if (opens) {
          return true;
        }
        if (rule.pattern().covers(pattern)) {
          return false; // no later rule is asked about any of these topics
        }
      }
    }
    return false;
  }
}
