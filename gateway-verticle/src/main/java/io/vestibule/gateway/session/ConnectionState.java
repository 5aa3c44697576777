package io.vestibule.gateway.session;

import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.error.CloseReason;
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

  /** Somebody whom we know: in the line, or in. */
  sealed interface Known extends Live {
    /** Who it is. */
    String userId();

    /** The session that this connection holds, or null where it was let in without one. */
    Session session();
  }

  /**
   * Connected; nobody knows who it is.
   *
   * @param failures how many tokens were refused
   * @param sinceMs from when its time to authenticate runs, in milliseconds of the loop's monotonic clock
   */
  record Anonymous(int failures, long sinceMs) implements Live {
    Verifying toVerifying() {
      return new Verifying(failures, sinceMs);
    }

    /** A resume token is verified on the spot. */
    Joining toJoining(Arrival arrival) {
      return new Joining(arrival, null, failures, sinceMs);
    }

    /** A resume token was none. */
    Anonymous toRefused() {
      return new Anonymous(failures + 1, sinceMs);
    }

    /** Nobody asks who it is. */
    Guest toGuest() {
      return new Guest();
    }
  }

  /** Hears what anybody may, and stays nobody: no time to authenticate runs, no slot is held, there is no session to come back to. */
  record Guest() implements Live {
    static final Principal NOBODY = Principal.anonymous();
  }

  /** A token is being verified; frames that come meanwhile are held back. */
  record Verifying(int failures, long sinceMs) implements Live {
    /** The token was refused. */
    Anonymous toRefused() {
      return new Anonymous(failures + 1, sinceMs);
    }

    /** Nobody could tell whether the token is good. */
    Anonymous toUndecided() {
      return new Anonymous(failures, sinceMs);
    }

    Joining toJoining(Arrival arrival) {
      return new Joining(arrival, null, failures, sinceMs);
    }
  }

  /**
   * The token is good and the coordinator of the queue is being asked; frames that come meanwhile are held back.
   *
   * @param admitted what the coordinator gave, where it is looked what somebody missed before it is told so; else null
   */
  record Joining(Arrival arrival, SessionClaim admitted, int failures, long sinceMs) implements Live {
    /** It is in, and will be told so in a moment. */
    Joining toAdmitted(SessionClaim claim) {
      return new Joining(arrival, claim, failures, sinceMs);
    }

    /** The coordinator said no, or nobody could be asked; the time to authenticate runs from this moment, because that was not the client's fault. */
    Anonymous toRefused(long newSinceMs) {
      return new Anonymous(failures, newSinceMs);
    }

    Waiting toWaiting(Session session, Identity identity, long noticeAtMs) {
      return new Waiting(session, identity, noticeAtMs, false, arrival.frameId());
    }

    Authenticated toAuthenticated(Session session, Identity identity, long noticeAtMs) {
      return new Authenticated(session, identity, noticeAtMs);
    }
  }

  /**
   * In the line.
   *
   * @param identity what its token says; null for somebody who came back with a resume token and of whose JWT nothing is remembered, until another is brought
   * @param noticeAtMs as in {@link Authenticated}
   * @param away whether it is passed over, because its token has expired
   * @param frameId what the final answer echoes, or null
   */
  record Waiting(Session session, Identity identity, long noticeAtMs, boolean away, String frameId) implements Known {
    @Override
    public String userId() {
      return session.claim().user();
    }

    Waiting toToldOfExpiry() {
      return new Waiting(session, identity, Authenticated.TOLD, away, frameId);
    }

    Waiting toAway(Identity known) {
      return new Waiting(session, known, Authenticated.TOLD, true, frameId);
    }

    Waiting toRefreshed(Identity newIdentity, long newNoticeAtMs) {
      return new Waiting(session, newIdentity, newNoticeAtMs, false, frameId);
    }

    Authenticated toAuthenticated(Identity known, long newNoticeAtMs) {
      return new Authenticated(session, known, newNoticeAtMs);
    }
  }

  /**
   * In.
   *
   * @param session null where there is none
   * @param noticeAtMs when to send {@code token_expiring} for this token, Unix milliseconds; {@link #TOLD} when it was sent
   */
  record Authenticated(Session session, Identity identity, long noticeAtMs) implements Known {
    static final long TOLD = Long.MAX_VALUE;

    @Override
    public String userId() {
      return identity.claims().userId();
    }

    Authenticated toRefreshed(Identity newIdentity, long newNoticeAtMs) {
      return new Authenticated(session, newIdentity, newNoticeAtMs);
    }

    Authenticated toToldOfExpiry() {
      return new Authenticated(session, identity, TOLD);
    }

    /** What admitted it was lost: it waits again. */
    Waiting toRequeued() {
      return new Waiting(session, identity, noticeAtMs, false, null);
    }
  }

  /** The server has said goodbye. */
  record Closing(CloseReason reason, long killAtMs) implements ConnectionState {}

  /** The socket is gone. */
  record Closed() implements ConnectionState {}
}
