package io.vestibule.presence.core;

import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceFound.Named;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Who is in a topic, for those who ask once.
 *
 * @param members all of them by user, in the order in which they came; a view of what changes
 */
public record RoomView(Map<String, Member> members) {
  static final RoomView EMPTY = new RoomView(Map.of());

  public RoomView {
    members = Collections.unmodifiableMap(members);
  }

  /**
   * Some of them, in the order of their ids.
   *
   * @param after the id behind which they begin; null for the first
   * @param limit of how many, at most
   */
  public List<Named> page(String after, int limit) {
    var last = new PriorityQueue<String>(Comparator.reverseOrder());
    for (String user : limit > 0 ? members.keySet() : List.<String>of()) {
      if (after == null || user.compareTo(after) > 0) {
        last.add(user);
        if (last.size() > limit) {
          last.remove();
        }
      }
    }
    return last.stream().sorted().map(user -> new Named(user, members.get(user))).toList();
  }
}
