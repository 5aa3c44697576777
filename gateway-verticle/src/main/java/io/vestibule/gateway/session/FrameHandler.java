package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameFailure;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.limit.Strikes;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Live;
import java.util.EnumSet;
import java.util.Set;

/**
 * What happens to a client's frame: read, counted against the connection's limit, and handed to whoever serves it. A frame that fails gets its {@code error} and harms
 * nothing else.
 */
public final class FrameHandler {
  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final EventLog LOG = EventLog.of(FrameHandler.class);

  /** What a client that speaks the protocol never sends, whatever it gets wrong. */
  private static final Set<ErrorReason> NO_FRAME =
      EnumSet.of(ErrorReason.NOT_JSON, ErrorReason.BINARY_NOT_SUPPORTED, ErrorReason.DUPLICATE_KEY, ErrorReason.TOO_DEEP, ErrorReason.MESSAGE_TOO_LARGE, ErrorReason.RECEIVE_ONLY);

  private final FrameDecoder decoder;
  private final ConnectionSettings settings;
  private final LoopClock clock;
  private final GatewayMeters meters;
  private final Authentication authentication;
  private final Admittance admittance;
  private final ClientSubscribing subscribing;
  private final ClientPublishing publishing;
  private final PresenceFrames presence;
  private final OwnTopics own;
  private final LoopMemberships members;
  private final String node;

  /**
   * Handles the frames of one event loop.
   *
   * @param node the name of this node, which {@code health} tells
   */
  FrameHandler(FrameDecoder decoder, ConnectionSettings settings, LoopClock clock, GatewayMeters meters,
      Authentication authentication, Admittance admittance, ClientSubscribing subscribing, ClientPublishing publishing,
      PresenceFrames presence, OwnTopics own, LoopMemberships members, String node) {
    this.decoder = decoder;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
    this.authentication = authentication;
    this.admittance = admittance;
    this.subscribing = subscribing;
    this.publishing = publishing;
    this.presence = presence;
    this.own = own;
    this.members = members;
    this.node = node;
  }

  void handle(Connection connection, byte[] text) {
    meters.received(text.length);
    if (!FrameDecoder.isText(text)) {
      connection.close(CloseReason.INVALID_UTF8);
      return;
    }
    try {
      if (text.length > settings.maxMessageBytes()) {
        throw new FrameFailure(Failure.of(ErrorReason.MESSAGE_TOO_LARGE).with("limit", settings.maxMessageBytes()), null, null, null);
      }
      ClientFrame frame = connection.hear(text, decoder);
      if (withinLimit(connection, frame.id(), topicOf(frame), messageIdOf(frame))) {
        serve(connection, frame);
      }
    } catch (FrameFailure refused) {
      refuse(connection, refused);
    }
  }

  void handleBinary(Connection connection) {
    refuse(connection, new FrameFailure(Failure.of(ErrorReason.BINARY_NOT_SUPPORTED), null, null, null));
  }

  /** A ping of the WebSocket protocol is answered by the transport, but is not free of charge. */
  void handlePing(Connection connection) {
    if (!taken(connection)) {
      struckForSpeed(connection);
    }
  }

  /** Each frame that fails gets its error, if its sender is not too fast. Whoever keeps sending what is no frame at all has to go. */
  private void refuse(Connection connection, FrameFailure refused) {
    if (!withinLimit(connection, refused.id(), refused.topic(), refused.messageId())) {
      return;
    }
    connection.error(refused.id(), refused.failure(), refused.topic(), refused.messageId());
    ErrorReason reason = refused.failure().reason();
    LOG.debug(LogEvent.FRAME_REFUSED, connection.id()).with(LogKey.REASON, reason.slug()).write();
    if (NO_FRAME.contains(reason)) {
      connection.malformedStrikes = Strikes.add(connection.malformedStrikes, clock.monotonicMs().getAsLong());
      if (Strikes.count(connection.malformedStrikes) > settings.maxMalformed()) {
        connection.close(CloseReason.PROTOCOL_ABUSE);
      }
    }
  }

  private boolean withinLimit(Connection connection, String id, String topic, String messageId) {
    if (taken(connection)) {
      return true;
    }
    long waitUs = settings.messages().waitUs(connection.quotaTatUs, nowUs());
    connection.error(id, Failure.of(ErrorReason.RATE_LIMITED).retryAfter(waitUs / MICROS_OF_A_MILLI + 1), topic, messageId);
    struckForSpeed(connection);
    return false;
  }

  /** Takes one from the connection's quota, if there is one. */
  private boolean taken(Connection connection) {
    Gcra limit = settings.messages();
    if (limit == null) {
      return true;
    }
    boolean permitted = limit.waitUs(connection.quotaTatUs, nowUs()) == 0;
    meters.limits().checked(LimitMeters.Policy.CONNECTION_MESSAGES, permitted);
    if (permitted) {
      connection.quotaTatUs = limit.take(connection.quotaTatUs, nowUs());
    }
    return permitted;
  }

  private long nowUs() {
    return clock.monotonicMs().getAsLong() * MICROS_OF_A_MILLI;
  }

