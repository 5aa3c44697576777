package io.vestibule.gateway.session;

import io.vertx.core.Vertx;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.log.MovedTopics;
import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.presence.core.Departure;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.List;
import java.util.Optional;

/** Who of an event loop is subscribed to what: keeps the connection's own list and the trie in step. */
public final class Subscriptions {
  private static final long RETRY_AFTER_MS = 1_000;
  private static final int MOST_PATTERN_RETURNS = 16;

  private final SubscriptionTrie<Connection> trie;
  private final Permissions permissions;
  private final LoopPresence presence;
  private final ClientTyping typing;
  private final LoopTails tails;
  private final PatternReturn.Parts returns;
  private final GatewayMeters meters;
  private final int most;

  /**
   * The subscriptions of an event loop.
   *
   * @param typing ends where a subscription does
   * @param tails bring what comes of durable topics
   * @param moved tells those who come back to patterns which topics moved
   * @param most subscriptions of one connection
   */
  public Subscriptions(SubscriptionTrie<Connection> trie, Permissions permissions, LoopPresence presence, ClientTyping typing, LoopTails tails, MovedTopics moved,
      Vertx vertx, GatewayMeters meters, int most) {
    this.trie = trie;
    this.permissions = permissions;
    this.presence = presence;
    this.typing = typing;
    this.tails = tails;
    this.returns = new PatternReturn.Parts(vertx, tails, moved, permissions);
    this.meters = meters;
    this.most = most;
  }

  /**
   * Subscribes as the client asks. Asking again changes nothing.
   *
   * @param watches whether it wants to know who is there: it may {@link #watch} then
   * @return whether it was not subscribed before
   * @throws Failure where the topic is malformed, not permitted, shows nobody, or is one too many; nothing has changed then. What is brought to members has the bound of what they may be members of.
   */
  boolean subscribe(Connection connection, Principal principal, TopicPattern pattern, boolean watches) {
    boolean begins = !connection.holds(pattern);
    if (begins) {
      permissions.checkSubscribe(principal, pattern);
      requireRoom(connection, pattern);
    }
    if (watches && !connection.watched().contains(pattern.text())) {
      presence.requireShown(principal, pattern);
      connection.requireRoomFor(pattern);
    }
    if (begins) {
      add(connection, pattern);
      connection.sessionChanged(pattern);
    }
    return begins;
  }

  private void requireRoom(Connection connection, TopicPattern pattern) {
    if (!connection.isBrought(pattern.text())) {
      if (connection.subscriptions().size() >= most) {
        throw Failure.of(ErrorReason.TOO_MANY_SUBSCRIPTIONS).with("limit", most);
      }
      connection.requireRoomFor(pattern);
    }
  }

  /** Whether a connection is subscribed to this, or to something that matches it. */
  boolean hears(Connection connection, TopicPattern topic) {
    return connection.subscriptions().stream().anyMatch(held -> held.equals(topic) || topic.isLiteral() && held.matches(topic.text()));
  }

  /** Who asked to know who is in a topic is told from now on, if it is still subscribed. */
  void watch(Connection connection, TopicPattern pattern) {
    if (connection.holds(pattern) && !connection.watched().contains(pattern.text())) {
      presence.watch(connection, pattern.text());
      connection.sessionChanged(pattern);
    }
  }

  /**
   * Says where a subscription of a connection begins.
   *
   * @param place how far it is, or null
   * @param answer is told, at once where the topic is not durable: then there is no place
   */
  void begin(Connection connection, TopicPattern pattern, Position place, Comeback.Answer answer) {
    if (!connection.takesTopics() || !tails.keeps(pattern)) {
      answer.begun(null, place == null ? null : Boolean.FALSE);
    } else if (tails.begin(connection, pattern.text(), place, answer) == null) {
      throw Failure.of(ErrorReason.RATE_LIMITED);
    }
  }

  /**
   * Says whether it can be told where a pattern begins.
   *
   * @throws Failure {@code STORE_UNAVAILABLE} where durable topics may be among those that it matches, and their logs were not reached since this node was started
   */
  void requireBeginning(Connection connection, TopicPattern pattern) {
    if (connection.takesTopics()) {
      requireBeginning(pattern);
    }
  }

  /** The same for somebody who is not here yet. */
  void requireBeginning(TopicPattern pattern) {
    if (!pattern.isLiteral() && !tails.knowsShards() && permissions.rules().mayBeDurable(pattern)) {
      throw unreadable();
    }
  }

  /** What is said to somebody who cannot be told where he begins, because a log cannot be read. */
  static Failure unreadable() {
    return Failure.of(ErrorReason.STORE_UNAVAILABLE).retryAfter(RETRY_AFTER_MS);
  }

  /** What is said to somebody who was not told where he begins before that was of no use any more. */
  static Failure endedBeforeItBegan() {
    return Failure.of(ErrorReason.NOT_SUBSCRIBED, "The subscription was ended before it had begun.");
  }

  /** Brings a connection back to a pattern that it is subscribed to. */
  void comeBack(Connection connection, TopicPattern pattern, ClientFrame.Since since, boolean begins, PatternReturn.Answer answer) {
    if (connection.patternReturns().size() >= MOST_PATTERN_RETURNS) {
      throw Failure.of(ErrorReason.RATE_LIMITED);
    }
    new PatternReturn(returns, connection, pattern, since, begins, answer).start();
  }

