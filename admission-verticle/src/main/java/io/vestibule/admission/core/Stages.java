package io.vestibule.admission.core;

import io.vestibule.admission.core.Counters.Count;
import io.vestibule.admission.core.Place.Asker;
import io.vestibule.admission.core.PlaceStage.Admitted;
import io.vestibule.admission.core.PlaceStage.Connected;
import io.vestibule.admission.core.PlaceStage.Grace;
import io.vestibule.admission.core.PlaceStage.Released;
import io.vestibule.admission.core.PlaceStage.Waiting;
import io.vestibule.contract.admission.AdmissionAnswer.Rise;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.error.ErrorReason;
import java.util.List;
import java.util.Locale;

/** The lives of places and sessions: who comes, goes and ends, and what stage follows from who is there. */
final class Stages {
  private final QueueState state;
  private final Standings standings;
  private final int[] places = new int[PlaceRecord.Stage.values().length];

  Stages(QueueState state, Standings standings) {
    this.state = state;
    this.standings = standings;
  }

  /** Why something ends. */
  enum Cause {
    LEFT(Count.LEFT, End.LEFT, End.LEFT, ErrorReason.RESUME_EXPIRED),
    ABANDONED(Count.ABANDONED, End.EXPIRED, End.LOST, ErrorReason.RESUME_EXPIRED),
    CLAIM_EXPIRED(Count.CLAIM_EXPIRED, End.EXPIRED, End.LOST, ErrorReason.RESUME_EXPIRED),
    EXPIRED(Count.SESSION_EXPIRED, End.EXPIRED, End.LOST, ErrorReason.RESUME_EXPIRED),
    REPLACED(Count.REPLACED, End.REPLACED, End.REPLACED, ErrorReason.RESUME_EXPIRED),
    REVOKED(Count.REVOKED, End.REVOKED, End.REVOKED, ErrorReason.RESUME_REVOKED),
    ATTEMPTS(Count.REVOKED, End.REVOKED, End.REVOKED, ErrorReason.TOO_MANY_ATTEMPTS);

    private final Count count;
    private final End end;
    private final End later;
    private final ErrorReason reason;

    /**
     * A cause.
     *
     * @param end what its socket is told: what time ends has one only where its token had expired, since everybody else who is there is waited for without end
     * @param later what a socket is told that turns up when all is over
     * @param reason what a token is answered with
     */
    Cause(Count count, End end, End later, ErrorReason reason) {
      this.count = count;
      this.end = end;
      this.later = later;
      this.reason = reason;
    }

    /** Whoever shows its user because it may come back knows by himself that the time is over. */
    private boolean isTime() {
      return later == End.LOST;
    }
  }

  /** Places in a stage. */
  int count(PlaceRecord.Stage stage) {
    return places[stage.ordinal()];
  }

  /** Enters a place that is new here; nothing is stored for that. */
  void enter(Place place) {
    state.add(place);
    places[place.stage().stored().ordinal()]++;
    if (place.stage() instanceof Waiting waiting) {
      state.enterLine(place);
      state.line.setAway(place.ticket, waiting.isAway());
    }
  }

  private void become(Place place, PlaceStage next) {
    places[place.stage().stored().ordinal()]--;
    places[next.stored().ordinal()]++;
    place.become(next);
    state.changed(place);
    if (next instanceof Connected) {
      limitHttp(place);
      comeIn(place);
    }
  }

  /** Who is there and may be in is in from now on, if it was not before. */
  private void comeIn(Place place) {
    for (Session session : place.sessions) {
      if (session.isReady() && session.enteredAtMs == 0) {
        session.enteredAtMs = state.nowMs;
      }
    }
  }

  /** Who waited over HTTP beside a socket of the same user has to open one of its own in time. */
  private void limitHttp(Place place) {
    for (Session session : place.sessions) {
      if (session.isAtHttp() && session.untilMs == 0) {
        session.untilMs = state.nowMs + state.rules.claimMs();
      }
    }
  }

