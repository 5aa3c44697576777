package io.vestibule.gateway.session;

import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.topic.Principal;

/** Where a connection is in its life, and where it may go from there: each state has a method for each legal step and no other. */
sealed interface ConnectionState {

  /** What a connection that is alive can always become. */
  sealed interface Live extends ConnectionState {
    /** The server says goodbye and waits for the peer until then, in milliseconds of the loop's monotonic clock. */
    default Closing toClosing(CloseReason reason, long killAtMs) {
      return new Closing(reason, killAtMs);
    }
  }

  /**
   * Connected; nobody knows who it is.
   *
   * @param failures how many tokens were refused
   */
  record Anonymous(int failures) implements Live {
    Verifying toVerifying() {
      return new Verifying(failures);
    }
  }

  /** A token is being verified; frames that come meanwhile are held back. */
  record Verifying(int failures) implements Live {
    /** The token was refused. */
    Anonymous toAnonymous() {
      return new Anonymous(failures + 1);
    }

    /** Nobody could tell whether the token is good. */
    Anonymous toUndecided() {
      return new Anonymous(failures);
    }

    Authenticated toAuthenticated(Claims claims, Principal principal, long noticeAtMs) {
      return new Authenticated(claims, principal, noticeAtMs);
    }
  }

  /**
   * Authenticated.
   *
   * @param noticeAtMs when to send {@code token_expiring} for this token, Unix milliseconds; {@link #TOLD} when it was sent
   */
  record Authenticated(Claims claims, Principal principal, long noticeAtMs) implements Live {
    static final long TOLD = Long.MAX_VALUE;

    Authenticated toRefreshed(Claims newClaims, Principal newPrincipal, long newNoticeAtMs) {
      return new Authenticated(newClaims, newPrincipal, newNoticeAtMs);
    }

    Authenticated toToldOfExpiry() {
      return new Authenticated(claims, principal, TOLD);
    }
  }

  /** The server has said goodbye. */
  record Closing(CloseReason reason, long killAtMs) implements ConnectionState {}

  /** The socket is gone. */
  record Closed() implements ConnectionState {}
}
