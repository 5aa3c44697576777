package io.vestibule.admission.core;

import io.vestibule.admission.core.PlaceStage.Waiting;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionNotice.End;
import io.vestibule.contract.admission.AdmissionNotice.Ended;
import io.vestibule.contract.admission.AdmissionNotice.Unawaited;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.admission.SocketReport.Awaited;
import io.vestibule.contract.admission.SocketReport.Socket;
import java.util.HashSet;
import java.util.Set;

/** What gateways say of their sockets, which are the truth: who is reported is there, who is not is gone. */
final class Reporting {
  /** What changed more lately than this may have been on its way when the report was made. */
  static final long SETTLED_MS = 5_000;

  private final QueueState state;
  private final Stages stages;
  private final Standings standings;
  private final Returning returning;
  private final Admissions admissions;
  private Set<String> alive;

  Reporting(QueueState state, Stages stages, Standings standings, Returning returning, Admissions admissions) {
    this.state = state;
    this.stages = stages;
    this.standings = standings;
    this.returning = returning;
    this.admissions = admissions;
  }

  void reported(String gateway, SocketReport report) {
    Set<String> there = new HashSet<>();
    for (Socket socket : report.sockets()) {
      there.add(socket.connection());
      heard(new Holder(gateway, socket.connection()), socket);
    }
    for (Session session : state.sockets.of(gateway)) {
      if (!there.contains(session.holder.connection()) && isSettled(session)) {
        stages.detach(session, false);
      }
    }
    report.awaited().forEach(socket -> awaited(new Holder(gateway, socket.connection()), socket));
  }

  /**
   * A gateway shows somebody as away who may come back to his session. That he does not was said when it came to be so, but not by a coordinator before this one that died with it, nor where the notice was lost.
   */
  private void awaited(Holder gone, Awaited socket) {
    Session session = returning.find(socket.claim());
    if (session == null ? returning.isLost(socket.claim()) : gone.equals(session.holder)) {
      return;
    }
    boolean waits = session != null && session.holder == null && socket.claim().generation() >= session.generation;
    if (!waits) {
      state.tell(gone, new Unawaited(state.rules.name(), gone.connection(), session != null && session.holder != null));
    } else if (session.before == null) {
      session.before = gone;
    }
  }

  private void heard(Holder holder, Socket socket) {
    Session session = returning.find(socket.claim());
    if (session == null) {
      unknown(holder, socket);
      return;
    }
    standings.heard(session.place, socket.position());
    if (isSettled(session)) {
      if (!holder.equals(session.holder)) {
        moved(session, holder, socket);
      } else {
        compare(session, socket.admitted());
      }
    }
  }

  /** The session is thought to be elsewhere, or nowhere. The newest token has it. */
  private void moved(Session session, Holder holder, Socket socket) {
    if (session.isOnSocket() ? socket.claim().generation() <= session.generation : !session.accepts(socket.claim().generation())) {
      state.tell(holder, new Ended(state.rules.name(), holder.connection(), End.TAKEN_OVER));
      return;
    }
    if (session.isOnSocket()) {
      state.tell(session.holder, new Ended(state.rules.name(), session.holder.connection(), End.TAKEN_OVER));
    }
    session.generation = Math.max(session.generation, socket.claim().generation());
    stages.attach(session, holder);
    compare(session, socket.admitted());
  }

  /** Tells a socket what it missed. */
  private void compare(Session session, boolean admitted) {
    if (admitted && session.barred) {
      stages.unbar(session);
    }
    session.told = admitted;
    session.seasoned |= admitted;
    admissions.promote(session);
    admissions.requeued(session.place);
  }

  private void unknown(Holder holder, Socket socket) {
    Session session = returning.putBack(socket.claim());
    if (session == null) {
      state.tell(holder, new Ended(state.rules.name(), holder.connection(), returning.howEnded(socket.claim())));
      return;
    }
    standings.heard(session.place, socket.position());
    stages.attach(session, holder);
    session.told = socket.admitted();
    session.seasoned = socket.admitted();
    if (socket.admitted() && session.place.stage() instanceof Waiting && state.slots.hasRoom()) {
      stages.promise(session.place);
      session.told = true;
    }
    if (!session.place.pending) {
      compare(session, socket.admitted());
    }
  }

  /** Who was not told yet where it stands is not reported either. */
  private boolean isSettled(Session session) {
    return !session.place.pending && state.nowMs - session.changedAtMs >= SETTLED_MS;
  }

  /** These gateways are alive; it holds until it is said again. */
  void alive(Set<String> gateways) {
    alive = Set.copyOf(gateways);
    tick();
  }

  /** Sessions of gateways that are gone are gone, each once. One that came a moment ago may be of a gateway that was not known yet. */
  void tick() {
    if (alive == null) {
      return;
    }
    for (String gateway : state.sockets.gatewaysOutside(alive)) {
      for (Session session : state.sockets.of(gateway)) {
        if (state.nowMs - session.changedAtMs >= SETTLED_MS) {
          stages.detach(session, false);
        }
      }
    }
  }
}
