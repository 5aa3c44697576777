package io.vestibule.gateway.session;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.admission.SocketReport.Awaited;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.ReturnNotice;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.presence.NodePresence;
import io.vestibule.gateway.presence.PresenceLoop;
import io.vestibule.gateway.presence.core.Departure;
import io.vestibule.gateway.presence.core.LoopWatches;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.Permissions;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicPattern;
import io.vestibule.gateway.topic.TopicRule;
import io.vestibule.gateway.transport.OutboundFrame;
import java.util.ArrayList;
import java.util.List;

/** Presence on one event loop: tells the node which of its connections are where, and brings to those that watch what the node knows of others. */
public final class LoopPresence implements PresenceLoop {
  private final NodePresence node;
  private final Context context;
  private final Permissions permissions;
  private final ConnectionSettings settings;
  private final LoopClock clock;
  private final FrameEncoder encoder;
  private final LoopWatches<Connection, OutboundFrame> watches;

  /**
   * The presence of an event loop.
   *
   * @param context the event loop
   */
  public LoopPresence(NodePresence node, Context context, Permissions permissions, ConnectionSettings settings, LoopClock clock) {
    this.node = node;
    this.context = context;
    this.permissions = permissions;
    this.settings = settings;
    this.clock = clock;
    this.encoder = new FrameEncoder(clock.epochMs());
    this.watches = new LoopWatches<>(node.add(context, this), new PresenceOutlet(permissions));
  }

  private TopicRule ruleFor(String topic) {
    return permissions.rules().ruleFor(topic);
  }

  /** A connection is subscribed: its user is there, where that is a topic and not a pattern, and one that shows who is. */
  void entered(Connection connection, TopicPattern pattern) {
    if (!pattern.isLiteral() || !(connection.state() instanceof Authenticated a)) {
      return;
    }
    String topic = pattern.text();
    TopicRule rule = ruleFor(topic);
    if (showsWhoIsThere(topic, a.identity().principal()) && hasRoom(connection)) {
      String id = connection.id();
      if (!connection.seated) {
        connection.seated = true;
        String user = a.userId();
        String info = infoOf(a.identity().claims());
        UserStatus status = statusOf(a.session());
        long cameMs = clock.epochMs().getAsLong();
        node.write(book -> book.seated(id, user, info, status, cameMs));
      }
      long graceMs = rule.presenceGrace().toMillis();
      boolean away = rule.presenceAway();
      long epochMs = clock.epochMs().getAsLong();
      node.write(book -> book.entered(id, topic, graceMs, away, epochMs));
    }
  }

  /** A user's own topic tells whether he is online, whoever may see that. */
  private boolean showsWhoIsThere(String topic, Principal user) {
    return ruleFor(topic).presence() || topic.equals(user.userTopic());
  }

  /**
   * Somebody came back to his session, but his connection had gone before he was in: he is waited for again, as if it had dropped just now. The gateway that had the one before speaks for him no longer.
   *
   * @param topics where his session would be
   */
  void missed(String connection, Identity identity, Session session, UserStatus status, List<String> topics) {
    List<String> shown = topics.stream().filter(topic -> showsWhoIsThere(topic, identity.principal())).toList();
    if (node.isFull()) {
      return;
    }
    String info = infoOf(identity.claims());
    long nowMs = clock.monotonicMs().getAsLong();
    long epochMs = clock.epochMs().getAsLong();
    Awaited socket = new Awaited(session.queue(), connection, session.claim());
    node.write(book -> {
      book.seated(connection, identity.claims().userId(), info, status == null ? UserStatus.ONLINE : status, epochMs);
      shown.forEach(topic -> book.entered(connection, topic, ruleFor(topic).presenceGrace().toMillis(), ruleFor(topic).presenceAway(), epochMs));
      book.gone(connection, Departure.AWAITED, nowMs);
      book.awaits(socket);
    });
  }

  /** Where the node does not get on with what its clients have done, one that does more comes back later, and all of it is said then. */
  private boolean hasRoom(Connection connection) {
    boolean full = node.isFull();
    if (full) {
      // Not at once: what it has just done is not complete yet.
      context.runOnContext(later -> connection.close(CloseReason.OVER_CAPACITY));
    }
    return !full;
  }

  private static UserStatus statusOf(Session session) {
    return session == null || session.status == null ? UserStatus.ONLINE : session.status;
  }

  private String infoOf(Claims claims) {
    String info = claims.info() == null ? null : claims.info().encode();
    return info == null || SessionMemory.lengthOf(info) > settings.presenceDataBytes() ? null : info;
  }

