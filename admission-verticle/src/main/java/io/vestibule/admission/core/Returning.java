package io.vestibule.admission.core;

import io.vestibule.admission.core.Counters.Count;
import io.vestibule.admission.core.QueueEvent.Seat;
import io.vestibule.admission.core.QueueEvent.SeatAnswered;
import io.vestibule.admission.core.Stages.Cause;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.AdmissionCommand.Resume;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.error.ErrorReason;
import java.util.function.Consumer;

/** Somebody comes with a token whose signature is good. */
final class Returning {
  /** So many failed attempts end a session. */
  static final int ATTEMPTS = 5;
  private static final long FIRST_DELAY_MS = 1_000;
  private static final long LONGEST_DELAY_MS = 30_000;
  private static final String POLL = "";

  private final QueueState state;
  private final Stages stages;
  private final Standings standings;
  private final Admissions admissions;

  Returning(QueueState state, Stages stages, Standings standings, Admissions admissions) {
    this.state = state;
    this.stages = stages;
    this.standings = standings;
    this.admissions = admissions;
  }

  void resume(long ref, Resume resume) {
    Session session = find(resume.claim());
    if (session != null && session.attempt.equals(resume.attempt())) {
      stages.attachAgain(session, resume.holder());
      admissions.ask(ref, session, true);
      return;
    }
    // A token that opens nothing may be in anybody's hands: it takes nothing from the user's own attempts.
    Quota quota = state.quota.quota(resume.claim().user(), state.nowMs);
    if (session == null && !isLost(resume.claim())) {
      fail(ref, new Refused(whyNot(resume.claim()), 0, 0, 0, quota));
      return;
    }
    if (session != null && !session.accepts(resume.claim().generation())) {
      used(ref, session, quota);
      return;
    }
    UserQuota.Verdict verdict = state.quota.attempt(resume.claim().user(), state.nowMs);
    if (!verdict.ok()) {
      fail(ref, new Refused(ErrorReason.TOO_MANY_JOINS, verdict.retryAfterMs(), 0, 0, verdict.quota()));
      return;
    }
    if (session == null) {
      lost(ref, resume.claim(), resume.attempt(), verdict, found -> resume(ref, found, resume, verdict));
    } else {
      resume(ref, session, resume, verdict);
    }
  }

  private void resume(long ref, Session session, Resume resume, UserQuota.Verdict verdict) {
    if (!session.accepts(resume.claim().generation())) {
      used(ref, session, verdict.quota());
    } else {
      takeOver(session, resume);
      admissions.ask(ref, session, true);
    }
  }

  /** A reply that was never read is given again, with the same generation: the token that is used stays good until the newest is confirmed, however many replies get lost. */
  private void takeOver(Session session, Resume resume) {
    long claimed = resume.claim().generation();
    if (claimed >= session.generation) {
      session.generation = claimed + 1;
    }
    session.confirmed = false;
    session.attempt = resume.attempt();
    session.failures = 0;
    session.notBeforeMs = 0;
    dismiss(session, resume.holder());
    stages.attach(session, resume.holder());
    state.count(Count.RESUMED);
  }

  private void dismiss(Session session, Holder next) {
    if (session.isOnSocket() && !session.holder.equals(next)) {
      state.tell(session.holder, new AdmissionNotice.Ended(state.rules.name(), session.holder.connection(), End.TAKEN_OVER));
      state.count(Count.TAKEN_OVER);
    }
  }

