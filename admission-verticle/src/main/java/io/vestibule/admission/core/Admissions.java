package io.vestibule.admission.core;

import io.vestibule.admission.core.Counters.Count;
import io.vestibule.admission.core.Place.Asker;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionAnswer.Standing;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionNotice.Promoted;
import io.vestibule.contract.admission.AdmissionNotice.Requeued;
import io.vestibule.contract.error.ErrorReason;

/** Lets people in, in their order, while there is room; and says so once it is stored. */
final class Admissions {
  private final QueueState state;
  private final Stages stages;
  private final Standings standings;

  Admissions(QueueState state, Stages stages, Standings standings) {
    this.state = state;
    this.stages = stages;
    this.standings = standings;
  }

  /** Promises slots to the first in line, as many as there is room and inflow for. */
  void run() {
    if (!state.admits()) {
      return;
    }
    while (state.slots.hasRoom()) {
      long first = state.line.first();
      if (first == Line.NONE) {
        return;
      }
      if (state.inflow.available(state.nowMs) <= 0) {
        state.flow.inflowBound = true;
        return;
      }
      state.inflow.take(state.nowMs, 1);
      state.flow.admitted++;
      Place place = state.byTicket.get(first);
      stages.promise(place);
      if (!place.pending) {
        announce(place);
      }
    }
  }

  /** The store gave a slot. */
  void taken(int slot, SlotHolder holder) {
    Place place = state.slots.taken(slot, holder, state.slotWrites);
    if (place != null) {
      announce(place);
    }
  }

  /** The store refused a slot. Who was to get it has not been told, and stands in line as before. */
  void refused(int slot, SlotHolder holder) {
    state.count(Count.SLOT_CONFLICTS);
    Place place = state.slots.refused(slot, holder, state.slotWrites);
    if (place != null) {
      stages.unpromise(place);
      run();
      requeued(place);
      answer(place);
    }
  }

  /** Somebody asked, and is answered when it is known how the place stands. */
  void ask(long ref, Session session, boolean resumed) {
    session.place.askers.add(new Asker(ref, session, resumed));
    run();
    answer(session.place);
  }

  /** Answers who asked, unless the store is being asked for the slot. */
  private void answer(Place place) {
    if (place.pending) {
      return;
    }
    for (Asker asker : place.askers) {
      Session session = asker.session();
      if (place.sessions.contains(session)) {
        told(session, !place.isWaiting());
        state.answer(asker.ref(), place.isWaiting() ? waiting(session, asker.resumed()) : admitted(session, asker.resumed()));
      } else {
        state.refuse(asker.ref(), ErrorReason.TOO_MANY_USER_CONNECTIONS, 0, quota(place));
      }
    }
    place.askers.clear();
  }

  /** Tells everybody of a place that it is in. */
  void announce(Place place) {
    answer(place);
    for (Session session : place.sessions) {
      promote(session);
    }
  }

  /** Tells a socket that it is in, if it does not know. */
  void promote(Session session) {
    if (session.place.isIn() && session.isReady() && !session.told) {
      Admitted admitted = admitted(session, session.seasoned);
      told(session, true);
      state.tell(session.holder, new Promoted(state.rules.name(), session.holder.connection(), admitted));
    }
  }

  /** Tells sockets that believe to be in that they wait. */
  void requeued(Place place) {
    if (!place.isWaiting()) {
      return;
    }
    for (Session session : place.sessions) {
      if (session.isOnSocket() && session.told) {
        told(session, false);
        state.tell(session.holder, new Requeued(state.rules.name(), session.holder.connection(), waiting(session, false)));
      }
    }
  }

  /** How a session stands, asked by somebody else than its socket. */
  AdmissionAnswer standing(Session session) {
    return session.place.isIn() ? admitted(session, false) : waiting(session, false);
  }

  private Admitted admitted(Session session, boolean resumed) {
    Place place = session.place;
    long claimBy = session.isOnSocket() ? 0 : place.stage().untilMs() > 0 ? place.stage().untilMs() : session.untilMs;
    return new Admitted(session.claim(), resumed, claimBy, session.version, session.state, quota(place));
  }

  /** The holder of a session hears now whether it is in. */
  private void told(Session session, boolean in) {
    session.changedAtMs = state.nowMs;
    if (session.isOnSocket()) {
      session.told = in;
      session.seasoned |= in;
    }
  }

  private Waiting waiting(Session session, boolean resumed) {
    Standing standing = standings.standing(session.place);
    if (session.isAtHttp()) {
      session.pollByMs = standings.pollByMs(standing);
      state.timers.arm(session.place);
    }
    return new Waiting(session.claim(), standing, session.version, resumed ? session.state : null, quota(session.place));
  }

  private Quota quota(Place place) {
    return state.quota.quota(place.user, state.nowMs);
  }
}
