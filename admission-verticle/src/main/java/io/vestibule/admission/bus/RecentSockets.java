package io.vestibule.admission.bus;

import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.SessionClaim;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.SocketReport.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of sockets in the last seconds. A gateway's report is a picture of a moment: a socket whose answer was on its way is missing in it, and one that has just closed may
 * still be in it. What the coordinator has heard itself in these seconds counts more.
 */
final class RecentSockets {
  /** Longer than a question and its answer are on their way. */
  static final long MILLIS = 8_000;

  /** The most that are remembered; with more, reports are not used until there are less. */
  static final int MOST = 200_000;

  private final String queue;
  /** By connection; what left for good, by session. */
  private final Map<String, Change> byName = new LinkedHashMap<>();
  private long lostUntilMs = Long.MIN_VALUE;

  /** Its claim while it is there; null when it went. */
  private record Change(String gateway, SessionClaim claim, boolean admitted, long atMs) {}

  RecentSockets(String queue) {
    this.queue = queue;
  }

  /** Learns from what the core heard and what came of it. */
  void note(QueueEvent event, List<QueueEffect> effects, long nowMs) {
    if (!(event instanceof QueueEvent.Asked asked)) {
      return;
    }
    if (asked.command() instanceof AdmissionCommand.Detach detach && detach.holder().isSocket()) {
      put(detach.holder().connection(), new Change(detach.holder().gateway(), null, false, nowMs), nowMs);
    } else if (asked.command() instanceof AdmissionCommand.Leave leave) {
      put(leave.session().id(), new Change(asked.gateway(), null, false, nowMs), nowMs);
    } else if (asked.command() instanceof AdmissionCommand.Join join) {
      came(join.holder(), effects, nowMs);
    } else if (asked.command() instanceof AdmissionCommand.Resume resume) {
      came(resume.holder(), effects, nowMs);
    }
  }

  private void came(Holder holder, List<QueueEffect> effects, long nowMs) {
    for (QueueEffect effect : effects) {
      if (holder.isSocket() && effect instanceof QueueEffect.PutPlace put) {
        came(put.place(), holder, nowMs);
      }
    }
  }

  private void came(PlaceRecord place, Holder holder, long nowMs) {
    for (PlaceRecord.SessionRecord session : place.sessions()) {
      if (holder.equals(session.holder())) {
        var claim = new SessionClaim(place.user(), new SessionRef(place.id(), session.number()), session.generation(), place.joinedAtMs(), place.userClass());
        put(holder.connection(), new Change(holder.gateway(), claim, place.slot() >= 0, nowMs), nowMs);
      }
    }
  }

  private void put(String name, Change change, long nowMs) {
    forget(nowMs);
    byName.remove(name);
    if (byName.size() < MOST) {
      byName.put(name, change);
    } else {
      lostUntilMs = nowMs + MILLIS;
    }
  }

  private void forget(long nowMs) {
    Iterator<Change> oldest = byName.values().iterator();
    while (oldest.hasNext() && nowMs - oldest.next().atMs() > MILLIS) {
      oldest.remove();
    }
  }

  /** Whether a report can be believed now, once it is {@link #corrected}. */
  boolean isComplete(long nowMs) {
    return nowMs >= lostUntilMs;
  }

  /** The sockets of a gateway as they are, from its report and from what was heard since. */
  List<Socket> corrected(String gateway, List<Socket> reported, long nowMs) {
    forget(nowMs);
    List<Socket> sockets = new ArrayList<>(reported.size());
    Set<String> there = new HashSet<>();
    for (Socket socket : reported) {
      Change change = byName.get(socket.connection());
      boolean left = byName.containsKey(socket.claim().session().id());
      if (!left && (change == null || change.claim() != null)) {
        sockets.add(socket);
        there.add(socket.connection());
      }
    }
    byName.forEach((connection, change) -> {
      if (change.claim() != null && change.gateway().equals(gateway) && !there.contains(connection)) {
        sockets.add(new Socket(queue, connection, change.claim(), change.admitted()));
      }
    });
    return sockets;
  }
}
