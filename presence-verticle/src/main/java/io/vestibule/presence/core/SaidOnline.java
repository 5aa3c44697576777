package io.vestibule.presence.core;

import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.SaidUser;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The users of a shard who were said to be online, and when others were seen last, by their own topic; with a source for each other node that could own the shard: whoever does next goes on from there. Pure;
 * one thread.
 */
public final class SaidOnline {
  private static final int LIVES_OF_A_TERM = 20;

  private final SeenLimits limits;
  private final Map<String, SaidUser> said = new HashMap<>();
  /** Topics of those who are not online, in the order in which they went. */
  private final Set<String> offline = new LinkedHashSet<>();
  private final Map<String, ReplicaSource<String, SaidUser>> colleagues = new HashMap<>();
  private long nextLife;

  /**
   * Nobody yet.
   *
   * @param term with which the shard is owned
   */
  SaidOnline(long term, SeenLimits limits) {
    this.nextLife = term << LIVES_OF_A_TERM;
    this.limits = limits;
  }

  /** The term of the owner that a source is of, by its life. */
  public static long termOf(long life) {
    return life >> LIVES_OF_A_TERM;
  }

  /** All of them, online or not; a view. */
  Map<String, SaidUser> entries() {
    return Collections.unmodifiableMap(said);
  }

  /** How many are online. */
  int online() {
    return said.size() - offline.size();
  }

  private boolean isOnline(String topic) {
    SaidUser user = said.get(topic);
    return user != null && user.isOnline();
  }

  /** Somebody is online; the answer is whether that is new. */
  boolean put(String topic, String user) {
    boolean isNew = !isOnline(topic);
    offline.remove(topic);
    set(topic, SaidUser.online(user));
    return isNew;
  }

  /** Somebody is online no more; the answer is who it was, null where nobody was. */
  String remove(String topic, long lastSeenMs) {
    if (!isOnline(topic)) {
      return null;
    }
    String user = said.get(topic).user();
    keep(topic, new SaidUser(user, lastSeenMs));
    return user;
  }

  /** Goes on from what was said before; whom it says to be online is. */
  void inherit(Map<String, SaidUser> before) {
    before.entrySet().stream().sorted(Comparator.comparingLong(entry -> entry.getValue().lastSeenMs())).forEach(entry -> {
      if (entry.getValue().isOnline()) {
        put(entry.getKey(), entry.getValue().user());
      } else if (!said.containsKey(entry.getKey())) {
        keep(entry.getKey(), entry.getValue());
      }
    });
  }

  private void keep(String topic, SaidUser user) {
    offline.add(topic);
    set(topic, user);
    while (offline.size() > limits.most()) {
      drop(offline.iterator().next());
    }
  }

  private void set(String topic, SaidUser user) {
    said.put(topic, user);
    colleagues.values().forEach(source -> source.put(topic, user));
  }

  private void drop(String topic) {
    offline.remove(topic);
    said.remove(topic);
    colleagues.values().forEach(source -> source.remove(topic));
  }

  /** Forgets of whom it is no more to be told when he was seen last. */
  void expire(long nowMs) {
    while (!offline.isEmpty() && isOver(said.get(offline.iterator().next()), nowMs)) {
      drop(offline.iterator().next());
    }
  }

  private boolean isOver(SaidUser user, long nowMs) {
    return nowMs - user.lastSeenMs() >= limits.keepMs();
  }

  /** When somebody who is offline was seen last; 0 where that is not known any more. */
  long lastSeen(String topic, long nowMs) {
    return lastSeen(said.get(topic), nowMs);
  }

  /** The same of what was said of somebody, or null. */
  long lastSeen(SaidUser user, long nowMs) {
    return user == null || isOver(user, nowMs) ? 0 : user.lastSeenMs();
  }

  /** The other nodes that could own the shard. */
  void colleaguesAre(Collection<String> nodes) {
    colleagues.keySet().retainAll(nodes);
    for (String node : nodes) {
      colleagues.computeIfAbsent(node, id -> {
        ReplicaSource<String, SaidUser> source = new ReplicaSource<>(PresenceKinds.SAID, nextLife++);
        said.forEach(source::put);
        return source;
      });
    }
  }

  /** What is for another node; null where that is none of them. */
  ReplicaSource<String, SaidUser> copyFor(String node) {
    return colleagues.get(node);
  }
}
