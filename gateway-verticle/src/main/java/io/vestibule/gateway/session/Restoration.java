package io.vestibule.gateway.session;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.log.Comeback;
import io.vestibule.gateway.log.LoopTails;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.SavedState.Grant;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Brings back what a session remembers to somebody who comes back to it: his subscriptions, as far as he may have them still, and the places from which they go on. One event loop. */
final class Restoration {
  private static final long PREPARES_MS = 1_000;

  private final Subscriptions subscriptions;
  private final Permissions permissions;
  private final LoopPresence presence;
  private final LoopTails tails;

  Restoration(Subscriptions subscriptions, Permissions permissions, LoopPresence presence, LoopTails tails) {
    this.subscriptions = subscriptions;
    this.permissions = permissions;
    this.presence = presence;
    this.tails = tails;
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
          tails.beginHeld(connection, topic, null, places.offsets().get(topic), asked ? places.way(connection, topic) : Comeback.Answer.UNASKED);
        }
      }
    }
  }

  private void restore(Connection connection, String topic, Predicate<TopicPattern> permitted, List<String> restored) {
    try {
      TopicPattern pattern = TopicPattern.parse(topic);
      if (!connection.holds(pattern) && permitted.test(pattern)) {
        subscriptions.add(connection, pattern);
        restored.add(topic);
      }
    } catch (Failure noTopic) {
      // Another version of the server took it for one.
      return;
    }
  }

  /** What servers gave to somebody who comes back is known from here on. */
  void recall(Connection connection, List<Grant> granted) {
    granted.stream().filter(grant -> tails.keeps(grant.topic())).forEach(grant -> connection.grants.give(grant.topic(), grant.since()));
  }

  /** He is not let in. */
  void giveUp(Connection connection) {
    subscriptions.giveUp(connection);
  }

  /** The client knows that it is in: messages may come. */
  void welcomed(Connection connection) {
    connection.comingBackTo().forEach(topic -> tails.release(connection.comeback(topic)));
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
}
