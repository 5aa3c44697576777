package io.vestibule.gateway.topic;

import java.time.Duration;

/**
 * What holds for the topics of a pattern.
 *
 * @param pattern the topics meant; the first rule that matches a topic is its only one
 * @param subscribe who may receive
 * @param publish which clients may publish; servers always may, except to {@code vestibule.**}
 * @param durable whether messages are kept, in the order of their offsets
 * @param historySize messages kept of a durable topic
 * @param historyTime how long messages of a durable topic are kept
 * @param historyBytes bytes kept of a durable topic, 0 for the store's own bound
 * @param presence whether those who subscribe may see each other
 * @param presenceGrace how long somebody who was there is still shown after the connection dropped
 * @param presenceAway whether somebody whose session is kept is shown as away when that time is over
 * @param notifyReconnected whether those who watch hear of each return to a session
 * @param maxPayload bytes of {@code data}, 0 for the limit of a message
 * @param slowConsumer what becomes of a message that a connection has no room for; of a durable topic always {@link SlowConsumerPolicy#DISCONNECT}
 * @param open whether whoever is authenticated may make himself a member
 */
public record TopicRule(
    TopicPattern pattern,
    Audience subscribe,
    Audience publish,
    boolean durable,
    int historySize,
    Duration historyTime,
    long historyBytes,
    boolean presence,
    Duration presenceGrace,
    boolean presenceAway,
    boolean notifyReconnected,
    long maxPayload,
    SlowConsumerPolicy slowConsumer,
    boolean open) {
  static final int DEFAULT_HISTORY_SIZE = 1000;
  static final Duration DEFAULT_HISTORY_TIME = Duration.ofHours(1);
  static final Duration DEFAULT_PRESENCE_GRACE = Duration.ofSeconds(5);

  /** A rule for something that is not kept, with the defaults of everything but the audiences. */
  static TopicRule plain(String pattern, Audience subscribe, Audience publish) {
    return new TopicRule(TopicPattern.parse(pattern), subscribe, publish, false, DEFAULT_HISTORY_SIZE, DEFAULT_HISTORY_TIME, 0, true,
        DEFAULT_PRESENCE_GRACE, false, false, 0, SlowConsumerPolicy.DISCONNECT, false);
  }

  /** Whether its topics have members. */
  public boolean hasMembers() {
    return subscribe == Audience.MEMBERS || publish == Audience.MEMBERS;
  }

  /** The same rule for others. */
  TopicRule withAudience(Audience newSubscribe, Audience newPublish) {
    return new TopicRule(pattern, newSubscribe, newPublish, durable, historySize, historyTime, historyBytes, presence, presenceGrace,
        presenceAway, notifyReconnected, maxPayload, slowConsumer, open && (newSubscribe == Audience.MEMBERS || newPublish == Audience.MEMBERS));
  }
}