  /** A subscription has ended before its connection: the user has left the topic, and does not see who is there any more. */
  void left(Connection connection, TopicPattern pattern) {
    if (pattern.isLiteral()) {
      String topic = pattern.text();
      if (connection.seated) {
        String id = connection.id();
        node.write(book -> book.left(id, topic));
      }
      if (connection.watched().contains(topic)) {
        var now = new ArrayList<>(connection.watched());
        now.remove(topic);
        connection.watched(now);
        watches.unwatch(connection, topic);
      }
    }
  }

  /**
   * A connection is not in any more.
   *
   * @param session that waits for its client; null where none does
   */
  void gone(Connection connection, Departure departure, Session session) {
    if (connection.seated) {
      connection.seated = false;
      String id = connection.id();
      long nowMs = clock.monotonicMs().getAsLong();
      Awaited socket = session == null ? null : new Awaited(session.queue(), id, session.claim());
      node.write(book -> {
        book.gone(id, departure, nowMs);
        if (socket != null) {
          book.awaits(socket);
        }
      });
    }
    List<String> watched = connection.watched();
    connection.watched(List.of());
    watched.forEach(topic -> watches.unwatch(connection, topic));
  }

  /** A connection that is in has another token. */
  void renewed(Connection connection, Claims claims) {
    if (connection.seated && hasRoom(connection)) {
      String id = connection.id();
      String info = infoOf(claims);
      long epochMs = clock.epochMs().getAsLong();
      node.write(book -> book.shown(id, info, epochMs));
    }
  }

  /** A client says how its user is. */
  void said(Connection connection, UserStatus status) {
    if (hasRoom(connection)) {
      String id = connection.id();
      node.write(book -> book.said(id, status));
    }
  }

  /**
   * Demands that somebody may see who is in a topic.
   *
   * @throws Failure {@code INVALID_TOPIC} for a pattern, {@code FORBIDDEN_SUBSCRIBE}, {@code NO_PRESENCE}
   */
  void requireShown(Principal principal, TopicPattern topic) {
    if (!topic.isLiteral()) {
      throw Failure.ofField(ErrorReason.INVALID_TOPIC, "topic", "Presence is that of one topic, not of a pattern.");
    }
    permissions.checkSubscribe(principal, topic);
    if (!ruleFor(topic.text()).presence()) {
      throw Failure.of(ErrorReason.NO_PRESENCE).with("topic", topic.text());
    }
  }

  /** Whether somebody may see who is in a topic. */
  boolean isShown(Principal principal, TopicPattern topic) {
    return topic.isLiteral() && permissions.maySubscribe(principal, topic) && ruleFor(topic.text()).presence();
  }

  /** Somebody who is subscribed to a topic wants to know who is there, until the subscription ends. */
  void watch(Connection connection, String topic) {
    var now = new ArrayList<String>(connection.watched().size() + 1);
    now.addAll(connection.watched());
    now.add(topic);
    connection.watched(now);
    if (connection.takesTopics() && hasRoom(connection)) {
      watches.watch(connection, topic);
    }
  }

  /** A connection that is in goes on with its session: those who watch its topics hear of it where a rule says so. */
  void returned(Connection connection, Authenticated state) {
    List<String> topics = connection.subscriptions().stream().filter(TopicPattern::isLiteral).map(TopicPattern::text)
        .filter(topic -> ruleFor(topic).presence() && ruleFor(topic).notifyReconnected()).toList();
    if (!topics.isEmpty()) {
      node.returned(new ReturnNotice(state.userId(), connection.id(), topics));
    }
  }

  /** Somebody has come back, here or on another node. */
  public void hear(ReturnNotice notice) {
    for (String topic : notice.topics()) {
      watches.hint(topic, () -> new OutboundFrame(encoder.encode(new ServerFrame.Reconnected(topic, notice.userId()))), watcher -> !watcher.id().equals(notice.connectionId()))
          .ifPresent(OutboundFrame::release);
    }
  }

  /** Who is in a topic now: a frame, on this event loop. */
  Future<Buffer> look(String topic) {
    return node.look(topic);
  }

  @Override
  public void state(String topic, long ticket, long rev, Buffer frame) {
    OutboundFrame shared = new OutboundFrame(frame);
    watches.state(topic, ticket, rev, shared);
    shared.release();
  }

  @Override
  public void change(String topic, long ticket, long rev, Buffer frame) {
    OutboundFrame shared = new OutboundFrame(frame);
    watches.change(topic, ticket, rev, shared);
    shared.release();
  }

  /** Looks after those who had no room. */
  public void tick() {
    watches.tick();
  }
}
