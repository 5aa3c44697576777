package io.vestibule.gateway.presence.core;

import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.UserStatus;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;

/**
 * Who is in which topics by the connections of this node, which is the only one to say so. A user whose last connection has dropped lingers for a while, so that a page that is loaded again is no leave;
 * who leaves is gone at once. Each change is written down as a statement. One thread; time is an argument.
 */
public final class PresenceBook {
  private final BiConsumer<PresenceKey, Statement> statements;
  private final Map<String, Seat> seats = new HashMap<>();
  private final Map<PresenceKey, Place> places = new HashMap<>();
  private final PriorityQueue<Lingering> lingering = new PriorityQueue<>(Comparator.comparingLong(Lingering::untilMs));

  private record Lingering(long untilMs, Place place) {}

  /**
   * An empty book.
   *
   * @param statements takes what is to be stated of a user in a topic, null where that is nothing any more
   */
  public PresenceBook(BiConsumer<PresenceKey, Statement> statements) {
    this.statements = statements;
  }

  /**
   * A connection is in; it is in no topic yet.
   *
   * @param info from its token, a JSON object as text, or null
   */
  public void seated(String connection, String user, String info, UserStatus status) {
    seats.put(connection, new Seat(user, info, status));
  }

  /**
   * A connection that is in is subscribed to a topic.
   *
   * @param graceMs how long its user may linger there
   * @param epochMs Unix milliseconds
   */
  public void entered(String connection, String topic, long graceMs, long epochMs) {
    Seat seat = seats.get(connection);
    if (seat == null) {
      return;
    }
    Place place = places.computeIfAbsent(new PresenceKey(topic, seat.user), key -> new Place(key, epochMs));
    place.graceMs = graceMs;
    place.lingersUntilMs = Place.NEVER;
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
      stateOrEnd(place, Long.MIN_VALUE);
    }
  }

  /**
   * A connection is not in any more.
   *
   * @param lingers whether its client may come back
   * @param nowMs milliseconds since some moment
   */
  public void gone(String connection, boolean lingers, long nowMs) {
    Seat seat = seats.remove(connection);
    if (seat != null) {
      for (Place place : seat.places) {
        place.seats.remove(seat);
        stateOrEnd(place, lingers && place.graceMs > 0 ? nowMs + place.graceMs : Long.MIN_VALUE);
      }
    }
  }

  /** The client of a connection says how its user is, in all topics of the connection. */
  public void said(String connection, UserStatus status) {
    Seat seat = seats.get(connection);
    if (seat != null) {
      seat.status = status;
      seat.places.forEach(this::state);
    }
  }

  /** A connection has another token. */
  public void shown(String connection, String info) {
    Seat seat = seats.get(connection);
    if (seat != null) {
      seat.info = info;
      seat.places.forEach(this::state);
    }
  }

  /** Ends what has lingered long enough. */
  public void expire(long nowMs) {
    while (!lingering.isEmpty() && lingering.peek().untilMs <= nowMs) {
      Lingering ended = lingering.poll();
      // Who came back and dropped again lingers anew.
      if (ended.place.lingersUntilMs == ended.untilMs) {
        end(ended.place);
      }
    }
  }

  /** Users in topics, each in each counted. */
  public int size() {
    return places.size();
  }

  private void state(Place place) {
    statements.accept(place.key, place.say());
  }

  private void stateOrEnd(Place place, long lingersUntilMs) {
    if (!place.seats.isEmpty()) {
      state(place);
    } else if (lingersUntilMs == Long.MIN_VALUE) {
      end(place);
    } else {
      place.lingersUntilMs = lingersUntilMs;
      lingering.add(new Lingering(lingersUntilMs, place));
      state(place);
    }
  }

  private void end(Place place) {
    // One of the same key that came later is another one.
    if (places.remove(place.key, place)) {
      statements.accept(place.key, null);
    }
  }
}
