package io.vestibule.gateway.presence.core;

import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.Known.Room;
import io.vestibule.contract.presence.PresenceFound.Named;
import io.vestibule.gateway.frame.ServerFrame.PresenceDiff;
import io.vestibule.gateway.frame.ServerFrame.PresenceState;
import io.vestibule.gateway.frame.ServerFrame.PresenceTelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Who is in a topic, as its watchers on this node were told, and what has changed since. What they are told is numbered; it is told where what is known is settled, so that half of a change, as a large room
 * that is not listed any more, is never taken for leaves. While the owner says nothing of the topic, which it does when it believes that nobody here watches, what was told stays. How many there are in a
 * very large topic is told more rarely, the more there are: its members may all watch it, and what they are told must not grow with their square.
 */
final class TopicView {
  /** Beats from one count to the next, at most. */
  static final int MOST_BEATS = 4;

  private final String topic;
  private final int usersOfABeat;
  private final Map<String, Member> told = new LinkedHashMap<>();
  /** By user; null where he is not there any more. */
  private final Map<String, Member> changed = new LinkedHashMap<>();
  private Room toldRoom;
  private Room room;
  private boolean watched;
  private long rev;
  private int rest;
  private boolean held;

  /**
   * Nothing is known.
   *
   * @param usersOfABeat for so many users one beat lies between one count and the next, where only that is told
   */
  TopicView(String topic, int usersOfABeat) {
    this.topic = topic;
    this.usersOfABeat = usersOfABeat;
  }

  /** Whether it need not be kept. */
  boolean isIdle() {
    return !watched && room == null && told.isEmpty() && changed.isEmpty();
  }

  /** Whether watchers can be told, and are. */
  boolean hasBegun() {
    return rev > 0;
  }

  /** The owner says something else of a user; null: he is not there. */
  void memberIs(String user, Member now) {
    if (Objects.equals(told.get(user), now)) {
      changed.remove(user);
    } else {
      changed.put(user, now);
    }
  }

  /** The owner says something else of the topic; null: nothing. */
  void roomIs(Room now) {
    room = now;
  }

  /**
   * Somebody here watches now, or somebody else.
   *
   * @return what he is to be told first; empty where that has to be waited for
   */
  Optional<PresenceState> watch() {
    watched = true;
    if (!hasBegun() && toldRoom != null) {
      rev = 1;
    }
    return state();
  }

  /** Nobody here watches any more. */
  void unwatch() {
    watched = false;
    rev = 0;
  }

  /** How it is, with the number of what was told last; empty before it has begun. */
  Optional<PresenceState> state() {
    return hasBegun() ? Optional.of(new PresenceState(null, topic, rev, toldRoom.count(), named(told), toldRoom.sampled())) : Optional.empty();
  }

  /** Whether a count has just been told, so that the next one has to wait. */
  boolean rests() {
    return rest > 0;
  }

  /** A beat of the node has passed. Returns whether a count that had to wait can be told. */
  boolean beat() {
    rest = Math.max(0, rest - 1);
    return held && rest == 0;
  }

  /** What is known is all that there is to be known. Returns what all watchers are to be told of what has changed. */
  Optional<? extends PresenceTelling> settle() {
    if (watched && room == null) {
      return Optional.empty();
    }
    Room before = toldRoom;
    if (!watched || before == null || !hasBegun()) {
      take();
      rev = watched ? 1 : 0;
      return state();
    }
    if (room.sampled() != before.sampled()) {
      take();
      rev++;
      return state();
    }
    held = room.sampled() && rests();
    if (held) {
      return Optional.empty();
    }
    PresenceDiff diff = room.sampled() ? new PresenceDiff(topic, rev + 1, room.count(), true, List.of(), List.of(), List.of()) : difference();
    boolean differs = room.count() != before.count() || !diff.isEmpty();
    take();
    if (!differs) {
      return Optional.empty();
    }
    rev++;
    rest = room.sampled() ? Math.min(MOST_BEATS, room.count() / usersOfABeat) : 0;
    return Optional.of(diff);
  }

  private PresenceDiff difference() {
    var joins = new ArrayList<Named>();
    var leaves = new ArrayList<Named>();
    var updates = new ArrayList<Named>();
    changed.forEach((user, now) -> {
      Member before = told.get(user);
      if (now == null) {
        leaves.add(new Named(user, before));
      } else {
        (before == null ? joins : updates).add(new Named(user, now));
      }
    });
    return new PresenceDiff(topic, rev + 1, room.count(), false, joins, leaves, updates);
  }

  private void take() {
    changed.forEach((user, now) -> {
      if (now == null) {
        told.remove(user);
      } else {
        told.put(user, now);
      }
    });
    changed.clear();
    toldRoom = room;
  }

  private static List<Named> named(Map<String, Member> members) {
    var named = new ArrayList<Named>(members.size());
    members.forEach((user, member) -> named.add(new Named(user, member)));
    return named;
  }

  /** One entry of the owner's news. */
  void hear(String user, Known now) {
    if (user == null) {
      roomIs((Room) now);
    } else {
      memberIs(user, (Member) now);
    }
  }
}
