package io.vestibule.gateway.members.core;

import io.vestibule.gateway.members.core.Changed.Room;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Members of topics as simply as can be: what was said last of each pair, and which pairs were hinted at. */
public final class MembersModel {
  final Map<Pair, Word> words = new HashMap<>();
  final Set<Pair> hints = new HashSet<>();

  /** What a shard with room for everything does. */
  public Changed change(Change change) {
    List<Word> said = change.users().stream().map(user -> {
      Pair pair = new Pair(user, change.topic());
      Word before = words.get(pair);
      if (before == null || before.member() != change.member()) {
        long atMs = before == null ? change.nowMs() : Math.max(change.nowMs(), before.atMs() + 1);
        words.put(pair, change.member() ? new Word(true, atMs, atMs, change.epoch(), change.offset()) : new Word(false, atMs, before == null ? atMs : before.sinceMs(), 0, 0));
      }
      return words.get(pair);
    }).toList();
    return new Changed(Room.DONE, roster(change.topic()).size(), said);
  }

  /** Who is in a topic. */
  public Map<String, Word> roster(String topic) {
    return words.entrySet().stream().filter(entry -> entry.getKey().topic().equals(topic) && entry.getValue().member()).collect(Collectors.toMap(entry -> entry.getKey().user(), Map.Entry::getValue));
  }

  /** What was said last of a pair, or null. */
  public Word look(Pair pair) {
    return words.get(pair);
  }

  /** Gives a hint, or takes it back. */
  public void hint(Pair pair, boolean given) {
    if (given) {
      hints.add(pair);
    } else {
      hints.remove(pair);
    }
  }

  /** The topics that a user may be in. */
  public Set<String> hinted(String user) {
    return hints.stream().filter(pair -> pair.user().equals(user)).map(Pair::topic).collect(Collectors.toSet());
  }
}
