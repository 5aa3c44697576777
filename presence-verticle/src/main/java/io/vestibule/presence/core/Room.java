package io.vestibule.presence.core;

import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.Known.Member;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.Statement.Here;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** One topic: who is in it according to whom, and which gateways are told. */
final class Room {
  private final String topic;
  private final RoomLimits limits;
  private final Map<String, Map<String, Here>> said = new HashMap<>();
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Map<String, ReplicaSource<PresenceKey, Known>> watchers = new HashMap<>();
  private Set<String> sample;

  Room(String topic, RoomLimits limits) {
    this.topic = topic;
    this.limits = limits;
  }

  /** Whether there is nobody in it and nobody who watches it. */
  boolean isIdle() {
    return members.isEmpty() && watchers.isEmpty();
  }

  /** Who is in it, in the order in which they came; a view. */
  Map<String, Member> members() {
    return members;
  }

  /** Whether one of them has a connection, and does not only linger. */
  boolean isConnected() {
    return said.values().stream().anyMatch(ofUser -> ofUser.values().stream().anyMatch(here -> here.connections() > 0));
  }

  /** Whether only some of the members are named. */
  boolean isSampled() {
    return sample != null;
  }

  /**
   * A gateway says something else of a user than before.
   *
   * @param here null where it says nothing any more
   */
  void stated(String gateway, String user, Here here) {
    Map<String, Here> ofUser = said.computeIfAbsent(user, u -> new HashMap<>(2));
    if (here == null) {
      ofUser.remove(gateway);
    } else {
      ofUser.put(gateway, here);
    }
    Member before = members.get(user);
    if (ofUser.isEmpty()) {
      said.remove(user);
      members.remove(user);
      tellOf(user, null);
    } else {
      Member now = goingOn(before, Merge.of(ofUser.values()));
      if (!now.equals(before)) {
        members.put(user, now);
        tellOf(user, now);
      }
    }
    if (members.containsKey(user) != (before != null)) {
      counted();
    }
  }

  /** Somebody who is there is so since he came, also when the connection that he came with is gone, and he has others elsewhere. */
  private static Member goingOn(Member before, Member now) {
    return before == null || before.sinceMs() >= now.sinceMs() ? now : new Member(now.connections(), before.sinceMs(), now.status(), now.info());
  }

  /** A gateway is to be told, from what is known now on. */
  void watchedBy(String gateway, ReplicaSource<PresenceKey, Known> source) {
    watchers.put(gateway, source);
    tellAll(source);
  }

  /** A gateway is to be told no more. */
  void unwatchedBy(String gateway) {
    ReplicaSource<PresenceKey, Known> source = watchers.remove(gateway);
    if (source != null) {
      named().forEach(user -> source.remove(new PresenceKey(topic, user)));
      source.remove(PresenceKey.of(topic));
    }
  }

  private Set<String> named() {
    return sample == null ? members.keySet() : sample;
  }

  private void tellAll(ReplicaSource<PresenceKey, Known> source) {
    named().forEach(user -> source.put(new PresenceKey(topic, user), members.get(user)));
    source.put(PresenceKey.of(topic), summary());
  }

  private Known.Room summary() {
    return new Known.Room(members.size(), sample != null);
  }

  private void tellOf(String user, Member now) {
    if (sample != null && !sample.contains(user)) {
      return;
    }
    PresenceKey key = new PresenceKey(topic, user);
    if (now == null) {
      watchers.values().forEach(source -> source.remove(key));
    } else {
      watchers.values().forEach(source -> source.put(key, now));
    }
  }

  /** There is one more or one less. */
  private void counted() {
    if (sample == null && members.size() > limits.listed()) {
      becomeSampled();
    } else if (sample != null && members.size() <= limits.listedAgain()) {
      sample = null;
      watchers.values().forEach(this::tellAll);
    } else if (sample != null) {
      renewSample();
    }
    Known.Room now = summary();
    watchers.values().forEach(source -> source.put(PresenceKey.of(topic), now));
  }

  private void becomeSampled() {
    sample = new LinkedHashSet<>();
    for (String user : members.keySet()) {
      if (sample.size() < limits.sample()) {
        sample.add(user);
      } else {
        watchers.values().forEach(source -> source.remove(new PresenceKey(topic, user)));
      }
    }
  }

  /** Half a sample is filled up again, so that looking for others is rare. */
  private void renewSample() {
    sample.removeIf(user -> !members.containsKey(user));
    if (sample.size() * 2 > limits.sample()) {
      return;
    }
    for (Map.Entry<String, Member> member : members.entrySet()) {
      if (sample.size() >= limits.sample()) {
        return;
      }
      if (sample.add(member.getKey())) {
        tellOf(member.getKey(), member.getValue());
      }
    }
  }
}
