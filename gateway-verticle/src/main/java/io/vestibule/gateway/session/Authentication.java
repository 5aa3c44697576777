package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.limit.Gcra;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.ConnectionState.Anonymous;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Verifying;
import io.vestibule.gateway.topic.Principal;
import io.vestibule.gateway.topic.TopicPattern;

/**
 * Who is it: {@code auth} and {@code refresh}. Verification may take its time (slow algorithms are done elsewhere), so the socket is not read meanwhile: what the
 * client sent behind its {@code auth} is answered as if it had waited.
 */
public final class Authentication {
  /** A connection that was refused so often is closed. */
  private static final int MAX_FAILURES = 5;

  private static final String DEFAULT_QUEUE = "default";
  private static final String QUOTA_POLICY = "connection-messages";
  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final long MICROS_OF_A_SECOND = 1_000_000;
  private static final EventLog LOG = EventLog.of(Authentication.class);

  private final TokenVerifier verifier;
  private final Subscriptions subscriptions;
  private final ConnectionSettings settings;
  private final LoopClock clock;
  private final GatewayMeters meters;

  public Authentication(TokenVerifier verifier, Subscriptions subscriptions, ConnectionSettings settings, LoopClock clock,
      GatewayMeters meters) {
    this.verifier = verifier;
    this.subscriptions = subscriptions;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Authenticates a connection with the token of an {@code auth} frame or of its upgrade request.
   *
   * @param id the frame's id as JSON text, or null
   * @param queue the queue that was asked for, or null
   */
  public void authenticate(Connection connection, String id, String token, String queue) {
    if (!(connection.state() instanceof Anonymous anonymous)) {
      connection.error(id, Failure.of(ErrorReason.ALREADY_AUTHENTICATED), null, null);
      return;
    }
    if (queue != null && !queue.equals(DEFAULT_QUEUE)) {
      connection.error(id, Failure.of(ErrorReason.UNKNOWN_QUEUE), null, null);
      return;
    }
    connection.transition(anonymous.toVerifying());
    connection.transport().pause();
    verifier.verify(token).map(Identity::of).onComplete((identity, refused) -> {
      if (connection.state() instanceof Verifying verifying) {
        if (refused == null) {
          admit(connection, verifying, id, identity);
        } else {
          refuse(connection, verifying, id, asFailure(connection, refused));
        }
        connection.transport().resume();
      }
    });
  }

  private void admit(Connection connection, Verifying state, String id, Identity identity) {
    connection.transition(state.toAuthenticated(identity.claims, identity.principal, noticeAtMs(identity)));
    meters.authSucceeded();
    connection.send(new ServerFrame.AuthSuccess(id, identity.claims.userId(), connection.id(), "s-" + connection.id(),
        identity.claims.expiresAtMs(), settings.told(), quota(connection)));
    TopicPattern own = TopicPattern.parse(identity.principal.userTopic());
    subscriptions.subscribeForServer(connection, own);
    connection.send(new ServerFrame.Subscribed(null, own.text(), true, null));
    connection.lookAgain();
  }

  private long noticeAtMs(Identity identity) {
    return Deadlines.noticeAtMs(identity.claims.expiresAtMs(), clock.epochMs().getAsLong());
  }

  private void refuse(Connection connection, Verifying state, String id, Failure failure) {
    // What is wrong with us is not held against the client.
    Anonymous anonymous = failure.reason().temporary() ? state.toUndecided() : state.toAnonymous();
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
    if (!(connection.state() instanceof Authenticated)) {
      connection.error(frame.id(), Failure.of(ErrorReason.NOT_AUTHENTICATED), null, null);
      return;
    }
    connection.transport().pause();
    verifier.verify(frame.token()).map(Identity::of).onComplete((identity, refused) -> {
      if (connection.state() instanceof Authenticated state) {
        if (refused != null) {
          connection.error(frame.id(), asFailure(connection, refused), null, null);
        } else if (!identity.claims.userId().equals(state.claims().userId())) {
          connection.error(frame.id(), Failure.of(ErrorReason.TOKEN_OTHER_USER), null, null);
        } else {
          renew(connection, state, frame.id(), identity);
        }
      }
      connection.transport().resume();
    });
  }

  private void renew(Connection connection, Authenticated state, String id, Identity identity) {
    connection.transition(state.toRefreshed(identity.claims, identity.principal, noticeAtMs(identity)));
    connection.send(new ServerFrame.Refreshed(id, identity.claims.expiresAtMs()));
    for (TopicPattern gone : subscriptions.removeForbidden(connection, state.principal(), identity.principal)) {
      connection.send(new ServerFrame.Unsubscribed(null, gone.text()));
    }
    connection.lookAgain();
  }

  private static Failure asFailure(Connection connection, Throwable refused) {
    if (refused instanceof Failure failure) {
      return failure;
    }
    LOG.error(LogEvent.INTERNAL_ERROR, connection.id()).cause(refused).write();
    return Failure.of(ErrorReason.INTERNAL);
  }

  private ServerFrame.Quota quota(Connection connection) {
    Gcra limit = settings.messages();
    long epochMs = clock.epochMs().getAsLong();
    if (limit == null) {
      return new ServerFrame.Quota(0, 0, epochMs / 1_000, 0, QUOTA_POLICY);
    }
    long nowUs = clock.monotonicMs().getAsLong() * MICROS_OF_A_MILLI;
    long fullUs = epochMs * MICROS_OF_A_MILLI + limit.fullInUs(connection.quotaTatUs, nowUs);
    return new ServerFrame.Quota(limit.burst(), limit.remaining(connection.quotaTatUs, nowUs),
        (fullUs + MICROS_OF_A_SECOND - 1) / MICROS_OF_A_SECOND, limit.windowSeconds(), QUOTA_POLICY);
  }

  /** A verified token and what it makes of its holder; capability patterns that are none are found out here. */
  private record Identity(Claims claims, Principal principal) {
    static Identity of(Claims claims) {
      return new Identity(claims, Principal.of(claims));
    }
  }
}