  /** A session has a holder from now on. */
  void attach(Session session, Holder holder) {
    if (!holder.equals(session.holder)) {
      Session before = state.sockets.find(holder);
      if (before != null) {
        detach(before, false);
      }
      state.sockets.remove(session);
      if (session.isOnSocket()) {
        session.before = session.holder;
      } else {
        unawait(session, holder, true);
      }
      session.holder = holder;
      state.sockets.put(session);
    }
    session.untilMs = 0;
    session.changedAtMs = state.nowMs;
    session.barred = false;
    session.told = false;
    session.pollByMs = state.nowMs + state.rules.awayMs();
    if (session.isAtHttp() && session.place.stage().holdsSlot()) {
      session.untilMs = state.nowMs + state.rules.claimMs();
    }
    state.changed(session.place);
    weigh(session.place, false);
    if (session.place.stage() instanceof Connected) {
      comeIn(session.place);
    }
  }

  /** A call is repeated whose session was taken for gone meanwhile, or is not to be let in: whoever repeats it is there and may. */
  void attachAgain(Session session, Holder holder) {
    if (session.holder == null) {
      attach(session, holder);
    } else if (session.barred) {
      attach(session, session.holder);
    }
  }

  /**
   * The holder of a session is gone.
   *
   * @param untold whether it went before it heard that it is in
   */
  void detach(Session session, boolean untold) {
    Place place = session.place;
    state.sockets.remove(session);
    session.before = session.isOnSocket() ? session.holder : session.before;
    session.holder = null;
    session.told = false;
    session.barred = false;
    session.changedAtMs = state.nowMs;
    session.untilMs = state.nowMs + (place.isWaiting() ? Math.max(state.rules.awayMs(), state.rules.sessionTtlMs()) : state.rules.sessionTtlMs());
    state.count(Count.DETACHED);
    state.changed(place);
    weigh(place, untold);
  }

  /** A socket is there and must not be in: it is passed over in the line, and a slot that it was given meanwhile is kept for it as if it had dropped. It is not waited for without end. */
  void bar(Session session) {
    session.barred = true;
    session.told = false;
    if (!session.place.isWaiting()) {
      session.untilMs = state.nowMs + state.rules.sessionTtlMs();
      state.changed(session.place);
    }
    weigh(session.place, false);
  }

  /** It may be in again. */
  void unbar(Session session) {
    session.barred = false;
    session.untilMs = 0;
    state.changed(session.place);
    weigh(session.place, false);
  }

  /** The stage follows from who is there. */
  void weigh(Place place, boolean untold) {
    PlaceStage stage = place.stage();
    if (stage instanceof Waiting waiting) {
      weighWaiting(place, waiting);
    } else if (stage instanceof Admitted admitted && place.hasReadySocket()) {
      state.count(Count.CLAIMED);
      become(place, admitted.toConnected());
    } else if (stage instanceof Grace grace && place.hasReadySocket()) {
      become(place, grace.toConnected());
    } else if (stage instanceof Connected connected && !place.hasReadySocket()) {
      become(place, place.pending || untold
          ? connected.toAdmitted(state.nowMs + state.rules.claimMs()) : connected.toGrace(state.nowMs + state.rules.slotGraceMs()));
    } else if (stage instanceof Released released && place.isPresent()) {
      become(place, released.toWaiting());
      line(place);
      state.count(Count.REQUEUED);
    }
  }

  private void weighWaiting(Place place, Waiting waiting) {
    boolean present = place.isPresent();
    if (present && waiting.isAway()) {
      become(place, waiting.toBack());
      state.line.setAway(place.ticket, false);
      standings.stoodUp(place, Rise.RETURNED);
      state.count(Count.RETURNED);
    } else if (!present && !waiting.isAway()) {
      become(place, waiting.toAway(state.nowMs + state.rules.awayMs()));
      state.line.setAway(place.ticket, true);
      place.toldEstimate = null;
      state.count(Count.AWAY);
    }
  }

  private void line(Place place) {
    place.sessions.stream().filter(Session::isAtHttp).forEach(session -> session.untilMs = 0);
    state.enterLine(place);
    standings.stoodUp(place, Rise.RETURNED);
  }

  /** A waiter is promised a slot. */
  void promise(Place place) {
    Waiting waiting = (Waiting) place.stage();
    state.leaveLine(place);
    become(place, place.hasReadySocket() ? waiting.toConnected() : waiting.toAdmitted(state.nowMs + state.rules.claimMs()));
    state.slots.take(place, state.slotWrites);
    standings.admitted(place);
    state.count(Count.ADMITTED);
  }

  /** A promise that was never said is taken back: the slot was another's. */
  void unpromise(Place place) {
    PlaceStage stage = place.stage();
    become(place, stage instanceof Admitted admitted ? admitted.toWaiting() : ((Connected) stage).toWaiting());
    line(place);
    weigh(place, false);
  }

