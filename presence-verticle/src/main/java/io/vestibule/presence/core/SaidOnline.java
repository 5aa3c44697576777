package io.vestibule.presence.core;

import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.PresenceKinds;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The users of a shard who were said to be online, by their own topic, with a source for each other node that could own the shard: whoever does next goes on from there. Pure; one thread. */
public final class SaidOnline {
  private static final int LIVES_OF_A_TERM = 20;

  private final Map<String, String> said = new HashMap<>();
  private final Map<String, ReplicaSource<String, String>> colleagues = new HashMap<>();
  private long nextLife;

  /**
   * Nobody yet.
   *
   * @param term with which the shard is owned
   */
  SaidOnline(long term) {
    this.nextLife = term << LIVES_OF_A_TERM;
  }

  /** The term of the owner that a source is of, by its life. */
  public static long termOf(long life) {
    return life >> LIVES_OF_A_TERM;
  }

  /** All of them; a view. */
  Map<String, String> entries() {
    return Collections.unmodifiableMap(said);
  }

  /** The answer is whether that is new. */
  boolean put(String topic, String user) {
    colleagues.values().forEach(source -> source.put(topic, user));
    return said.put(topic, user) == null;
  }

  /** The answer is who it was; null for nobody. */
  String remove(String topic) {
    colleagues.values().forEach(source -> source.remove(topic));
    return said.remove(topic);
  }

  /** The other nodes that could own the shard. */
  void colleaguesAre(Collection<String> nodes) {
    colleagues.keySet().retainAll(nodes);
    for (String node : nodes) {
      colleagues.computeIfAbsent(node, id -> {
        ReplicaSource<String, String> source = new ReplicaSource<>(PresenceKinds.SAID, nextLife++);
        said.forEach(source::put);
        return source;
      });
    }
  }

  /** What is for another node; null where that is none of them. */
  ReplicaSource<String, String> copyFor(String node) {
    return colleagues.get(node);
  }
}
