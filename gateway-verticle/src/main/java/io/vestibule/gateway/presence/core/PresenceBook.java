package io.vestibule.gateway.presence.core;

import io.vestibule.contract.admission.SocketReport.Awaited;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.UserStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;

/**
 * Who is in which topics by the connections of this node, which is the only one to say so. A user whose last connection has dropped lingers for a while, so that a page that is loaded again is no leave, and
 * may be away after that; who leaves is gone at once. Each change is written down as a statement. One thread; time is an argument.
 */
public final class PresenceBook {
  /** How long somebody is still said to be here who goes on with another connection: so long may it take until all have heard of that one. */
  public static final long MOVING_MS = 2_000;

  private final BiConsumer<PresenceKey, Statement> statements;
  private final long awaitedMs;
  private final Map<String, Seat> seats = new HashMap<>();
  private final Map<PresenceKey, Place> places = new HashMap<>();
  private final Map<String, List<Trace>> traces = new HashMap<>();
  /** Of the connections with traces. */
  private final Map<String, Awaited> awaited = new HashMap<>();
  private final PriorityQueue<Look> looks = new PriorityQueue<>(Comparator.comparingLong(Look::atMs));

  /** When something about a trace is over. */
  private record Look(long atMs, Trace trace) {}

  /**
   * An empty book.
   *
   * @param statements takes what is to be stated of a user in a topic, null where that is nothing any more
   * @param awaitedMs how long a session that has lost its connection may keep its user away, and not gone
   */
  public PresenceBook(BiConsumer<PresenceKey, Statement> statements, long awaitedMs) {
    this.statements = statements;
    this.awaitedMs = awaitedMs;
  }

  /**
   * A connection is in; it is in no topic yet.
   *
   * @param info from its token, a JSON object as text, or null
   * @param epochMs Unix milliseconds
   */
  public void seated(String connection, String user, String info, UserStatus status, long epochMs) {
    seats.put(connection, new Seat(user, info, epochMs, status));
  }

  /**
   * A connection that is in is subscribed to a topic.
   *
   * @param graceMs how long its user may linger there
   * @param showsAway whether he is away there after that
   * @param epochMs Unix milliseconds
   */
  public void entered(String connection, String topic, long graceMs, boolean showsAway, long epochMs) {
    Seat seat = seats.get(connection);
    if (seat == null) {
      return;
    }
    Place place = places.computeIfAbsent(new PresenceKey(topic, seat.user), key -> new Place(key, epochMs));
    place.graceMs = graceMs;
    place.showsAway = showsAway;
    List.copyOf(place.traces).stream().filter(trace -> trace.connection.equals(connection)).forEach(this::forget);
    if (!place.seats.contains(seat)) {
      place.seats.add(seat);
      seat.places.add(place);
    }
    state(place);
  }

  /** A connection is not subscribed any more, because its client or the application wants it so. */
  public void left(String connection, String topic) {
    Seat seat = seats.get(connection);
    Place place = seat == null ? null : places.get(new PresenceKey(topic, seat.user));
    if (place != null && place.seats.remove(seat)) {
      seat.places.remove(place);
      stateOrEnd(place);
    }
  }

  /**
   * A connection is not in any more.
   *
   * @param nowMs milliseconds since some moment
   */
  public void gone(String connection, Departure departure, long nowMs) {
    expire(nowMs);
    Seat seat = seats.remove(connection);
    if (seat == null) {
      return;
    }
    for (Place place : seat.places) {
      place.seats.remove(seat);
      if (departure == Departure.LEFT) {
        stateOrEnd(place);
      } else {
        linger(connection, place, departure, nowMs);
        weigh(place, nowMs);
      }
    }
  }

  private void linger(String connection, Place place, Departure departure, long nowMs) {
    long graceMs = departure == Departure.MOVED ? Math.min(MOVING_MS, place.graceMs) : place.graceMs;
    long endsMs = departure == Departure.AWAITED && place.showsAway ? Math.max(graceMs, awaitedMs) : graceMs;
    if (endsMs > 0) {
      Trace trace = new Trace(connection, place, nowMs + graceMs, nowMs + endsMs);
      place.add(trace);
      traces.computeIfAbsent(connection, id -> new ArrayList<>(2)).add(trace);
      look(trace);
    }
  }

  private void look(Trace trace) {
    looks.add(new Look(trace.lingersUntilMs, trace));
    if (trace.endsAtMs != trace.lingersUntilMs) {
      looks.add(new Look(trace.endsAtMs, trace));
    }
  }

  /** Whose session it is that waits for somebody, as long as a connection which is gone keeps him here for that. */
  public void awaits(Awaited socket) {
    if (traces.containsKey(socket.connection())) {
      awaited.put(socket.connection(), socket);
    }
  }

  /** The sessions that keep somebody here who has no connection. */
  public List<Awaited> awaited() {
    return List.copyOf(awaited.values());
  }

  /**
   * Nobody comes back to a connection that is gone.
   *
   * @param goesOn whether its user is there with another one; what that one says may still be on its way
   */
  public void unawaited(String connection, boolean goesOn, long nowMs) {
    for (Trace trace : List.copyOf(traces.getOrDefault(connection, List.of()))) {
      long latestMs = goesOn ? nowMs + MOVING_MS : nowMs;
      if (trace.endsAtMs > latestMs) {
        trace.endsAtMs = latestMs;
        trace.lingersUntilMs = Math.min(trace.lingersUntilMs, latestMs);
        look(trace);
      }
    }
    expire(nowMs);
  }

  /** The client of a connection says how its user is, in all topics of the connection. */
  public void said(String connection, UserStatus status) {
    Seat seat = seats.get(connection);
    if (seat != null) {
      seat.status = status;
      seat.places.forEach(this::state);
    }
  }

  /**
   * A connection has another token.
   *
   * @param epochMs Unix milliseconds
   */
  public void shown(String connection, String info, long epochMs) {
    Seat seat = seats.get(connection);
    if (seat != null) {
      seat.info = info;
      seat.infoAtMs = epochMs;
      seat.places.forEach(this::state);
    }
  }

  /** Ends what has lingered long enough, and who has been away long enough. */
  public void expire(long nowMs) {
    while (!looks.isEmpty() && looks.peek().atMs <= nowMs) {
      Trace trace = looks.poll().trace;
      if (trace.place.traces.contains(trace)) {
        if (trace.endsAtMs <= nowMs) {
          forget(trace);
        }
        weigh(trace.place, nowMs);
      }
    }
  }

  /** Users in topics, each in each counted. */
  public int size() {
    return places.size();
  }

  private void forget(Trace trace) {
    trace.place.remove(trace);
    List<Trace> others = traces.get(trace.connection);
    others.remove(trace);
    if (others.isEmpty()) {
      traces.remove(trace.connection);
      awaited.remove(trace.connection);
    }
  }

  /** Somebody is there with a connection. */
  private void state(Place place) {
    statements.accept(place.key, place.say(Long.MIN_VALUE));
  }

  private void weigh(Place place, long nowMs) {
    if (place.seats.isEmpty() && place.traces.isEmpty()) {
      end(place);
    } else {
      statements.accept(place.key, place.say(nowMs));
    }
  }

  /** Who leaves with his last connection does not come back with one that dropped before. */
  private void stateOrEnd(Place place) {
    if (place.seats.isEmpty()) {
      List.copyOf(place.traces).forEach(this::forget);
      end(place);
    } else {
      state(place);
    }
  }

  private void end(Place place) {
    places.remove(place.key);
    statements.accept(place.key, null);
  }
}