  /** Ends one session; the place ends with its last. */
  void end(Session session, Cause cause) {
    Place place = session.place;
    remove(session, cause);
    if (place.sessions.isEmpty()) {
      end(place, cause);
    } else {
      state.count(cause.count);
      state.changed(place);
      weigh(place, false);
    }
  }

  /** Ends a place for good, with all its sessions. */
  void end(Place place, Cause cause) {
    // An operator is told of sessions; all other ends are ends of places.
    int ended = cause == Cause.REVOKED ? Math.max(1, place.sessions.size()) : 1;
    List.copyOf(place.sessions).forEach(session -> remove(session, cause));
    for (Asker asker : place.askers) {
      state.refuse(asker.ref(), cause.reason, 0, state.quota.quota(place.user, state.nowMs));
    }
    place.askers.clear();
    giveUpSlot(place);
    if (place.isWaiting()) {
      state.estimator.abandoned(state.line.rank(place.ticket));
      state.leaveLine(place);
    }
    places[place.stage().stored().ordinal()]--;
    state.remove(place);
    long until = state.nowMs + state.rules.sessionTtlMs();
    state.ended.put(place.id, cause.reason, cause.later, until, cause == Cause.REVOKED);
    if (cause == Cause.REVOKED) {
      state.tombstone(new PlaceRecord(place.id, place.user, place.userClass, PlaceRecord.Stage.REVOKED, place.joinedAtMs, place.order, until,
          Slots.NONE, List.of()));
    } else {
      state.drop(place.id);
    }
    state.counters.add(cause.count, ended);
  }

  private void remove(Session session, Cause cause) {
    if (session.enteredAtMs > 0) {
      long gone = session.holder == null && session.untilMs > 0 ? Math.min(state.nowMs, session.untilMs - state.rules.sessionTtlMs()) : state.nowMs;
      state.sessionEnded(cause.name().toLowerCase(Locale.ROOT), Math.max(0, gone - session.enteredAtMs));
    }
    // Also who left: it may have said so over HTTP, and its socket must not stay in without a slot.
    if (session.isOnSocket()) {
      state.tell(session.holder, new AdmissionNotice.Ended(state.rules.name(), session.holder.connection(), cause.end));
    }
    if (!cause.isTime()) {
      unawait(session, session.holder, cause == Cause.REPLACED);
    }
    state.sockets.remove(session);
    session.holder = null;
    session.place.sessions.remove(session);
    state.ended.put(session.ref().id(), cause.reason, cause.later, state.nowMs + state.rules.sessionTtlMs(), false);
  }

  /** Nobody comes back to the socket that a session had before the one that it has now, if any. Who never was in was seen by nobody. */
  private void unawait(Session session, Holder now, boolean goesOn) {
    if (session.before != null && !session.before.equals(now) && session.enteredAtMs > 0) {
      state.tell(session.before, new AdmissionNotice.Unawaited(state.rules.name(), session.before.connection(), goesOn));
    }
  }

  private void giveUpSlot(Place place) {
    if (place.stage().holdsSlot()) {
      state.slots.give(place, state.slotWrites);
      state.flow.released++;
    }
  }

  /** Ends what is over of a place. */
  void expire(Place place) {
    if (state.places.get(place.id) != place) {
      return;
    }
    long now = state.nowMs;
    PlaceStage stage = place.stage();
    boolean over = stage.untilMs() > 0 && stage.untilMs() <= now;
    if (over && stage instanceof Waiting) {
      end(place, Cause.ABANDONED);
      return;
    }
    if (over && stage instanceof Admitted) {
      end(place, Cause.CLAIM_EXPIRED);
      return;
    }
    if (over && stage instanceof Grace grace) {
      giveUpSlot(place);
      state.count(Count.GRACE_EXPIRED);
      become(place, grace.toReleased());
      weigh(place, false);
    }
    for (Session session : List.copyOf(place.sessions)) {
      if (session.untilMs > 0 && session.untilMs <= now) {
        end(session, Cause.EXPIRED);
      } else if (place.isWaiting() && session.isAtHttp() && !session.barred && session.pollByMs <= now) {
        session.barred = true;
        weigh(place, false);
      }
    }
    state.timers.arm(place);
  }
}