  /** An old token. A good one passes at any time; old ones are counted and slowed down. */
  private void used(long ref, Session session, Quota quota) {
    if (state.nowMs < session.notBeforeMs) {
      fail(ref, new Refused(ErrorReason.TOO_SOON, session.notBeforeMs - state.nowMs, session.failures, ATTEMPTS - session.failures, quota));
      return;
    }
    session.failures++;
    long delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS << session.failures - 1);
    session.notBeforeMs = state.nowMs + delay;
    state.changed(session.place);
    if (session.failures < ATTEMPTS) {
      fail(ref, new Refused(ErrorReason.RESUME_USED, delay, session.failures, ATTEMPTS - session.failures, quota));
    } else {
      fail(ref, new Refused(ErrorReason.TOO_MANY_ATTEMPTS, 0, session.failures, 0, quota));
      stages.end(session, Cause.ATTEMPTS);
    }
  }

  private void fail(long ref, Refused refused) {
    state.counters.resumeFailed(refused.reason().slug());
    state.answer(ref, refused);
  }

  void poll(long ref, String gateway, Poll poll) {
    Session session = find(poll.claim());
    if (session == null) {
      var free = new UserQuota.Verdict(true, 0, state.quota.quota(poll.claim().user(), state.nowMs));
      lost(ref, poll.claim(), POLL, free, found -> poll(ref, gateway, found, poll));
    } else {
      poll(ref, gateway, session, poll);
    }
  }

  private void poll(long ref, String gateway, Session session, Poll poll) {
    if (!session.accepts(poll.claim().generation())) {
      state.refuse(ref, ErrorReason.RESUME_USED, 0, state.quota.quota(poll.claim().user(), state.nowMs));
    } else if (session.isOnSocket()) {
      state.answer(ref, admissions.standing(session));
    } else {
      if (!session.place.stage().holdsSlot() && (!session.isAtHttp() || session.barred)) {
        stages.attach(session, new Holder(gateway, null));
      }
      admissions.ask(ref, session, false);
    }
  }

  /** A session that nobody knows is put back, if it was lost and its user may have one more: also tokens of sessions that ended come here after a failover. */
  private void lost(long ref, SessionClaim claim, String attempt, UserQuota.Verdict verdict, Consumer<Session> then) {
    int most = state.rules.maxConnectionsPerUser();
    Place place = state.byUser.get(claim.user());
    if (!isLost(claim)) {
      refuse(ref, attempt, whyNot(claim), verdict);
    } else if (state.rules.manyQueues()) {
      state.seats.ask(new Seats.Asking(ref, claim.user(), attempt, most, false, verdict, (asking, answer) -> seatAnswered(asking, claim, answer, then)));
    } else if (most > 0 && place != null && place.sessions.size() >= most) {
      refuse(ref, attempt, ErrorReason.TOO_MANY_USER_CONNECTIONS, verdict);
    } else {
      then.accept(putBack(claim));
    }
  }

  private void seatAnswered(Seats.Asking asking, SessionClaim claim, SeatAnswered answer, Consumer<Session> then) {
    Session found = find(claim);
    if (found != null) {
      then.accept(found);
    } else if (!isLost(claim)) {
      refuse(asking.ref(), asking.attempt(), whyNot(claim), asking.verdict());
    } else if (answer.seat() == Seat.UNKNOWN) {
      refuse(asking.ref(), asking.attempt(), ErrorReason.ADMISSION_UNAVAILABLE, asking.verdict());
    } else if (answer.seat() == Seat.REFUSED) {
      refuse(asking.ref(), asking.attempt(), ErrorReason.TOO_MANY_USER_CONNECTIONS, asking.verdict());
    } else if (state.seats.held(claim.user()) >= state.seats.granted(claim.user())) {
      state.seats.askAgain(asking);
    } else {
      then.accept(putBack(claim));
    }
  }

  /** A question how it stands is no attempt to come back. */
  private void refuse(long ref, String attempt, ErrorReason reason, UserQuota.Verdict verdict) {
    Refused refused = new Refused(reason, reason.temporary() ? FIRST_DELAY_MS : 0, 0, 0, verdict.quota());
    if (attempt.equals(POLL)) {
      state.answer(ref, refused);
    } else {
      fail(ref, refused);
    }
  }

  /** The session, or null if nobody here knows it. */
  Session find(SessionClaim claim) {
    Place place = state.places.get(claim.session().place());
    return place == null || !place.user.equals(claim.user()) ? null : place.session(claim.session());
  }

  /** Why a session is not to be had. */
  ErrorReason whyNot(SessionClaim claim) {
    ErrorReason session = state.ended.reason(claim.session().id());
    ErrorReason place = state.ended.reason(claim.session().place());
    return place != null ? place : session != null ? session : ErrorReason.RESUME_EXPIRED;
  }

  /** What a socket is told whose session is not to be had. */
  End howEnded(SessionClaim claim) {
    End place = state.ended.end(claim.session().place());
    End session = state.ended.end(claim.session().id());
    return place != null ? place : session != null ? session : End.LOST;
  }

  /**
   * Puts a session back that was lost with every copy of it, where its token says; null if it was not lost but ended. What this coordinator made it would know, and of what came before it
   * somebody has to ask within the time for which a session is kept.
   */
  Session putBack(SessionClaim claim) {
    if (!isLost(claim)) {
      return null;
    }
    String id = claim.session().place();
    Place place = state.byUser.get(claim.user());
    if (place == null) {
      place = new Place(id, claim.user(), claim.userClass(), claim.joinedAtMs(), Place.number(id), new PlaceStage.Waiting(0));
      place.putBack = true;
      stages.enter(place);
      standings.stoodUp(place, Rise.RETURNED);
      state.count(Count.PUT_BACK);
    }
    Session session = place.add(claim.session().number(), "default", claim.generation());
    session.attempt = "";
    session.untilMs = state.nowMs + state.rules.sessionTtlMs();
    state.changed(place);
    return session;
  }

  /** Whether a session that is not here is one that {@link #putBack} would put back. */
  boolean isLost(SessionClaim claim) {
    String id = claim.session().place();
    if (Place.number(id) == 0 || isAnothers(id, claim.user()) || Place.term(id) >= state.term || state.nowMs >= state.startedAtMs + state.rules.sessionTtlMs()
        || state.ended.reason(id) != null || state.ended.reason(claim.session().id()) != null) {
      return false;
    }
    Place place = state.byUser.get(claim.user());
    return place == null || place.id.equals(id) && (place.putBack || claim.session().number() >= place.nextNumber);
  }

  private boolean isAnothers(String id, String user) {
    Place place = state.places.get(id);
    return place != null && !place.user.equals(user);
  }
}
