package io.vestibule.gateway.session;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.topic.TopicPattern;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** What clients ask and say with {@code presence} and {@code presence_update}. */
final class PresenceFrames {
  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final Pattern STATUS = Pattern.compile("[A-Za-z0-9_-]{1,32}");

  private final LoopPresence presence;
  private final SessionKeeper keeper;
  private final ConnectionSettings settings;
  private final LoopClock clock;
  private final LimitMeters meters;

  PresenceFrames(LoopPresence presence, SessionKeeper keeper, ConnectionSettings settings, LoopClock clock, LimitMeters meters) {
    this.presence = presence;
    this.keeper = keeper;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  void look(Connection connection, Authenticated state, ClientFrame.Presence frame) {
    try {
      presence.requireShown(state.identity().principal(), TopicPattern.parse(frame.topic()));
    } catch (Failure refused) {
      connection.error(frame.id(), refused, frame.topic(), null);
      return;
    }
    presence.look(frame.topic()).onComplete(
        found -> connection.reply(FrameEncoder.withId(found, frame.id())),
        failed -> connection.error(frame.id(), failed instanceof Failure failure ? failure : Failure.of(ErrorReason.INTERNAL), frame.topic(), null));
  }

  void update(Connection connection, Authenticated state, ClientFrame.PresenceUpdate frame) {
    try {
      requireRate(connection);
      keeper.setStatus(connection, status(state, frame.status(), frame.data()), said -> presence.said(connection, said));
      connection.send(new ServerFrame.PresenceUpdated(frame.id()));
    } catch (Failure refused) {
      connection.error(frame.id(), refused, null, null);
    }
  }

  /** Each update goes to all who watch one of the user's topics, on all nodes: it costs more than a message. */
  private void requireRate(Connection connection) {
    Gcra limit = settings.presenceUpdates();
    if (limit == null) {
      return;
    }
    long nowUs = clock.monotonicMs().getAsLong() * MICROS_OF_A_MILLI;
    long waitUs = limit.waitUs(connection.presenceTatUs, nowUs);
    meters.checked(LimitMeters.Policy.PRESENCE_UPDATES, waitUs == 0);
    if (waitUs > 0) {
      throw Failure.of(ErrorReason.RATE_LIMITED, "Too many presence updates; slow down.").with("policy", LimitMeters.Policy.PRESENCE_UPDATES.label())
          .retryAfter(waitUs / MICROS_OF_A_MILLI + 1);
    }
    connection.presenceTatUs = limit.take(connection.presenceTatUs, nowUs);
  }

  private UserStatus status(Authenticated state, String status, Buffer data) {
    if (!STATUS.matcher(status).matches()) {
      throw Failure.ofField(ErrorReason.INVALID_VALUE, "status", "The field 'status' must be 1 to 32 characters of [A-Za-z0-9_-].");
    }
    if (data != null && data.length() > settings.presenceDataBytes()) {
      throw Failure.ofField(ErrorReason.MESSAGE_TOO_LARGE, "data").with("limit", settings.presenceDataBytes());
    }
    Session session = state.session();
    // What was said on another node, whose clock is ahead, is older all the same.
    long after = session == null || session.status == null ? 0 : session.status.atMs() + 1;
    return new UserStatus(status, data == null ? null : data.toString(StandardCharsets.UTF_8), Math.max(after, clock.epochMs().getAsLong()));
  }
}
