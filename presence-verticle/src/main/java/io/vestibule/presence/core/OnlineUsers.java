package io.vestibule.presence.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which users of one shard are online, for those who want to hear when that changes. A user is online while somebody is in {@code user.<id>}, which every session of the user and nobody else is
 * subscribed to. What was so when the shard's owner had heard of everybody is no change: whoever owned it before has said it. Pure; one thread.
 */
public final class OnlineUsers {
  private static final String OWN_TOPIC = "user.";

  private final Map<String, String> said = new HashMap<>();
  private final Map<String, Long> lastSeen = new HashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private boolean begun;

  /** Something about who is in a topic may be different. */
  void changed(String topic) {
    if (topic.startsWith(OWN_TOPIC) && topic.indexOf('.', OWN_TOPIC.length()) < 0) {
      changed.add(topic);
    }
  }

  /** How many users are online, as far as it was said. */
  public int count() {
    return said.size();
  }

  /** Whether {@link #edges} has something to look at. */
  public boolean isDue() {
    return !begun || !changed.isEmpty();
  }

  /**
   * What has changed since the last call, each user once: who came and went in between did neither.
   *
   * @param rooms of the shard, which are complete
   * @param nowMs Unix milliseconds
   */
  public List<UserEdge> edges(ShardRooms rooms, long nowMs) {
    var edges = new ArrayList<UserEdge>();
    for (String topic : changed) {
      String user = rooms.onlyMember(topic);
      if (user == null) {
        ended(topic, nowMs, edges);
      } else {
        if (said.put(topic, user) == null && begun) {
          edges.add(new UserEdge(topic, user, true, nowMs, 0));
        }
        seen(topic, rooms.isConnected(topic), nowMs);
      }
    }
    changed.clear();
    begun = true;
    return edges;
  }

  private void ended(String topic, long nowMs, List<UserEdge> edges) {
    String user = said.remove(topic);
    Long seenMs = lastSeen.remove(topic);
    if (user != null) {
      edges.add(new UserEdge(topic, user, false, nowMs, seenMs == null ? nowMs : seenMs));
    }
  }

  /** Whoever lingers has been seen last when that began. */
  private void seen(String topic, boolean connected, long nowMs) {
    if (connected) {
      lastSeen.remove(topic);
    } else {
      lastSeen.putIfAbsent(topic, nowMs);
    }
  }
}
