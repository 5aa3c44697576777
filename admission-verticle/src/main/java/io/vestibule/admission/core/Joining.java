package io.vestibule.admission.core;

import io.vestibule.admission.core.Counters.Count;
import io.vestibule.admission.core.QueueEvent.Seat;
import io.vestibule.admission.core.QueueEvent.SeatAnswered;
import io.vestibule.admission.core.Stages.Cause;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.ErrorReason;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Somebody wants in: finds the place of the user or makes one, and adds a session. */
final class Joining {
  private static final long RETRY_AFTER_MS = 1_000;

  private final QueueState state;
  private final Stages stages;
  private final Standings standings;
  private final Admissions admissions;

  Joining(QueueState state, Stages stages, Standings standings, Admissions admissions) {
    this.state = state;
    this.stages = stages;
    this.standings = standings;
    this.admissions = admissions;
  }

  void join(long ref, Join join) {
    Place place = state.byUser.get(join.user());
    Session known = place == null ? null : known(place, join);
    if (known != null && isRepeated(known, join)) {
      again(ref, known, join);
      return;
    }
    if (state.seats.isAsking(join.user(), join.attempt())) {
      seat(ref, join, new UserQuota.Verdict(true, 0, state.quota.quota(join.user(), state.nowMs)));
      return;
    }
    UserQuota.Verdict verdict = state.quota.attempt(join.user(), state.nowMs);
    if (!verdict.ok()) {
      refuse(ref, ErrorReason.TOO_MANY_JOINS, verdict);
    } else if (known != null) {
      again(ref, known, join);
    } else if (place == null && isLineFull()) {
      refuse(ref, ErrorReason.LINE_FULL, verdict);
    } else if (state.rules.manyQueues()) {
      seat(ref, join, verdict);
    } else if (place != null && !isPermitted(place, join)) {
      refuse(ref, ErrorReason.TOO_MANY_USER_CONNECTIONS, verdict);
    } else {
      comeIn(ref, place, join);
    }
  }

  private void seat(long ref, Join join, UserQuota.Verdict verdict) {
    state.seats.ask(new Seats.Asking(ref, join.user(), join.attempt(), most(join), true, verdict, (asking, answer) -> seatAnswered(asking, join, answer)));
  }

  /** The count of all queues has spoken. The queue may have changed since it was asked. */
  private void seatAnswered(Seats.Asking asking, Join join, SeatAnswered answer) {
    Place place = state.byUser.get(join.user());
    Session known = place == null ? null : known(place, join);
    Session instead = answer.instead() == null || place == null ? null : place.session(answer.instead());
    if (known != null) {
      again(asking.ref(), known, join);
    } else if (place == null && isLineFull()) {
      refuse(asking.ref(), ErrorReason.LINE_FULL, asking.verdict());
    } else if (answer.seat() == Seat.UNKNOWN) {
      state.count(Count.REFUSED);
      state.refuse(asking.ref(), ErrorReason.ADMISSION_UNAVAILABLE, RETRY_AFTER_MS, asking.verdict().quota());
    } else if (instead != null && (instead.holder == null || state.rules.replaceOldest())) {
      admissions.ask(asking.ref(), addInsteadOf(place, instead, join), false);
    } else if (answer.seat() == Seat.REFUSED && answer.instead() == null) {
      refuse(asking.ref(), ErrorReason.TOO_MANY_USER_CONNECTIONS, asking.verdict());
    } else if (answer.seat() == Seat.REFUSED || needed(place, join) > state.seats.granted(join.user())) {
      state.seats.askAgain(asking);
    } else {
      comeIn(asking.ref(), place, join);
    }
  }

  /** So many sessions of the user count when this one is in. */
  private int needed(Place place, Join join) {
    return state.seats.held(join.user()) + (place != null && place.oldest(false) != null ? 0 : 1);
  }

  private void comeIn(long ref, Place place, Join join) {
    admissions.ask(ref, place == null ? enter(join) : add(place, join), false);
  }

