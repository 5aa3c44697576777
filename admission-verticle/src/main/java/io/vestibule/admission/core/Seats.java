package io.vestibule.admission.core;

import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.SeatsLeft;
import io.vestibule.admission.core.QueueEffect.SetSeats;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.admission.core.QueueEvent.Seat;
import io.vestibule.admission.core.QueueEvent.SeatAnswered;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where there are several queues: what this one has told the cluster of its users' sessions, and who waits to hear whether there may be one more. A session has a seat from before it is made until its end
 * is stored, whether somebody is there or not; so who comes back needs to ask nobody. What is told is how many there are, not how many more, so that it may be told twice.
 */
final class Seats {
  private static final int UNSURE = -1;

  private final List<Map<String, User>> shards = Stream.generate(() -> (Map<String, User>) new HashMap<String, User>(0)).limit(SeatLedger.SHARDS).toList();
  private final Set<String> touched = new LinkedHashSet<>();
  private final List<SeatCall> calls = new ArrayList<>();

  /**
   * Somebody who wants a session more.
   *
   * @param attempt of the call
   * @param limit of all queues together; 0 for none
   * @param replaces whether it takes the room of one that nobody came back to, if there is one
   */
  record Asking(long ref, String user, String attempt, int limit, boolean replaces, UserQuota.Verdict verdict, Then then) {}

  /** Goes on when it is known. */
  interface Then {
    void answered(Asking asking, SeatAnswered answer);
  }

  private static final class User {
    private final Deque<Asking> asking = new ArrayDeque<>(1);
    private int sessions;
    /** Have ended, and that is not stored yet. */
    private int leaving;
    /** Asked for, and not answered yet. */
    private int extra;
    private boolean asked;
    private int told;

    private int count() {
      return sessions + leaving + extra;
    }
  }

  /** So many sessions were there at the beginning; whoever opens the count compares it. */
  void begin(String user, int sessions) {
    User one = users(user).computeIfAbsent(user, name -> new User());
    one.sessions = sessions;
    one.told = sessions;
  }

  /** The user's sessions may be more or fewer when the event has been heard. */
  void touch(String user) {
    touched.add(user);
  }

  /** Whether this call waits for an answer already. */
  boolean isAsking(String name, String attempt) {
    User user = users(name).get(name);
    return user != null && user.asking.stream().anyMatch(asking -> asking.attempt().equals(attempt));
  }

  /** One more wants in; it is asked for when those before have been answered. */
  void ask(Asking asking) {
    users(asking.user()).computeIfAbsent(asking.user(), name -> new User()).asking.add(asking);
    touch(asking.user());
  }

  /** Who asked first is answered. */
  void answered(SeatAnswered answer) {
    User user = users(answer.user()).get(answer.user());
    if (user != null && user.asked) {
      user.asked = false;
      user.extra = 0;
      user.told = answer.seat() == Seat.GRANTED ? user.told : UNSURE;
      touch(answer.user());
      if (answer.seat() == Seat.AGAIN) {
        return;
      }
      Asking asking = user.asking.poll();
      asking.then().answered(asking, answer);
    }
  }

  /** Things changed meanwhile, so it is asked anew. */
  void askAgain(Asking asking) {
    users(asking.user()).get(asking.user()).asking.addFirst(asking);
  }

  /** How many sessions the user may have by what was granted. */
  int granted(String name) {
    return users(name).get(name).told;
  }

  /** The end of so many is stored. */
  void freed(String name, int count) {
    User user = users(name).get(name);
    if (user != null) {
      user.leaving = Math.max(0, user.leaving - count);
      touch(name);
    }
  }

  /** What the cluster has to know, without what is being asked for. */
  int held(String name) {
    User user = users(name).get(name);
    return user == null ? 0 : user.sessions + user.leaving;
  }

  /** All of a shard who have sessions, or want one. */
  Set<String> names(int shard) {
    return Set.copyOf(shards.get(shard).keySet());
  }

  private Map<String, User> users(String name) {
    return shards.get(SeatLedger.shardOf(name));
  }

  /** Says what follows from an event. */
  void flush(Map<String, Place> places, List<QueueEffect> says) {
    for (String name : touched) {
      User user = users(name).computeIfAbsent(name, unknown -> new User());
      Place place = places.get(name);
      int now = place == null ? 0 : place.sessions.size();
      if (now < user.sessions) {
        user.leaving += user.sessions - now;
        says.add(new SeatsLeft(name, user.sessions - now));
      }
      user.sessions = now;
      settle(name, user, place);
      if (user.count() == 0 && user.asking.isEmpty()) {
        users(name).remove(name);
      }
    }
    touched.clear();
  }

  /** A question waits for what is being left to be stored, or it would be refused for the sake of a session that is no more. */
  private void settle(String name, User user, Place place) {
    if (!user.asked && user.leaving == 0 && !user.asking.isEmpty()) {
      Asking next = user.asking.peek();
      user.asked = true;
      user.extra = next.replaces() && place != null && place.oldest(false) != null ? 0 : 1;
      // With one that nobody came back to, room is made in its place.
      calls.add(new TakeSeat(name, user.count(), next.limit()));
      user.told = user.count();
    } else if (user.told != user.count()) {
      calls.add(new SetSeats(name, user.count()));
      user.told = user.count();
    }
  }

  /** What has to be told, in its order; forgets it. */
  List<SeatCall> calls() {
    List<SeatCall> now = List.copyOf(calls);
    calls.clear();
    return now;
  }
}
