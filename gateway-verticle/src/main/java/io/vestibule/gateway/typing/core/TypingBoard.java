package io.vestibule.gateway.typing.core;

import io.vestibule.gateway.limit.TimerWheel;
import io.vestibule.gateway.typing.core.Typists.Typist;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Who is typing where, as the clients of an event loop know it. A user types in a topic as long as one of the user's connections, wherever in the cluster, does; a connection that nothing was heard
 * of for {@link #HOLD_MS} does not, since its node is gone or could not say that it has ended. Not thread-safe: it belongs to one event loop.
 */
public final class TypingBoard {
  /** A moment longer than a client is typing without saying so again: its own node says first that it has ended. */
  public static final long HOLD_MS = Typists.HOLD_MS + 1_500;

  private static final int WHEEL_SLOTS = 64;

  private final Map<Place, List<Entry>> places = new HashMap<>();
  private final TimerWheel<Entry> wheel;
  private final int most;
  private int size;

  /** A user in a topic. */
  public record Place(String topic, String userId) {
    static Place of(Typist typist) {
      return new Place(typist.topic(), typist.userId());
    }
  }

  private static final class Entry extends TimerWheel.Node {
    final Typist typist;

    Entry(Typist typist) {
      this.typist = typist;
    }
  }

  /**
   * Nobody types yet.
   *
   * @param most how many connections may, each topic counted; of others clients hear nothing
   * @param tickMs how often {@link #advance} is called
   */
  public TypingBoard(int most, long tickMs, long nowMs) {
    this.most = most;
    this.wheel = new TimerWheel<>(tickMs, WHEEL_SLOTS, nowMs);
  }

  /** Whether the user is known to type there. */
  public boolean knows(Typist typist) {
    return places.containsKey(Place.of(typist));
  }

  /** Whether there is no room for another. */
  public boolean isFull() {
    return size >= most;
  }

  /** A connection is typing; no change where there is no room for it. */
  public void typing(Typist typist, long nowMs) {
    Entry entry = find(typist);
    if (entry == null) {
      if (isFull()) {
        return;
      }
      entry = new Entry(typist);
      // Almost everybody types with one hand.
      places.computeIfAbsent(Place.of(typist), first -> new ArrayList<>(1)).add(entry);
      size++;
    }
    wheel.schedule(entry, nowMs + HOLD_MS);
  }

  /** A connection has stopped; says whether that was the last one of a user who was known to type there. */
  public boolean stopped(Typist typist) {
    Entry entry = find(typist);
    return entry != null && remove(entry);
  }

  /**
   * Time has passed.
   *
   * @param ended is told of users who are not typing any more
   */
  public void advance(long nowMs, Consumer<Place> ended) {
    wheel.advance(nowMs, entry -> {
      if (remove(entry)) {
        ended.accept(Place.of(entry.typist));
      }
    });
  }

  private Entry find(Typist typist) {
    for (Entry entry : places.getOrDefault(Place.of(typist), List.of())) {
      if (entry.typist.connectionId().equals(typist.connectionId())) {
        return entry;
      }
    }
    return null;
  }

  private boolean remove(Entry entry) {
    wheel.cancel(entry);
    size--;
    Place place = Place.of(entry.typist);
    List<Entry> entries = places.get(place);
    entries.remove(entry);
    if (entries.isEmpty()) {
      places.remove(place);
      return true;
    }
    return false;
  }

  /** How many connections are typing, each topic counted. */
  public int size() {
    return size;
  }
}
