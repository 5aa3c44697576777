package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;
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
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.SavedState.Grant;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Who of an event loop is subscribed to what: keeps the connection's own list and the trie in step. */
public final class Subscriptions {
  private static final long PREPARES_MS = 1_000;
  private static final int MOST_PATTERN_RETURNS = 16;
  /** Nobody asked where it begins. */
  static final Comeback.Answer UNASKED = new Comeback.Answer() {
    @Override
    public void begun(Position head, Boolean recovered) {
      // It goes on from here.
    }

    @Override
    public boolean waits() {
      return true;
    }
  };

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
      Vertx vertx, LoopClock clock, GatewayMeters meters, int most) {
    this.trie = trie;
    this.permissions = permissions;
    this.presence = presence;
    this.typing = typing;
    this.tails = tails;
    this.returns = new PatternReturn.Parts(vertx, tails, moved, permissions, clock);
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
      throw Failure.of(ErrorReason.STORE_UNAVAILABLE).retryAfter(PREPARES_MS);
    }
  }

  /** Brings a connection back to a pattern that it is subscribed to. */
  void comeBack(Connection connection, TopicPattern pattern, ClientFrame.Since since, boolean begins, PatternReturn.Answer answer) {
    if (connection.patternReturns().size() >= MOST_PATTERN_RETURNS) {
      throw Failure.of(ErrorReason.RATE_LIMITED);
    }
    new PatternReturn(returns, connection, pattern, since, begins, answer).start();
  }

  /** Somebody came back to a session, and his connection had gone before he was in: nothing is subscribed, but others see that he is waited for where he was. */
  void missed(String connection, Identity identity, Session session, SavedState saved) {
    var topics = new ArrayList<String>();
    topics.add(identity.principal().userTopic());
    saved.granted().forEach(grant -> topics.add(grant.topic()));
    topics.addAll(saved.topics());
    presence.missed(connection, identity, session, saved.status(), topics.stream().distinct().filter(topic -> isThere(identity.principal(), saved, topic)).toList());
  }

  private boolean isThere(Principal principal, SavedState saved, String topic) {
    try {
      TopicPattern pattern = TopicPattern.parse(topic);
      return pattern.isLiteral() && (!saved.topics().contains(topic) || permissions.maySubscribe(principal, pattern));
    } catch (Failure noTopic) {
      // As with those that are restored.
      return false;
    }
  }

  /** Watches again what a session remembers, as far as its holder is subscribed to it and may still see who is there. */
  void watchAgain(Connection connection, Principal principal, List<String> topics) {
    for (TopicPattern pattern : connection.subscriptions()) {
      if (topics.contains(pattern.text()) && !connection.watched().contains(pattern.text()) && presence.isShown(principal, pattern)) {
        presence.watch(connection, pattern.text());
      }
    }
  }

  /** A connection has all its subscriptions back. */
  void returned(Connection connection, Authenticated state) {
    presence.returned(connection, state);
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
        recall(connection, List.of(new Grant(pattern.text(), null)));
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

  /** What servers gave to somebody who comes back is known from here on. */
  void recall(Connection connection, List<Grant> granted) {
    granted.stream().filter(grant -> tails.keeps(grant.topic())).forEach(grant -> connection.grants.give(grant.topic(), grant.since()));
  }

  /** Subscribes to the user's own topic, which every session has and none needs to remember. */
  void subscribeToOwn(Connection connection, TopicPattern own) {
    if (!connection.holds(own)) {
      add(connection, own);
    }
  }

  /**
   * Subscribes again to what a session remembers, as far as its holder may still.
   *
   * @param topics what the client subscribed to
   * @param granted what servers gave
   * @return the topics that are subscribed to now
   */
  List<String> restore(Connection connection, Principal principal, List<String> topics, List<Grant> granted) {
    var restored = new ArrayList<String>();
    for (String topic : topics) {
      restore(connection, topic, pattern -> permissions.maySubscribe(principal, pattern), restored);
    }
    recall(connection, granted);
    for (Grant grant : granted) {
      restore(connection, grant.topic(), pattern -> true, restored);
    }
    connection.grants.keep(connection::subscribesTo);
    return restored;
  }

  /**
   * Finds out what somebody who comes back has missed, before it is subscribed again.
   *
   * @param topics that it will be subscribed to, as far as it may
   * @return done when that is known, or after a second
   */
  Future<Void> prepare(Connection connection, Set<String> topics, Places places) {
    for (String topic : topics) {
      if (connection.takesTopics() && tails.keeps(topic)) {
        tails.beginHeld(connection, topic, null, places.begins().get(topic), places.way(connection, topic));
      }
    }
    Promise<Void> known = tails.promise();
    places.onComplete(known::tryComplete);
    return known.future().timeout(PREPARES_MS, TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  /** Goes on with durable topics that a connection is subscribed to again, and with its own that it will be: from where it was, as far as it said so. Nothing is brought before it is {@link #welcomed}. */
  void beginRestored(Connection connection, List<String> restored, String own, Places places) {
    for (String topic : connection.comingBackTo()) {
      if (!restored.contains(topic) && !topic.equals(own)) {
        tails.end(connection, topic);
        places.ways().remove(topic);
      }
    }
    List<String> topics = new ArrayList<>(restored);
    topics.add(own);
    for (String topic : topics) {
      if (connection.takesTopics() && tails.keeps(topic) && !places.has(topic)) {
        boolean asked = places.offsets().containsKey(topic);
        if (asked || !topic.equals(own)) {
          tails.beginHeld(connection, topic, null, places.offsets().get(topic), asked ? places.way(connection, topic) : UNASKED);
        }
      }
    }
  }

  /** Somebody who comes back is not let in. */
  void giveUp(Connection connection) {
    connection.grants.keep(topic -> false);
    connection.comingBackTo().forEach(topic -> tails.end(connection, topic));
  }

  /** The client knows that it is in: messages may come. */
  void welcomed(Connection connection) {
    connection.comingBackTo().forEach(topic -> tails.release(connection.comeback(topic)));
  }

  private void restore(Connection connection, String topic, Predicate<TopicPattern> permitted, List<String> restored) {
    try {
      TopicPattern pattern = TopicPattern.parse(topic);
      if (!connection.holds(pattern) && permitted.test(pattern)) {
        add(connection, pattern);
        restored.add(topic);
      }
    } catch (Failure noTopic) {
      // Another version of the server took it for one.
      return;
    }
  }

  private void add(Connection connection, TopicPattern pattern) {
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