  private void struckForSpeed(Connection connection) {
    connection.tooFastStrikes = Strikes.add(connection.tooFastStrikes, clock.monotonicMs().getAsLong());
    if (Strikes.count(connection.tooFastStrikes) > settings.maxTooFast()) {
      LOG.warn(LogEvent.RATE_LIMITED, connection.id()).with(LogKey.REASON, CloseReason.TOO_FAST.slug()).write();
      connection.close(CloseReason.TOO_FAST);
    }
  }

  private void serve(Connection connection, ClientFrame frame) {
    if (connection.state() instanceof Authenticated a && members.isOpen(a.identity().principal(), topicOf(frame))) {
      members.find(connection, a, () -> serveKnown(connection, frame), failure -> connection.error(frame.id(), failure, topicOf(frame), messageIdOf(frame)));
    } else {
      serveKnown(connection, frame);
    }
  }

  private void serveKnown(Connection connection, ClientFrame frame) {
    try {
      serveChecked(connection, frame);
    } catch (RuntimeException e) {
      LOG.error(LogEvent.INTERNAL_ERROR, connection.id()).cause(e).write();
      connection.error(frame.id(), Failure.of(ErrorReason.INTERNAL), topicOf(frame), messageIdOf(frame));
    }
  }

  private void serveChecked(Connection connection, ClientFrame frame) {
    if (frame instanceof ClientFrame.Message message) {
      if (connection.state() instanceof Authenticated a) {
        publishing.publish(connection, a.identity().principal(), message);
      } else {
        connection.error(frame.id(), Failure.of(ErrorReason.NOT_AUTHENTICATED), message.topic(), message.messageId());
      }
    } else if (frame instanceof ClientFrame.Ping) {
      connection.send(new ServerFrame.Pong(frame.id()));
    } else if (frame instanceof ClientFrame.Auth auth) {
      authentication.authenticate(connection, auth);
    } else if (frame instanceof ClientFrame.Refresh refresh) {
      authentication.refresh(connection, refresh);
    } else if (frame instanceof ClientFrame.HealthCheck) {
      health(connection, frame.id());
    } else if (frame instanceof ClientFrame.Reconnect reconnect) {
      admittance.resume(connection, reconnect);
    } else if (frame instanceof ClientFrame.Leave) {
      leave(connection, frame.id());
    } else if (!(connection.state() instanceof Authenticated a)) {
      connection.error(frame.id(), Failure.of(ErrorReason.NOT_AUTHENTICATED), topicOf(frame), null);
    } else if (frame instanceof ClientFrame.Subscribe subscribe) {
      subscribing.subscribe(connection, a, subscribe);
    } else if (frame instanceof ClientFrame.Unsubscribe unsubscribe) {
      subscribing.unsubscribe(connection, a, unsubscribe);
    } else if (frame instanceof ClientFrame.Presence look) {
      presence.look(connection, a, look);
    } else if (frame instanceof ClientFrame.PresenceUpdate update) {
      presence.update(connection, a, update);
    } else if (frame instanceof ClientFrame.Typing typing) {
      publishing.typing(connection, a.identity().principal(), typing);
    } else if (frame instanceof ClientFrame.ReadHistory read) {
      publishing.history(connection, a.identity().principal(), read);
    } else if (frame instanceof ClientFrame.Ack ack) {
      own.ack(connection, a, ack);
    } else if (frame instanceof ClientFrame.Unserved unserved) {
      unserved(connection, unserved);
    }
  }

  private void health(Connection connection, String id) {
    int reconnects = connection.session() == null ? 0 : connection.session().reconnects;
    connection.send(new ServerFrame.Health(id, connection.ageMs(), connection.pongEpochMs, connection.received, reconnects, node, "ok"));
  }

  /** It is in until it has left. */
  private static void leave(Connection connection, String id) {
    connection.leaveSession(id).onComplete(
        left -> connection.left(id),
        failed -> connection.error(id, failed instanceof Failure failure ? failure : Failure.of(ErrorReason.INTERNAL), null, null));
  }

  private static String topicOf(ClientFrame frame) {
    return frame instanceof ClientFrame.Message m ? m.topic()
        : frame instanceof ClientFrame.Subscribe s ? s.topic()
        : frame instanceof ClientFrame.Ack a ? a.topic()
        : frame instanceof ClientFrame.Typing t ? t.topic()
        : frame instanceof ClientFrame.ReadHistory h ? h.query().topic()
        : frame instanceof ClientFrame.Unsubscribe u ? u.topic()
        : frame instanceof ClientFrame.Presence p ? p.topic() : null;
  }

  private static String messageIdOf(ClientFrame frame) {
    return frame instanceof ClientFrame.Message m ? m.messageId() : null;
  }

  private static void unserved(Connection connection, ClientFrame.Unserved frame) {
    if (connection.state() instanceof Live) {
      connection.error(frame.id(), Failure.of(ErrorReason.NOT_IMPLEMENTED, "This server does not offer '" + frame.type() + "' yet.")
          .with("type", frame.type()), null, null);
    }
  }
}
