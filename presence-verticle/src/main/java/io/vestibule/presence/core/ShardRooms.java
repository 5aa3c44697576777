package io.vestibule.presence.core;

import io.vestibule.cluster.replica.ReplicaCopy;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.Known;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The topics of one shard, as long as this node owns it. It believes gateways that are in the cluster, and those only; and it says nothing before each gateway that was there at the beginning has given its
 * whole map or has left, because until then whoever is missing here may well be there. Pure; one thread.
 */
public final class ShardRooms {
  /** Sources that one owner may make for one gateway, as far as their lives tell them apart. */
  private static final int LIVES_OF_A_TERM = 20;

  private final RoomLimits limits;
  private final Map<String, Room> rooms = new HashMap<>();
  private final Map<String, Gateway> gateways = new HashMap<>();
  private final Set<String> awaited;
  private long nextLife;
  private long divergencesOfThoseWhoLeft;

  /** What is kept for one gateway. */
  private final class Gateway {
    final ReplicaCopy<PresenceKey, Statement> statements;
    final ReplicaSource<PresenceKey, Known> news = new ReplicaSource<>(PresenceKinds.NEWS, nextLife++);

    Gateway(String id) {
      statements = new ReplicaCopy<>(PresenceKinds.STATEMENTS, nextLife++, (key, before, now) -> stated(id, key, now));
    }
  }

  /**
   * Knows nothing yet.
   *
   * @param term with which the shard is owned
   * @param live the gateways that are in the cluster
   */
  public ShardRooms(RoomLimits limits, long term, Collection<String> live) {
    this.limits = limits;
    this.nextLife = term << LIVES_OF_A_TERM;
    this.awaited = new HashSet<>(live);
    live.forEach(id -> gateways.put(id, new Gateway(id)));
  }

  /** Whether all have spoken: what is known here is how it is. */
  public boolean isComplete() {
    return awaited.isEmpty();
  }

  /** How often a gateway's statements were found to differ from what was known of them. */
  public long divergences() {
    return divergencesOfThoseWhoLeft + gateways.values().stream().mapToLong(gateway -> gateway.statements.divergences()).sum();
  }

  /** Topics that somebody is in or watches. */
  public int size() {
    return rooms.size();
  }

  /** The gateways that are in the cluster now. What the others said does not hold any more. */
  public void gatewaysAre(Collection<String> live) {
    for (String gone : Set.copyOf(gateways.keySet())) {
      if (!live.contains(gone)) {
        Gateway gateway = gateways.remove(gone);
        divergencesOfThoseWhoLeft += gateway.statements.divergences();
        gateway.statements.entries().keySet().forEach(key -> stated(gone, key, null));
        awaited.remove(gone);
      }
    }
    live.forEach(id -> gateways.computeIfAbsent(id, Gateway::new));
  }

  /** A gateway speaks. */
  public ReplicaAnswer hear(String gateway, ReplicaUpdate<PresenceKey, Statement> update) {
    Gateway speaking = gateways.get(gateway);
    if (speaking == null) {
      return ReplicaAnswer.notMine();
    }
    ReplicaAnswer answer = speaking.statements.apply(update);
    if (speaking.statements.isWhole()) {
      awaited.remove(gateway);
    }
    return answer;
  }

  /** What a gateway is to be told of the topics that it watches; null while it must be told nothing: not all have spoken, or it has not said yet what it watches, and would take that for empty. */
  public ReplicaSource<PresenceKey, Known> newsFor(String gateway) {
    Gateway told = gateways.get(gateway);
    return told != null && isComplete() && told.statements.isWhole() ? told.news : null;
  }

  /** Who is in a topic; empty while not all have spoken. */
  public Optional<RoomView> view(String topic) {
    if (!isComplete()) {
      return Optional.empty();
    }
    Room room = rooms.get(topic);
    return Optional.of(room == null ? RoomView.EMPTY : new RoomView(room.members()));
  }

  private void stated(String gateway, PresenceKey key, Statement now) {
    Room room = rooms.computeIfAbsent(key.topic(), topic -> new Room(topic, limits));
    if (key.user() != null) {
      room.stated(gateway, key.user(), (Here) now);
    } else if (now != null) {
      room.watchedBy(gateway, gateways.get(gateway).news);
    } else {
      room.unwatchedBy(gateway);
    }
    if (room.isIdle()) {
      rooms.remove(key.topic());
    }
  }
}
