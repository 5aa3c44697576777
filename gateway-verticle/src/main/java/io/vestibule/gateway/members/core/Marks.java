package io.vestibule.gateway.members.core;

import io.vestibule.gateway.log.Position;
import io.vestibule.gateway.log.core.Cursor;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How far the members of a topic are, as far as was told; nobody goes back. Pure, one thread. */
public final class Marks {
  private static final Mark NOTHING = new Mark(null, null);

  private final Map<String, Mark> marks = new TreeMap<>();

  /** Takes what was told of a member, and says what of that is news; null where nothing is. */
  public Mark rise(String userId, Mark told) {
    Mark known = marks.getOrDefault(userId, NOTHING);
    Mark news = known.news(told);
    if (news != null) {
      marks.put(userId, known.with(news));
    }
    return news;
  }

  /** What of something that was told would be news; null where nothing would. */
  public Mark news(String userId, Mark told) {
    return marks.getOrDefault(userId, NOTHING).news(told);
  }

  /** Somebody is no member any more. */
  public void drop(String userId) {
    marks.remove(userId);
  }

  /** All of them, in the order of user ids. */
  public Map<String, Mark> all() {
    return marks;
  }

  /** What the cursors of a log say of members: of several devices the furthest, in the epoch that was last spoken of. */
  public static Map<String, Mark> of(List<Cursor> cursors, long nowMs) {
    Map<String, Mark> found = new HashMap<>();
    cursors.stream().filter(cursor -> !cursor.isOver(nowMs)).sorted(Comparator.comparingLong(Cursor::atMs)).forEach(cursor -> {
      String user = Cursor.member(cursor.name());
      if (user != null) {
        Position at = new Position(cursor.epoch(), cursor.offset());
        Mark known = found.getOrDefault(user, NOTHING);
        found.put(user, known.with(known.news(Cursor.isRead(cursor.name()) ? new Mark(null, at) : new Mark(at, null))));
      }
    });
    return found;
  }
}