  /** The gateway asks again what was not answered: that is no new attempt of the user. */
  private static boolean isRepeated(Session known, Join join) {
    return join.holder().isSocket() || known.attempt.equals(join.attempt());
  }

  private void again(long ref, Session known, Join join) {
    // Another token may have been shown; what a socket has saved since is more than that.
    if (known.version == 0 && !Objects.equals(known.state, stateOf(join))) {
      known.state = stateOf(join);
      state.changed(known.place);
    }
    stages.attachAgain(known, join.holder());
    admissions.ask(ref, known, false);
  }

  private void refuse(long ref, ErrorReason reason, UserQuota.Verdict verdict) {
    state.count(Count.REFUSED);
    state.refuse(ref, reason, verdict.retryAfterMs(), verdict.quota());
  }

  /** The session that this call made already, or that lives on its socket; over HTTP a user has one, so joining again changes nothing. */
  private static Session known(Place place, Join join) {
    for (Session session : place.sessions) {
      if (session.attempt.equals(join.attempt()) || join.holder().isSocket() && join.holder().equals(session.holder)
          || !join.holder().isSocket() && session.isAtHttp()) {
        return session;
      }
    }
    return null;
  }

  private boolean isLineFull() {
    boolean atOnce = state.admits() && state.slots.hasRoom() && state.line.size() == 0;
    return !atOnce && state.line.size() + state.line.away() >= state.rules.maxWaiting();
  }

  /** Whether the user may have one more connection, if need be in place of the oldest. Who waits over HTTP counts as the connection that it is going to open. */
  private boolean isPermitted(Place place, Join join) {
    return state.rules.replaceOldest() || most(join) == 0 || place.liveSessions() < most(join);
  }

  private int most(Join join) {
    return join.maxConnections() >= 0 ? join.maxConnections() : state.rules.maxConnectionsPerUser();
  }

  private Session enter(Join join) {
    long joinedAt = Math.max(state.nowMs, state.lastJoinedAtMs);
    long order = state.lastOrder + 1;
    Place place = new Place(SessionRef.place(state.rules.name(), state.term, order), join.user(), join.userClass(), joinedAt, order, new PlaceStage.Waiting(0));
    Session session = newSession(place, join);
    stages.enter(place);
    stages.attach(session, join.holder());
    standings.stoodUp(place, credit(join.userClass()) > 0 ? Rise.PRIORITY : null);
    state.estimator.joined(credit(join.userClass()));
    state.count(Count.JOINED);
    return session;
  }

  private long credit(String userClass) {
    return userClass == null ? 0 : state.rules.credits().getOrDefault(userClass, 0L);
  }

  /** Another session of a place that is there; the oldest that nobody came back to makes room for it, and leaves it its slot. */
  private Session add(Place place, Join join) {
    Session left = place.oldest(false);
    Session session = newSession(place, join);
    stages.attach(session, join.holder());
    if (left != null) {
      stages.end(left, Cause.REPLACED);
    }
    while (!state.rules.manyQueues() && most(join) > 0 && place.liveSessions() > most(join)) {
      stages.end(place.oldest(true), Cause.REPLACED);
    }
    state.count(Count.JOINED_AGAIN);
    return session;
  }

  /** Another session of a place that is there, and room is made for it by one. */
  private Session addInsteadOf(Place place, Session old, Join join) {
    Session session = newSession(place, join);
    stages.attach(session, join.holder());
    stages.end(old, Cause.REPLACED);
    state.count(Count.JOINED_AGAIN);
    return session;
  }

  private Session newSession(Place place, Join join) {
    Session session = place.add(join.device(), Session.firstGeneration(state.term));
    session.attempt = join.attempt();
    session.state = stateOf(join);
    return session;
  }

  /** What is too large is not remembered; gateways look at that themselves, so this one is configured differently. */
  private String stateOf(Join join) {
    return join.state() != null && join.state().getBytes(StandardCharsets.UTF_8).length <= state.rules.maxSessionState() ? join.state() : null;
  }
}
