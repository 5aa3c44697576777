package io.vestibule.gateway.members.core;

import io.vestibule.gateway.members.core.Changed.Room;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A shard of members: of some topics who is in them, which is the truth; and of some users which topics they may be in, which is a hint. The same calls in the same order do the same everywhere, so that a
 * backup can do them too. Pure, one thread.
 */
public final class ShardMembers {
  /** Members of a topic. */
  public static final int MEMBERS = 1_000;
  /** Topics of a user. */
  public static final int TOPICS = 1_000;

  private static final long SWEEP_MS = 600_000;
  /** The share of a full shard that is made free at once. */
  private static final int SPARE = 16;
  private static final int ROOM_COST = 200;
  private static final int WORD_COST = 160;
  private static final int HINT_COST = 100;

  private final Map<String, Map<String, Word>> rooms = new HashMap<>();
  private final Map<String, Set<String>> hints = new HashMap<>();
  private long bytes;
  private long clockMs;
  private long sweptMs;

  /** A shard in which nothing was said. */
  public ShardMembers() {
    // As it stands.
  }

  /**
   * A shard that was kept.
   *
   * @param rooms what was said of the users of each topic
   * @param hints topics of users
   * @param clockMs the latest time it has seen
   */
  public ShardMembers(Map<String, Map<String, Word>> rooms, Map<String, ? extends Set<String>> hints, long clockMs) {
    rooms.forEach((topic, words) -> words.forEach((user, word) -> say(topic, user, word)));
    hints.forEach((user, topics) -> topics.forEach(topic -> point(user, topic)));
    this.clockMs = clockMs;
    this.sweptMs = clockMs;
  }

  /** What was said, by topic and user. */
  public Map<String, Map<String, Word>> rooms() {
    return rooms;
  }

  /** Topics of users. */
  public Map<String, Set<String>> hints() {
    return hints;
  }

  /** The latest time it has seen, Unix milliseconds. */
  public long clockMs() {
    return clockMs;
  }

  /** What it takes, about. */
  public long bytes() {
    return bytes;
  }

  /**
   * Does all of a change, or nothing where there is no room for it. It may be repeated.
   *
   * @param most bytes of the shard
   */
  public Changed change(Change change, long most) {
    clockMs = Math.max(clockMs, change.nowMs());
    sweep();
    if (change.member()) {
      List<String> news = change.users().stream().filter(user -> !isMember(change.topic(), user)).toList();
      if (count(change.topic()) + news.size() > MEMBERS) {
        return new Changed(Room.TOO_MANY, count(change.topic()), List.of());
      }
      if (!makeRoom(news.stream().mapToLong(user -> cost(user, WORD_COST)).sum(), most, change.topic())) {
        return new Changed(Room.FULL, count(change.topic()), List.of());
      }
    }
    List<Word> words = change.users().stream().map(user -> change(change, user, most)).toList();
    bury(change.topic());
    return new Changed(Room.DONE, count(change.topic()), words);
  }

  private Word change(Change change, String user, long most) {
    Word before = word(change.topic(), user);
    if (before != null && before.member() == change.member()) {
      return before;
    }
    long atMs = before == null ? change.nowMs() : Math.max(change.nowMs(), before.atMs() + 1);
    Word now = change.member() ? new Word(true, atMs, atMs, change.epoch(), change.offset()) : new Word(false, atMs, before == null ? atMs : before.sinceMs(), 0, 0);
    // That somebody who never was a member is none need not be known where there is no room.
    if (before != null || change.member() || bytes < most) {
      say(change.topic(), user, now);
    }
    return now;
  }

  /** Of those who are no members any more not more are remembered than there may be members. */
  private void bury(String topic) {
    if (rooms.getOrDefault(topic, Map.of()).size() > MEMBERS) {
      List<Gone> gone = Gone.of(Map.of(topic, rooms.get(topic)), all -> true);
      gone.subList(0, Math.max(0, gone.size() - MEMBERS)).forEach(one -> forget(topic, one.user()));
    }
  }

  /**
   * Forgets who is no member any more, the earliest first, where there is no room for who becomes one: whoever joins and leaves again and again must not keep others out. More is forgotten than is needed, so
   * that not each call in a full shard has to look.
   *
   * @param kept a topic of which nothing is forgotten: each of its words has to be later than the one before
   */
  private boolean makeRoom(long more, long most, String kept) {
    if (more > 0 && bytes + more > most) {
      Iterator<Gone> earliest = Gone.of(rooms, topic -> !topic.equals(kept)).iterator();
      while (bytes + more > most - most / SPARE && earliest.hasNext()) {
        Gone next = earliest.next();
        forget(next.topic(), next.user());
      }
    }
    return more == 0 || bytes + more <= most;
  }

