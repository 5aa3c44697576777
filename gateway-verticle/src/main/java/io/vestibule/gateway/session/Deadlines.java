package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.frame.ServerFrame;
import io.vestibule.gateway.session.ConnectionState.Anonymous;
import io.vestibule.gateway.session.ConnectionState.Authenticated;
import io.vestibule.gateway.session.ConnectionState.Closed;
import io.vestibule.gateway.session.ConnectionState.Closing;
import io.vestibule.gateway.session.ConnectionState.Verifying;
import io.vestibule.gateway.session.ConnectionState.Waiting;

/** Everything about a connection that time brings: authentication limit, heartbeat, the token's end, the slow consumer, the goodbye. */
final class Deadlines {
  static final long NEVER = Long.MAX_VALUE;

  /** A token's end is told so long before. */
  private static final long EXPIRY_NOTICE_MS = 60_000;

  private final ConnectionSettings settings;
  private final ConnectionLoop loop;

  Deadlines(ConnectionSettings settings, ConnectionLoop loop) {
    this.settings = settings;
    this.loop = loop;
  }

  /** When a new connection is to be looked after first. */
  long first(Connection connection) {
    return Math.min(authDue(connection.openedAtMs()), connection.openedAtMs() + settings.heartbeatMs());
  }

  /** Does what is due and says when to look again; {@link #NEVER} when the connection is gone. */
  long due(Connection connection) {
    long now = loop.nowMs();
    ConnectionState state = connection.state();
    if (state instanceof Closed) {
      return NEVER;
    }
    if (state instanceof Closing closing) {
      if (now >= closing.killAtMs()) {
        connection.transport().kill();
        return now + settings.heartbeatMs();
      }
      return closing.killAtMs();
    }
    long next = Math.min(heartbeat(connection, now), outbound(connection, now));
    if (state instanceof Anonymous anonymous) {
      next = Math.min(next, authentication(connection, authDue(anonymous.sinceMs()), now));
    } else if (state instanceof Verifying verifying) {
      next = Math.min(next, authentication(connection, authDue(verifying.sinceMs()), now));
    } else if (state instanceof Waiting waiting) {
      next = Math.min(next, now + expiry(connection, waiting));
    } else if (state instanceof Authenticated authenticated) {
      next = Math.min(next, now + expiry(connection, authenticated));
    }
    return connection.state() instanceof Closing closing ? closing.killAtMs() : next;
  }

  private long authDue(long sinceMs) {
    return settings.authTimeoutMs() == 0 ? NEVER : sinceMs + settings.authTimeoutMs();
  }

  private static long authentication(Connection connection, long limit, long now) {
    if (now >= limit) {
      connection.close(CloseReason.NOT_AUTHENTICATED);
    }
    return limit;
  }

  private long heartbeat(Connection connection, long now) {
    if (!connection.transport().answersPings()) {
      return now + settings.heartbeatMs();
    }
    if (now - connection.seenAtMs >= settings.timeoutMs()) {
      connection.close(CloseReason.HEARTBEAT_TIMEOUT);
      return NEVER;
    }
    if (now - connection.pingedAtMs >= settings.heartbeatMs()) {
      connection.pingedAtMs = now;
      connection.transport().ping();
    }
    return Math.min(connection.pingedAtMs + settings.heartbeatMs(), connection.seenAtMs + settings.timeoutMs());
  }

  private long outbound(Connection connection, long now) {
    Outbound outbound = connection.outbound();
    if (outbound == null) {
      return NEVER;
    }
    if (outbound.stalled(connection.transport(), settings.stallMs(), now)) {
      connection.close(CloseReason.SLOW_CONSUMER);
      // Whoever reads nothing will not read a goodbye either.
      connection.transport().kill();
      return NEVER;
    }
    if (outbound.drained(connection, settings.outboundBytes())) {
      connection.outboundIsFree();
      return NEVER;
    }
    return now + (outbound.keepsBack() ? ConnectionLoop.TICK_MS : Outbound.LOOK_MS);
  }

  /** When to tell a client of the end of a token that it brings now: {@value #EXPIRY_NOTICE_MS} ms before, or after three quarters of what is left of a short life. */
  static long noticeAtMs(long expiresAtMs, long epochMs) {
    return expiresAtMs - Math.min(EXPIRY_NOTICE_MS, Math.max(0, expiresAtMs - epochMs) / 4);
  }

  /** Looks after the token's end and says in how many milliseconds to look again; heartbeats see to it that a jump of the world's clock is soon noticed. */
  private long expiry(Connection connection, Authenticated state) {
    long now = loop.epochMs();
    long endsAtMs = endOf(state.identity());
    if (now >= endsAtMs) {
      connection.close(CloseReason.TOKEN_EXPIRED);
      return 0;
    }
    if (now < state.noticeAtMs()) {
      return Math.min(state.noticeAtMs(), endsAtMs) - now;
    }
    connection.transition(state.toToldOfExpiry());
    connection.send(new ServerFrame.TokenExpiring(state.identity().expiresAtMs()));
    return endsAtMs - now;
  }

  /** The same for a waiter, which keeps its place but is passed over until it brings another token. */
  private long expiry(Connection connection, Waiting state) {
    if (state.identity() == null || state.away()) {
      return settings.heartbeatMs();
    }
    long now = loop.epochMs();
    long endsAtMs = endOf(state.identity());
    boolean ended = now >= endsAtMs;
    boolean toTell = now >= state.noticeAtMs();
    if (!ended && !toTell) {
      return Math.min(state.noticeAtMs(), endsAtMs) - now;
    }
    connection.transition(ended ? state.toAway(state.identity()) : state.toToldOfExpiry());
    if (toTell) {
      // Also somebody who comes back when it is over.
      connection.send(new ServerFrame.TokenExpiring(state.identity().expiresAtMs()));
    }
    if (ended) {
      loop.keeper().away(connection, state.session(), true);
    }
    return ended ? settings.heartbeatMs() : endsAtMs - now;
  }

  /** Who was let in after the end, because clocks differ, is not thrown out for the same difference. */
  private long endOf(Identity identity) {
    return identity.expiresAtMs() + settings.leewayMs();
  }
}
