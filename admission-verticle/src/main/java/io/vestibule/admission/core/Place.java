package io.vestibule.admission.core;

import io.vestibule.contract.admission.SessionRef;
import java.util.ArrayList;
import java.util.List;

/** A person's place in the queue, with its sessions. */
final class Place {
  final String id;
  final String user;
  final String userClass;
  final long joinedAtMs;
  final long order;
  final List<Session> sessions = new ArrayList<>(1);
  int slot = Slots.NONE;
  /** A slot is taken in memory and not yet in the store: nobody has been told. */
  boolean pending;
  /** Those who asked, and are answered when it is known whether the slot is stored. */
  final List<Asker> askers = new ArrayList<>(0);

  long ticket = Line.NONE;
  long toldPosition;
  long toldAtMs;
  long toldAtRise;
  Estimator.Estimate toldEstimate;
  long estimatedAtMs;
  boolean onRounds;
  long timerAtMs = Long.MAX_VALUE;
  int nextNumber;
  /** It was lost, and came back by a token: it may have had sessions that are not known yet. */
  boolean putBack;
  private PlaceStage stage;

  Place(String id, String user, String userClass, long joinedAtMs, long order, PlaceStage stage) {
    this.id = id;
    this.user = user;
    this.userClass = userClass;
    this.joinedAtMs = joinedAtMs;
    this.order = order;
    this.stage = stage;
  }

  /** Who asked in which session, and whether it came back with a token. */
  record Asker(long ref, Session session, boolean resumed) {}

  PlaceStage stage() {
    return stage;
  }

  /** To be called through {@link Stages} only, which counts. */
  void become(PlaceStage next) {
    stage = next;
  }

  boolean isWaiting() {
    return stage instanceof PlaceStage.Waiting;
  }

  /** Whether it is counted in line: it waits, and somebody is there. */
  boolean isInLine() {
    return stage instanceof PlaceStage.Waiting waiting && !waiting.isAway() && ticket != Line.NONE;
  }

  /** The promise is said, or may be. */
  boolean isIn() {
    return stage.holdsSlot() && !pending;
  }

  /** The number of a place as its name says, or 0. */
  static long number(String id) {
    return part(id, 1);
  }

  /** The term in which a place was made as its name says, or 0. */
  static long term(String id) {
    return part(id, 0);
  }

  private static long part(String id, int index) {
    String[] parts = id.split("-");
    try {
      return parts.length == 3 ? Long.parseLong(parts[index], Character.MAX_RADIX) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  Session add(String device, long generation) {
    return add(nextNumber, device, generation);
  }

  Session add(int number, String device, long generation) {
    Session session = new Session(this, number, device, generation);
    sessions.add(session);
    nextNumber = Math.max(nextNumber, number + 1);
    return session;
  }

  /** The session, or null. */
  Session session(SessionRef ref) {
    for (Session session : sessions) {
      if (session.number == ref.number()) {
        return session;
      }
    }
    return null;
  }

  /** Whether a socket is there that may be let in. */
  boolean hasReadySocket() {
    for (Session session : sessions) {
      if (session.isReady()) {
        return true;
      }
    }
    return false;
  }

  /** Whether anybody is there who may be let in. */
  boolean isPresent() {
    for (Session session : sessions) {
      if (session.holder != null && !session.barred) {
        return true;
      }
    }
    return false;
  }

  boolean hasSocket() {
    for (Session session : sessions) {
      if (session.isOnSocket()) {
        return true;
      }
    }
    return false;
  }

  /** Sessions with somebody there, on a socket or over HTTP. */
  int liveSessions() {
    int live = 0;
    for (Session session : sessions) {
      live += session.holder != null ? 1 : 0;
    }
    return live;
  }

  /** The oldest session that is live, or that nobody came back to; null where there is none. */
  Session oldest(boolean live) {
    Session oldest = null;
    for (Session session : sessions) {
      if (session.holder != null == live && (oldest == null || session.number < oldest.number)) {
        oldest = session;
      }
    }
    return oldest;
  }

  /** The earliest time at which something of it ends by itself; {@link Long#MAX_VALUE}: nothing does. */
  long nextDeadlineMs() {
    long next = stage.untilMs() > 0 ? stage.untilMs() : Long.MAX_VALUE;
    for (Session session : sessions) {
      if (session.untilMs > 0) {
        next = Math.min(next, session.untilMs);
      }
      if (isWaiting() && session.isAtHttp() && !session.barred) {
        next = Math.min(next, session.pollByMs);
      }
    }
    return next;
  }

  PlaceRecord record() {
    return new PlaceRecord(id, user, userClass, stage.stored(), joinedAtMs, order, stage.untilMs(), slot, nextNumber,
        sessions.stream().map(Session::record).toList());
  }
}
