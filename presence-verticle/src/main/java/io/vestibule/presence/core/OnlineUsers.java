package io.vestibule.presence.core;

import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.SaidUser;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which users of one shard are online, for those who want to hear when that changes. A user is online while somebody is in {@code user.<id>}, which every session of the user and nobody else is
 * subscribed to. An owner goes on from what the one before it has said. Where nobody knows that, it begins with whom it found when it had heard of every gateway, and says nothing of them. Pure; one thread.
 */
public final class OnlineUsers {
  private static final String OWN_TOPIC = "user.";

  private final SaidOnline said;
  private final Map<String, Long> lingering = new HashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private Stage stage = Stage.WAITING;
  /** Whom it found while it was waiting; null before it has heard of every gateway. */
  private Map<String, String> found;
  private boolean spoken;

  private enum Stage {
    /** For what was said before. */
    WAITING,
    /** For the first look, which counts for what was said before. */
    BEGINNING,
    SPEAKING
  }

  /**
   * Knows of nobody.
   *
   * @param term with which the shard is owned
   */
  public OnlineUsers(long term, SeenLimits limits) {
    this.said = new SaidOnline(term, limits);
  }

  /** Something about who is in a topic may be different. */
  void changed(String topic) {
    if (topic.startsWith(OWN_TOPIC) && topic.indexOf('.', OWN_TOPIC.length()) < 0) {
      changed.add(topic);
    }
  }

  /** How many users are online, as far as it was said. */
  public int count() {
    return said.online();
  }

  /** The other nodes that could own the shard. */
  public void colleaguesAre(Collection<String> nodes) {
    said.colleaguesAre(nodes);
  }

  /** Whether {@link #said} means something: not before it has been looked for edges, however that began. */
  public boolean isKnown() {
    return spoken;
  }

  /** What was said of users, by their own topics: who is online, and when others were seen last; a view. */
  public Map<String, SaidUser> said() {
    return said.entries();
  }

  /** What another node is to know in case it owns the shard next; null while this one has nothing to pass on. */
  public ReplicaSource<String, SaidUser> copyFor(String node) {
    return isKnown() ? said.copyFor(node) : null;
  }

  /**
   * When a user who is not online was there last, by his own topic.
   *
   * @param before what is known of what owners before this one have said, which may not be all; it holds while all of it is waited for
   * @param nowMs Unix milliseconds
   * @return 0 where that is not known, or not any more
   */
  public long lastSeen(String topic, Map<String, SaidUser> before, long nowMs) {
    return stage == Stage.WAITING ? said.lastSeen(before.get(topic), nowMs) : said.lastSeen(topic, nowMs);
  }

  /** Nobody knows what was said before; the answer is whether that was still waited for. */
  public boolean inheritNothing() {
    if (stage != Stage.WAITING) {
      return false;
    }
    stage = found == null ? Stage.BEGINNING : Stage.SPEAKING;
    if (found != null) {
      found.forEach(said::put);
      found = null;
    }
    return true;
  }

  /**
   * This is what the owner before has said.
   *
   * @param before of users, by their own topics
   * @return whether that was still waited for; nothing happens otherwise
   */
  public boolean inherit(Map<String, SaidUser> before) {
    if (stage != Stage.WAITING) {
      return false;
    }
    stage = Stage.SPEAKING;
    said.inherit(before);
    before.forEach((topic, user) -> {
      if (user.isOnline()) {
        changed.add(topic);
      }
    });
    if (found != null) {
      changed.addAll(found.keySet());
      found = null;
    }
    return true;
  }

  /**
   * What has changed since the last call, each user once: who came and went in between did neither.
   *
   * @param rooms of the shard, which are complete
   * @param nowMs Unix milliseconds
   */
  public List<UserEdge> edges(ShardRooms rooms, long nowMs) {
    var edges = new ArrayList<UserEdge>();
    if (stage == Stage.WAITING) {
      find(rooms);
      return edges;
    }
    for (String topic : changed) {
      String user = rooms.onlyMember(topic);
      if (user == null) {
        ended(topic, nowMs, edges);
      } else {
        if (said.put(topic, user) && stage == Stage.SPEAKING) {
          edges.add(new UserEdge(topic, user, true, nowMs, 0));
        }
        seen(topic, rooms.isConnected(topic), nowMs);
      }
    }
    changed.clear();
    said.expire(nowMs);
    stage = Stage.SPEAKING;
    spoken = true;
    return edges;
  }

  private void find(ShardRooms rooms) {
    if (found == null) {
      found = new HashMap<>();
      for (String topic : changed) {
        String user = rooms.onlyMember(topic);
        if (user != null) {
          found.put(topic, user);
        }
      }
      changed.clear();
    }
  }

  private void ended(String topic, long nowMs, List<UserEdge> edges) {
    Long lingersSinceMs = lingering.remove(topic);
    long seenMs = lingersSinceMs == null ? nowMs : lingersSinceMs;
    String user = said.remove(topic, seenMs);
    if (user != null) {
      edges.add(new UserEdge(topic, user, false, nowMs, seenMs));
    }
  }

  /** Whoever lingers has been seen last when that began. */
  private void seen(String topic, boolean connected, long nowMs) {
    if (connected) {
      lingering.remove(topic);
    } else {
      lingering.putIfAbsent(topic, nowMs);
    }
  }
}
