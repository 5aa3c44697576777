package io.vestibule.gateway.frame;

import io.vertx.core.buffer.Buffer;
import io.vestibule.gateway.log.History;
import io.vestibule.gateway.log.Position;
import java.util.Map;

/**
 * What a client may send in the core dialect (docs/protocol.md, Client frames), checked for form: required fields are there and have
 * the right JSON type. Whether a topic is well formed, and whether the client may, is for others to say.
 */
public sealed interface ClientFrame {

  /** The frame's {@code id} as JSON text, to be echoed as it came; null where the client gave none. */
  String id();

  record Auth(String id, String token, String queue, String device) implements ClientFrame {}

  /**
   * To come back with a resume token.
   *
   * @param offsets how far the client is in durable topics
   */
  record Reconnect(String id, String token, Map<String, Position> offsets) implements ClientFrame {}

  record Refresh(String id, String token) implements ClientFrame {}

  /**
   * A subscription.
   *
   * @param recover how far the client is already in a literal topic, or null
   * @param since how far it is in the topics of a pattern, or null
   * @param fromNow whether it said that it wants nothing of what was before
   * @param join whether its user is to become a member first
   */
  record Subscribe(String id, String topic, boolean presence, Position recover, Since since, boolean fromNow, boolean join) implements ClientFrame {
    /** A subscription from a place, or from now on. */
    public Subscribe(String id, String topic, boolean presence, Position recover) {
      this(id, topic, presence, recover, null, recover == null, false);
    }

    /** The same of somebody who need not become a member first. */
    public Subscribe asMember() {
      return new Subscribe(id, topic, presence, recover, since, fromNow, false);
    }

    /** The same of somebody who is so far; null: from now on. */
    public Subscribe at(Position place) {
      return new Subscribe(id, topic, presence, place);
    }
  }

  /**
   * How far a client is in the topics of a pattern.
   *
   * @param topics in which it knows a place
   * @param atMs when it was there, Unix milliseconds: what moved since in other topics is news to it
   */
  record Since(Map<String, Position> topics, long atMs) {}

  /**
   * The end of a subscription.
   *
   * @param leave whether its user is to be a member no more
   */
  record Unsubscribe(String id, String topic, boolean leave) implements ClientFrame {}

  /**
   * A publish.
   *
   * @param data any JSON value as text
   * @param metadata a JSON object as text, without {@code senderId}, or null
   */
  record Message(String id, String topic, Buffer data, String eventType, Buffer metadata, String messageId, boolean echo)
      implements ClientFrame {}

  /** Who is in a topic, asked once. */
  record Presence(String id, String topic) implements ClientFrame {}

  /**
   * How the user is.
   *
   * @param data a JSON object as text, or null
   */
  record PresenceUpdate(String id, String status, Buffer data) implements ClientFrame {}

  /** Somebody is typing in a topic, or has stopped. */
  record Typing(String id, String topic, boolean typing) implements ClientFrame {}

  /** To read what is kept of a topic. */
  record ReadHistory(String id, History.Query query) implements ClientFrame {}

  /**
   * All up to an offset is done with.
   *
   * @param epoch or null for the one that the client was told last
   * @param read whether the user has read it too
   */
  record Ack(String id, String topic, long offset, String epoch, boolean read) implements ClientFrame {}

  record Ping(String id) implements ClientFrame {}

  record HealthCheck(String id) implements ClientFrame {}

  record Leave(String id) implements ClientFrame {}

  /** A frame of the protocol that this version of the server does not serve. */
  record Unserved(String id, String type) implements ClientFrame {}
}
