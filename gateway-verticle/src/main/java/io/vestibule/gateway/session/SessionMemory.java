package io.vestibule.gateway.session;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Known;
import io.vestibule.gateway.session.ConnectionState.Waiting;
import io.vestibule.gateway.session.SavedState.Grant;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.TopicPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** What the session of a connection is to remember over a reconnection, and whether there is room for more of it. */
final class SessionMemory {
  private final Permissions permissions;
  private final long maxBytes;

  /**
   * The memory of sessions.
   *
   * @param maxBytes what a session may remember
   */
  SessionMemory(Permissions permissions, long maxBytes) {
    this.permissions = permissions;
    this.maxBytes = maxBytes;
  }

  /** What a session remembers from its first moment, or null where that is nothing; it travels with the join, so that it is there as soon as the place is. */
  String beginning(Claims claims, String device) {
    return SavedState.beginning(claims, device, maxBytes).orElse(null);
  }

  /** What is to be remembered, measured, with the room that it will take when it is known where all grants begin. */
  String stateOf(Connection connection, Known known) {
    Session session = known.session();
    var topics = new ArrayList<String>();
    var granted = new ArrayList<Grant>();
    var watched = new ArrayList<>(connection.watched().stream().filter(topic -> !connection.isBrought(topic)).toList());
    if (session.resting != null) {
      topics.addAll(session.resting.topics());
      granted.addAll(session.resting.granted());
      watched.addAll(session.resting.watched());
    }
    if (known instanceof Authenticated a) {
      for (TopicPattern pattern : connection.subscriptions()) {
        if (!pattern.text().equals(a.identity().principal().userTopic()) && !connection.isBrought(pattern.text())) {
          // Whoever is no member any more must not have it again as if a server had given it to him.
          boolean asked = permissions.maySubscribe(a.identity().principal(), pattern) || permissions.needsMembers(pattern);
          if (asked) {
            topics.add(pattern.text());
          } else {
            granted.add(new Grant(pattern.text(), connection.grants.since(pattern.text())));
          }
        }
      }
    }
    Identity identity = identityOf(known);
    Claims claims = identity != null && SavedState.remembers(identity.claims(), maxBytes) ? identity.claims() : null;
    SavedState saved = new SavedState(claims, session.lastChance, topics, granted, session.attributes, session.reconnects, watched, session.status, session.device);
    String state = saved.encode();
    session.stateBytes = lengthOf(state) + saved.roomForPlaces();
    if (lengthOf(state) > maxBytes) {
      // It was saved before there were places, without room for them: what it is subscribed to is worth more.
      state = saved.withoutPlaces().encode();
    }
    return state;
  }

  private static Identity identityOf(Known known) {
    return known instanceof Authenticated a ? a.identity() : ((Waiting) known).identity();
  }

  /** What a text takes of what a session may remember, in bytes. */
  static int lengthOf(String state) {
    return state.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * Demands that the session can remember one more topic.
   *
   * @param besides what else it will have to remember of it, in bytes
   * @throws Failure {@code SESSION_TOO_LARGE}
   */
  void requireRoomFor(Connection connection, TopicPattern topic, int besides) {
    if (connection.state() instanceof Known known && known.session() != null) {
      Session session = known.session();
      int more = topic.text().length() + "\"\",".length() + besides;
      if (session.stateBytes == 0 || session.stateBytes + more > maxBytes) {
        // It was only ever added to: what was given up since then is found out here.
        stateOf(connection, known);
      }
      if (session.stateBytes + more > maxBytes) {
        throw tooLarge();
      }
      session.stateBytes += more;
    }
  }

  /**
   * Gives a session attributes of the application's own.
   *
   * @param more merged into those that are there, member by member; null takes one away
   * @throws Failure {@code SESSION_TOO_LARGE}, and nothing has changed
   */
  void setAttributes(Connection connection, Known known, JsonObject more) {
    Session session = known.session();
    JsonObject merged = session.attributes == null ? new JsonObject() : new JsonObject(session.attributes);
    more.forEach(member -> {
      if (member.getValue() == null) {
        merged.remove(member.getKey());
      } else {
        merged.put(member.getKey(), member.getValue());
      }
    });
    String before = session.attributes;
    session.attributes = merged.isEmpty() ? null : merged.encode();
    stateOf(connection, known);
    if (session.stateBytes > maxBytes) {
      session.attributes = before;
      stateOf(connection, known);
      throw tooLarge();
    }
  }

  /**
   * Gives a session what its user says of himself.
   *
   * @throws Failure {@code SESSION_TOO_LARGE}, and nothing has changed
   */
  void setStatus(Connection connection, Known known, UserStatus status) {
    Session session = known.session();
    UserStatus before = session.status;
    session.status = status;
    stateOf(connection, known);
    if (session.stateBytes > maxBytes) {
      session.status = before;
      stateOf(connection, known);
      throw tooLarge();
    }
  }

  private Failure tooLarge() {
    return Failure.of(ErrorReason.SESSION_TOO_LARGE).with("limit", maxBytes);
  }
}