  /**
   * Subscribes on behalf of the server, which the connection's own limit and permissions do not bind.
   *
   * @throws Failure {@code SESSION_TOO_LARGE}
   */
  void subscribeForServer(Connection connection, TopicPattern pattern) {
    if (!connection.holds(pattern)) {
      if (permissions.maySubscribe(connection.principal(), pattern)) {
        connection.requireRoomFor(pattern);
      } else {
        connection.requireRoomForGrant(pattern);
        if (tails.keeps(pattern)) {
          connection.grants.give(pattern.text(), null);
        }
      }
      add(connection, pattern);
      connection.sessionChanged();
    }
  }

  /**
   * The place before which a connection gets nothing of a durable topic, because a server gave it and its user may not have it by himself.
   *
   * @return the place; {@link Grants#TO_COME} where that is not known yet, null where it may have everything
   */
  Position bound(Connection connection, String topic) {
    Principal principal = connection.principal();
    if (principal != null && permissions.maySubscribe(principal, topic)) {
      return null;
    }
    Position granted = connection.grants.of(topic);
    // Who is not in yet is subscribed to nothing that he may not have.
    return granted == null && principal != null ? Grants.TO_COME : granted;
  }

  /** Subscribes to the user's own topic, which every session has and none needs to remember. */
  void subscribeToOwn(Connection connection, TopicPattern own) {
    if (!connection.holds(own)) {
      add(connection, own);
    }
  }

  /** Somebody who comes back is not let in. */
  void giveUp(Connection connection) {
    connection.grants.keep(topic -> false);
    connection.comingBackTo().forEach(topic -> tails.end(connection, topic));
  }

  /** Subscribes to what is permitted, has room and is not held yet. */
  void add(Connection connection, TopicPattern pattern) {
    if (connection.takesTopics() && tails.keeps(pattern)) {
      tails.expect(pattern.text());
    }
    connection.subscribed(pattern);
    trie.add(pattern, connection);
    meters.subscriptions(1);
    presence.entered(connection, pattern);
  }

  /**
   * Ends a subscription.
   *
   * @throws Failure {@code NOT_SUBSCRIBED}, {@code OWN_TOPIC}, or where the topic is malformed
   */
  void unsubscribe(Connection connection, String topic) {
    if (isOwn(connection, topic)) {
      throw Failure.of(ErrorReason.OWN_TOPIC);
    }
    if (!remove(connection, TopicPattern.parse(topic))) {
      throw Failure.of(ErrorReason.NOT_SUBSCRIBED);
    }
  }

  /** Ends a subscription and says whether there was one that may end: the user's own topic stays. */
  boolean removeForServer(Connection connection, TopicPattern pattern) {
    return !isOwn(connection, pattern.text()) && remove(connection, pattern);
  }

  /**
   * Somebody is no member of a topic any more: what comes to him by its name ends, and what is on its way to him.
   *
   * @return whether he was subscribed by its name
   */
  boolean endMembership(Connection connection, TopicPattern topic) {
    boolean was = remove(connection, topic);
    if (connection.comeback(topic.text()) != null) {
      tails.end(connection, topic.text());
    }
    return was;
  }

  private static boolean isOwn(Connection connection, String topic) {
    Principal principal = connection.principal();
    return principal != null && topic.equals(principal.userTopic());
  }

  private boolean remove(Connection connection, TopicPattern pattern) {
    if (!connection.holds(pattern)) {
      return false;
    }
    connection.unsubscribed(pattern);
    connection.grants.keep(topic -> !topic.equals(pattern.text()));
    typing.left(connection, pattern.text());
    connection.patternReturns().stream().filter(way -> way.pattern().equals(pattern)).forEach(PatternReturn::unsubscribed);
    connection.comingBackTo().stream().filter(pattern::matches).forEach(topic -> endWay(connection, topic, pattern));
    trie.remove(pattern, connection);
    meters.subscriptions(-1);
    presence.left(connection, pattern);
    connection.sessionChanged(pattern);
    return true;
  }

  /** Of what it hears by another, what it was withheld is owed to it all the same. */
  private void endWay(Connection connection, String topic, TopicPattern ended) {
    Principal principal = connection.principal();
    boolean named = connection.subscribesTo(topic);
    boolean may = named || principal != null && permissions.mayReceive(principal, topic, permissions.rules().ruleFor(topic));
    Optional<TopicPattern> by = named ? Optional.of(TopicPattern.parse(topic)) : connection.subscriptions().stream().filter(held -> may && held.matches(topic)).findFirst();
    by.ifPresentOrElse(other -> tails.goOn(connection, topic, ended.text(), other.text()), () -> tails.end(connection, topic));
  }

  /**
   * Ends all of a connection's subscriptions.
   *
   * @param departure says whether its user is still shown for a while
   * @param session that waits for its client; null where none does
   */
  void removeAll(Connection connection, Departure departure, Session session) {
    presence.gone(connection, departure, session);
    typing.gone(connection);
    connection.patternReturns().forEach(PatternReturn::unsubscribed);
    giveUp(connection);
    connection.subscriptions().forEach(pattern -> trie.remove(pattern, connection));
    meters.subscriptions(-connection.subscriptions().size());
    connection.unsubscribedFromAll();
  }

  /** Ends those subscriptions that the old token covered and the new one does not, and returns them. What a server gave, neither did. */
  List<TopicPattern> removeForbidden(Connection connection, Principal before, Principal now) {
    List<TopicPattern> forbidden = connection.subscriptions().stream()
        .filter(pattern -> permissions.maySubscribe(before, pattern) && !permissions.maySubscribe(now, pattern)).toList();
    forbidden.forEach(pattern -> remove(connection, pattern));
    return forbidden;
  }
}
