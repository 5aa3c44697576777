package io.vestibule.gateway.session;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.presence.core.Departure;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Who of an event loop is subscribed to what: keeps the connection's own list and the trie in step. */
public final class Subscriptions {
  private final SubscriptionTrie<Connection> trie;
  private final Permissions permissions;
  private final LoopPresence presence;
  private final ClientTyping typing;
  private final GatewayMeters meters;
  private final int most;

  /**
   * The subscriptions of an event loop.
   *
   * @param typing ends where a subscription does
   * @param most subscriptions of one connection
   */
  public Subscriptions(SubscriptionTrie<Connection> trie, Permissions permissions, LoopPresence presence, ClientTyping typing, GatewayMeters meters, int most) {
    this.trie = trie;
    this.permissions = permissions;
    this.presence = presence;
    this.typing = typing;
    this.meters = meters;
    this.most = most;
  }

  /**
   * Subscribes as the client asks. Asking again changes nothing, but that it may watch now.
   *
   * @param watches whether it wants to know who is there
   * @throws Failure where the topic is malformed, not permitted, shows nobody, or is one too many; nothing has changed then
   */
  void subscribe(Connection connection, Principal principal, String topic, boolean watches) {
    TopicPattern pattern = TopicPattern.parse(topic);
    boolean begins = !connection.subscriptions().contains(pattern);
    boolean beginsToWatch = watches && !connection.watched().contains(topic);
    if (begins) {
      permissions.checkSubscribe(principal, pattern);
      if (connection.subscriptions().size() >= most) {
        throw Failure.of(ErrorReason.TOO_MANY_SUBSCRIPTIONS).with("limit", most);
      }
      connection.requireRoomFor(pattern);
    }
    if (beginsToWatch) {
      presence.requireShown(principal, pattern);
      connection.requireRoomFor(pattern);
    }
    if (begins) {
      add(connection, pattern);
    }
    if (beginsToWatch) {
      presence.watch(connection, topic);
    }
    if (begins || beginsToWatch) {
      connection.sessionChanged();
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
    if (!connection.subscriptions().contains(pattern)) {
      connection.requireRoomFor(pattern);
      add(connection, pattern);
      connection.sessionChanged();
    }
  }

  /** Subscribes to the user's own topic, which every session has and none needs to remember. */
  void subscribeToOwn(Connection connection, TopicPattern own) {
    if (!connection.subscriptions().contains(own)) {
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
  List<String> restore(Connection connection, Principal principal, List<String> topics, List<String> granted) {
    var restored = new ArrayList<String>();
    for (String topic : topics) {
      restore(connection, topic, pattern -> permissions.maySubscribe(principal, pattern), restored);
    }
    for (String topic : granted) {
      restore(connection, topic, pattern -> true, restored);
    }
    return restored;
  }

  private void restore(Connection connection, String topic, Predicate<TopicPattern> permitted, List<String> restored) {
    try {
      TopicPattern pattern = TopicPattern.parse(topic);
      if (!connection.subscriptions().contains(pattern) && permitted.test(pattern)) {
        add(connection, pattern);
        restored.add(topic);
      }
    } catch (Failure noTopic) {
      // Another version of the server took it for one.
      return;
    }
  }

  private void add(Connection connection, TopicPattern pattern) {
    var now = new ArrayList<TopicPattern>(connection.subscriptions().size() + 1);
    now.addAll(connection.subscriptions());
    now.add(pattern);
    connection.subscriptions(now);
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

  private static boolean isOwn(Connection connection, String topic) {
    Principal principal = connection.principal();
    return principal != null && topic.equals(principal.userTopic());
  }

  private boolean remove(Connection connection, TopicPattern pattern) {
    if (!connection.subscriptions().contains(pattern)) {
      return false;
    }
    var now = new ArrayList<>(connection.subscriptions());
    now.remove(pattern);
    connection.subscriptions(now);
    typing.left(connection, pattern.text());
    trie.remove(pattern, connection);
    meters.subscriptions(-1);
    presence.left(connection, pattern);
    connection.sessionChanged();
    return true;
  }

  /**
   * Ends all of a connection's subscriptions.
   *
   * @param departure says whether its user is still shown for a while
   */
  void removeAll(Connection connection, Departure departure) {
    presence.gone(connection, departure);
    typing.gone(connection);
    connection.subscriptions().forEach(pattern -> trie.remove(pattern, connection));
    meters.subscriptions(-connection.subscriptions().size());
    connection.subscriptions(new ArrayList<>(0));
  }

  /** Ends those subscriptions that the old token covered and the new one does not, and returns them. What a server gave, neither did. */
  List<TopicPattern> removeForbidden(Connection connection, Principal before, Principal now) {
    List<TopicPattern> forbidden = connection.subscriptions().stream()
        .filter(pattern -> permissions.maySubscribe(before, pattern) && !permissions.maySubscribe(now, pattern)).toList();
    forbidden.forEach(pattern -> remove(connection, pattern));
    return forbidden;
  }
}
