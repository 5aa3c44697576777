package io.vestibule.admission.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * How many sessions each user has in each queue. A queue says how many it has, not how many more, so a call may come twice; what is asked for and would be too many with those of the other queues is
 * refused, and changes nothing. Some 130 bytes a user. Not thread-safe.
 */
public final class SeatLedger {
  /** Users are spread over so many. */
  public static final int SHARDS = 32;

  private final Map<String, List<Count>> users = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();

  /** So many sessions of one user in a queue. */
  public record Count(String queue, int count) {}

  /**
   * What became of a question.
   *
   * @param others the other queues in which the user has sessions; only where it was refused
   */
  public record Taken(boolean granted, List<String> others) {
    public Taken {
      others = List.copyOf(others);
    }
  }

  /** The shard of a user. */
  public static int shardOf(String user) {
    return Math.floorMod(user.hashCode(), SHARDS);
  }

  /** Whether the user may have so many in this queue, and has them from now on. */
  public Taken take(String queue, String user, int count, int limit) {
    long sum = count;
    List<String> others = new ArrayList<>();
    for (Count held : of(user)) {
      if (!held.queue().equals(queue)) {
        sum += held.count();
        others.add(held.queue());
      }
    }
    if (limit > 0 && sum > limit) {
      return new Taken(false, others);
    }
    set(queue, user, count);
    return new Taken(true, List.of());
  }

  /** The user has so many in this queue. */
  public void set(String queue, String user, int count) {
    List<Count> now = new ArrayList<>(2);
    of(user).stream().filter(held -> !held.queue().equals(queue)).forEach(now::add);
    if (count > 0) {
      now.add(new Count(names.computeIfAbsent(queue, name -> name), count));
    }
    if (now.isEmpty()) {
      users.remove(user);
    } else {
      users.put(user, List.copyOf(now));
    }
  }

  /** Nobody has anything in this queue. */
  public void forget(String queue) {
    in(queue).keySet().forEach(user -> set(queue, user, 0));
    names.remove(queue);
  }

  /** What a user has, by queue. */
  public List<Count> of(String user) {
    return users.getOrDefault(user, List.of());
  }

  /** How many each user has in one queue, those with none left out. */
  public Map<String, Integer> in(String queue) {
    Map<String, Integer> counts = new HashMap<>();
    forEach((user, held) -> held.stream().filter(count -> count.queue().equals(queue)).forEach(count -> counts.put(user, count.count())));
    return counts;
  }

  /** Users that have sessions. */
  public int size() {
    return users.size();
  }

  /** Each user, with what it has. */
  public void forEach(BiConsumer<String, List<Count>> reader) {
    users.forEach(reader);
  }
}
