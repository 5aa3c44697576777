package io.vestibule.admission.core;

import io.vestibule.admission.core.QueueEvent.SeatWanted;
import io.vestibule.admission.core.Stages.Cause;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.Quota;
import io.vestibule.contract.admission.AdmissionCommand.Away;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Detach;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Save;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.ErrorReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What happens to sessions that are there. */
final class Upkeep {
  private final QueueState state;
  private final Stages stages;
  private final Admissions admissions;

  Upkeep(QueueState state, Stages stages, Admissions admissions) {
    this.state = state;
    this.stages = stages;
    this.admissions = admissions;
  }

  void confirm(long ref, Confirm confirm) {
    Session session = find(confirm.session());
    if (session != null && session.generation == confirm.generation() && !session.confirmed) {
      session.confirmed = true;
      if (session.hasOlderToken()) {
        state.changed(session.place);
      }
    }
    done(ref);
  }

  void detach(long ref, Detach detach) {
    Session session = find(detach.session());
    if (session != null && detach.holder().equals(session.holder)) {
      stages.detach(session, false);
    }
    done(ref);
  }

  void away(long ref, Away away) {
    Session session = find(away.session());
    // Whoever is just being promised a slot will say so again when it is told.
    if (session != null && away.holder().equals(session.holder) && session.barred != away.away() && !(away.away() && session.place.pending)) {
      if (away.away()) {
        stages.bar(session);
      } else {
        stages.unbar(session);
        admissions.promote(session);
      }
    }
    done(ref);
  }

  void leave(long ref, Leave leave) {
    Session session = find(leave.session());
    if (session != null) {
      stages.end(session, Cause.LEFT);
    }
    done(ref);
  }

  void save(long ref, Save save) {
    Session session = find(save.session());
    if (session == null) {
      state.refuse(ref, ErrorReason.UNKNOWN_SESSION, 0, Quota.NONE);
    } else if (save.state().getBytes(StandardCharsets.UTF_8).length > state.rules.maxSessionState()) {
      state.refuse(ref, ErrorReason.SESSION_TOO_LARGE, 0, Quota.NONE);
    } else {
      if (save.holder().equals(session.holder) && save.version() > session.version) {
        session.version = save.version();
        session.state = save.state();
        state.changed(session.place);
      }
      done(ref);
    }
  }

  /** Another queue needs the room of a session; what was known of it there may be over. */
  void seatWanted(SeatWanted wanted) {
    Place place = state.byUser.get(wanted.user());
    Session session = place == null ? null : find(wanted.session());
    if (session != null && session.place == place && (session.holder == null || wanted.evenLive())) {
      stages.end(session, Cause.REPLACED);
    }
    done(wanted.ref());
  }

  /** The sessions of a user that come first when one has to make room: the oldest that nobody came back to, and the oldest of the others. */
  List<SeatReport.Offer> offers(String user) {
    Place place = state.byUser.get(user);
    List<SeatReport.Offer> offers = new ArrayList<>(2);
    for (boolean live : new boolean[] {false, true}) {
      Session oldest = place == null ? null : place.oldest(live);
      if (oldest != null) {
        offers.add(new SeatReport.Offer(oldest.ref(), oldest.enteredAtMs > 0 ? oldest.enteredAtMs : place.joinedAtMs, !live));
      }
    }
    return offers;
  }

  /** A promotion found its connection gone: the slot waits for its holder to come by token. */
  void nobodyThere(String gateway, String connection) {
    Session session = state.sockets.find(gateway, connection);
    if (session != null) {
      stages.detach(session, true);
    }
  }

  void revoke(String user, String sessionId) {
    if (user != null) {
      Place place = state.byUser.get(user);
      if (place != null) {
        stages.end(place, Cause.REVOKED);
      }
      return;
    }
    int dash = sessionId.lastIndexOf('-');
    Place place = dash < 0 ? null : state.places.get(sessionId.substring(0, dash));
    if (place != null) {
      place.sessions.stream().filter(session -> session.ref().id().equals(sessionId)).findFirst()
          .ifPresent(session -> stages.end(session, Cause.REVOKED));
    }
  }

  private Session find(SessionRef ref) {
    Place place = state.places.get(ref.place());
    return place == null ? null : place.session(ref);
  }

  private void done(long ref) {
    state.answer(ref, new Done());
  }
}