  private void sweep() {
    if (clockMs - sweptMs < SWEEP_MS) {
      return;
    }
    sweptMs = clockMs;
    for (String topic : List.copyOf(rooms.keySet())) {
      rooms.get(topic).entrySet().stream().filter(entry -> entry.getValue().isForgotten(clockMs)).map(Map.Entry::getKey).toList().forEach(user -> forget(topic, user));
    }
  }

  /** What was said last of each; null where that is nothing. */
  public List<Word> look(List<Pair> pairs) {
    List<Word> words = new ArrayList<>();
    pairs.forEach(pair -> words.add(word(pair.topic(), pair.user())));
    return words;
  }

  /** The members of a topic. */
  public Map<String, Word> roster(String topic) {
    Map<String, Word> members = new HashMap<>(rooms.getOrDefault(topic, Map.of()));
    members.values().removeIf(word -> !word.member());
    return members;
  }

  /**
   * Says that users may be members of topics, each as far as there is room.
   *
   * @param most bytes of the shard
   */
  public List<Room> hint(List<Pair> pairs, long most) {
    return pairs.stream().map(pair -> hint(pair, most)).toList();
  }

  private Room hint(Pair pair, long most) {
    Set<String> topics = hints.getOrDefault(pair.user(), Set.of());
    if (topics.contains(pair.topic())) {
      return Room.DONE;
    }
    if (topics.size() >= TOPICS) {
      return Room.TOO_MANY;
    }
    if (!makeRoom(cost(pair.topic(), HINT_COST), most, pair.topic())) {
      return Room.FULL;
    }
    point(pair.user(), pair.topic());
    return Room.DONE;
  }

  /** Takes hints back. */
  public void unhint(List<Pair> pairs) {
    for (Pair pair : pairs) {
      Set<String> topics = hints.getOrDefault(pair.user(), Set.of());
      if (topics.contains(pair.topic())) {
        topics.remove(pair.topic());
        bytes -= cost(pair.topic(), HINT_COST);
        if (topics.isEmpty()) {
          hints.remove(pair.user());
          bytes -= cost(pair.user(), ROOM_COST);
        }
      }
    }
  }

  /** The topics that each user may be a member of. */
  public List<List<String>> hinted(List<String> users) {
    return users.stream().map(user -> List.copyOf(hints.getOrDefault(user, Set.of()))).toList();
  }

  /** What two halves of a cluster make of a shard when they meet: of each member the later word, and all hints; this one, if it has all that. */
  public ShardMembers joinedWith(ShardMembers other) {
    if (covers(other)) {
      return this;
    }
    ShardMembers joined = new ShardMembers(rooms, hints, Math.max(clockMs, other.clockMs));
    other.rooms.forEach((topic, words) -> words.forEach((user, word) -> joined.say(topic, user, Word.newer(joined.word(topic, user), word))));
    other.hints.forEach((user, topics) -> topics.forEach(topic -> joined.point(user, topic)));
    return joined;
  }

  private boolean covers(ShardMembers other) {
    return other.rooms.entrySet().stream().allMatch(room -> room.getValue().entrySet().stream().allMatch(said -> {
      Word here = word(room.getKey(), said.getKey());
      return here != null && Word.newer(here, said.getValue()) == here;
    })) && other.hints.entrySet().stream().allMatch(hint -> hints.getOrDefault(hint.getKey(), Set.of()).containsAll(hint.getValue()));
  }

  private void say(String topic, String user, Word word) {
    Map<String, Word> room = rooms.get(topic);
    if (room == null) {
      room = new HashMap<>();
      rooms.put(topic, room);
      bytes += cost(topic, ROOM_COST);
    }
    if (room.put(user, word) == null) {
      bytes += cost(user, WORD_COST);
    }
  }

  private void forget(String topic, String user) {
    Map<String, Word> room = rooms.get(topic);
    room.remove(user);
    bytes -= cost(user, WORD_COST);
    if (room.isEmpty()) {
      rooms.remove(topic);
      bytes -= cost(topic, ROOM_COST);
    }
  }

  private void point(String user, String topic) {
    Set<String> topics = hints.get(user);
    if (topics == null) {
      topics = new LinkedHashSet<>();
      hints.put(user, topics);
      bytes += cost(user, ROOM_COST);
    }
    if (topics.add(topic)) {
      bytes += cost(topic, HINT_COST);
    }
  }

  private Word word(String topic, String user) {
    return rooms.getOrDefault(topic, Map.of()).get(user);
  }

  private boolean isMember(String topic, String user) {
    Word word = word(topic, user);
    return word != null && word.member();
  }

  private int count(String topic) {
    return (int) rooms.getOrDefault(topic, Map.of()).values().stream().filter(Word::member).count();
  }

  private static long cost(String name, int overhead) {
    return overhead + 2L * name.length();
  }
}
