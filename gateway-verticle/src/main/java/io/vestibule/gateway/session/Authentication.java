package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.ConnectionState.Anonymous;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Known;
import io.vestibule.gateway.session.ConnectionState.Verifying;
import io.vestibule.gateway.session.ConnectionState.Waiting;
import io.vestibule.gateway.topic.TopicPattern;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Who is it: {@code auth} and {@code refresh}. Verification may take its time (slow algorithms are done elsewhere), so the socket is not read meanwhile: what the
 * client sent behind its {@code auth} is answered as if it had waited.
 */
public final class Authentication {
  /** A connection that was refused so often is closed. */
  static final int MAX_FAILURES = 5;

  static final String DEFAULT = "default";
  /** What a queue may be called (docs/configuration.md); any other name need not be asked for. */
  private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final EventLog LOG = EventLog.of(Authentication.class);

  private final TokenVerifier verifier;
  private final Admittance admittance;
  private final SessionKeeper keeper;
  private final Subscriptions subscriptions;
  private final LoopPresence presence;
  private final LoopClock clock;
  private final GatewayMeters meters;

  Authentication(TokenVerifier verifier, Admittance admittance, SessionKeeper keeper, Subscriptions subscriptions,
      LoopPresence presence, LoopClock clock, GatewayMeters meters) {
    this.verifier = verifier;
    this.admittance = admittance;
    this.keeper = keeper;
    this.subscriptions = subscriptions;
    this.presence = presence;
    this.clock = clock;
    this.meters = meters;
  }

  /** Authenticates a connection with the token of its upgrade request. */
  public void authenticate(Connection connection, String token, String queue) {
    authenticate(connection, new ClientFrame.Auth(null, token, queue, null));
  }

  /** The same for a device of the user. */
  public void authenticate(Connection connection, String token, String queue, String device) {
    authenticate(connection, new ClientFrame.Auth(null, token, queue, device));
  }

  /** Goes on with the session of a resume token that came with the upgrade request. */
  public void resume(Connection connection, String token) {
    admittance.resume(connection, new ClientFrame.Reconnect(null, token, Map.of()));
  }

  void authenticate(Connection connection, ClientFrame.Auth frame) {
    if (!(connection.state() instanceof Anonymous anonymous)) {
      connection.error(frame.id(), Failure.of(ErrorReason.ALREADY_AUTHENTICATED), null, null);
      return;
    }
    if (frame.queue() != null && !QUEUE.matcher(frame.queue()).matches()) {
      connection.send(new ServerFrame.AuthError(frame.id(), Failure.of(ErrorReason.UNKNOWN_QUEUE)));
      return;
    }
    // The one name that most ask for is held once.
    String queue = frame.queue() == null || frame.queue().equals(DEFAULT) ? DEFAULT : frame.queue();
    Admittance.Wish wish = new Admittance.Wish(frame.id(), queue, frame.device() == null ? DEFAULT : frame.device());
    connection.transition(anonymous.toVerifying());
    connection.transport().pause();
    verifier.verify(frame.token()).map(Identity::of).onComplete((identity, refused) -> {
      if (connection.state() instanceof Verifying verifying) {
        if (refused == null) {
          admittance.join(connection, verifying, identity, wish);
        } else {
          refuse(connection, verifying, frame.id(), asFailure(connection, refused));
          connection.transport().resume();
        }
      }
    });
  }

  private long noticeAtMs(Identity identity) {
    return Deadlines.noticeAtMs(identity.expiresAtMs(), clock.epochMs().getAsLong());
  }

  private void refuse(Connection connection, Verifying state, String id, Failure failure) {
    // What is wrong with us is not held against the client.
    Anonymous anonymous = failure.reason().temporary() ? state.toUndecided() : state.toRefused();
    connection.transition(anonymous);
    meters.authFailed(failure.reason());
    LOG.info(LogEvent.AUTH_FAILED, connection.id()).with(LogKey.REASON, failure.reason().slug())
        .with(LogKey.REMOTE, connection.remote()).write();
    connection.send(new ServerFrame.AuthError(id, failure));
    if (anonymous.failures() >= MAX_FAILURES) {
      connection.close(CloseReason.NOT_AUTHENTICATED);
    }
  }

  void refresh(Connection connection, ClientFrame.Refresh frame) {
    if (!(connection.state() instanceof Known)) {
      connection.error(frame.id(), Failure.of(ErrorReason.NOT_AUTHENTICATED), null, null);
      return;
    }
    connection.transport().pause();
    verifier.verify(frame.token()).map(Identity::of).onComplete((identity, refused) -> {
      if (connection.state() instanceof Known state) {
        if (refused != null) {
          connection.error(frame.id(), asFailure(connection, refused), null, null);
        } else if (!identity.claims().userId().equals(state.userId())) {
          connection.error(frame.id(), Failure.of(ErrorReason.TOKEN_OTHER_USER), null, null);
        } else {
          renew(connection, state, frame.id(), identity);
        }
      }
      connection.transport().resume();
    });
  }

  private void renew(Connection connection, Known before, String id, Identity identity) {
    if (before.session() != null) {
      before.session().lastChance = false;
      // The claims of the new token may be longer.
      before.session().stateBytes = 0;
    }
    if (before instanceof Waiting waiting) {
      connection.transition(waiting.toRefreshed(identity, noticeAtMs(identity)));
      if (waiting.away()) {
        keeper.away(connection, waiting.session(), false);
      }
      connection.send(new ServerFrame.Refreshed(id, identity.expiresAtMs()));
    } else if (before instanceof Authenticated state) {
      connection.transition(state.toRefreshed(identity, noticeAtMs(identity)));
      connection.send(new ServerFrame.Refreshed(id, identity.expiresAtMs()));
      presence.renewed(connection, identity.claims());
      for (TopicPattern gone : subscriptions.removeForbidden(connection, state.identity().principal(), identity.principal())) {
        connection.send(new ServerFrame.Unsubscribed(null, gone.text()));
      }
    }
    keeper.changed(connection);
    connection.lookAgain();
  }

  private static Failure asFailure(Connection connection, Throwable refused) {
    if (refused instanceof Failure failure) {
      return failure;
    }
    LOG.error(LogEvent.INTERNAL_ERROR, connection.id()).cause(refused).write();
    return Failure.of(ErrorReason.INTERNAL);
  }
}
