package io.vestibule.presence.core;

import io.vestibule.cluster.ownership.ShardKinds;
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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The topics of one shard, as long as this node owns it. It believes gateways that are in the cluster, and those only; and it says nothing before each gateway that may have been there at the beginning has
 * given its whole map or has left, because until then whoever is missing here may well be there. Pure; one thread.
 */
public final class ShardRooms {
  /** Sources that one owner may make for one gateway, as far as their lives tell them apart. */
  private static final int LIVES_OF_A_TERM = 20;

  private final RoomLimits limits;
  private final OnlineUsers users;
  private final Map<String, Room> rooms = new HashMap<>();
  private final Map<String, Gateway> gateways = new HashMap<>();
  private final Set<String> awaited = new HashSet<>();
  private boolean allKnown;
  private long nextLife;
  private long divergences;
  private int members;

  /** What is kept for one gateway. */
  private final class Gateway {
    final ReplicaCopy<PresenceKey, Statement> statements;
    final ReplicaSource<PresenceKey, Known> news = new ReplicaSource<>(PresenceKinds.NEWS, nextLife++);

    Gateway(String id) {
      statements = new ReplicaCopy<>(PresenceKinds.STATEMENTS, nextLife++, (key, before, now) -> stated(id, key, now));
    }
  }

  /**
   * Knows nothing yet, not even which gateways there are: {@link #gatewaysAre} comes next.
   *
   * @param term with which the shard is owned
   * @param users told of users' own topics
   */
  public ShardRooms(RoomLimits limits, long term, OnlineUsers users) {
    this.limits = limits;
    this.users = users;
    this.nextLife = term << LIVES_OF_A_TERM;
  }

  /** The term of the owner that a source of news is of, by its life. */
  public static long termOf(long life) {
    return life >> LIVES_OF_A_TERM;
  }

  /** Whether all have spoken: what is known here is how it is. */
  public boolean isComplete() {
    return allKnown && awaited.isEmpty();
  }

  /** The gateways that have not given their whole map, and may know of somebody; a view. */
  public Set<String> awaited() {
    return Collections.unmodifiableSet(awaited);
  }

  /** How often a gateway's statements were found to differ from what was known of them. */
  public long divergences() {
    return divergences;
  }

  /** Topics that somebody is in or watches. */
  public int size() {
    return rooms.size();
  }

  /** Members of all topics. */
  public int members() {
    return members;
  }

  /**
   * The gateways that are in the cluster now. What the others said does not hold any more.
   *
   * @param all whether these are all: just after a node has joined it does not know everybody. Those that turn up until it does are awaited; those that come later are new, and have nobody yet
   */
  public void gatewaysAre(Collection<String> live, boolean all) {
    for (String gone : Set.copyOf(gateways.keySet())) {
      if (!live.contains(gone)) {
        gateways.remove(gone).statements.entries().keySet().forEach(key -> stated(gone, key, null));
        awaited.remove(gone);
      }
    }
    for (String id : live) {
      if (!gateways.containsKey(id)) {
        gateways.put(id, new Gateway(id));
        if (!allKnown) {
          awaited.add(id);
        }
      }
    }
    allKnown |= all;
  }

  /**
   * Whether an update could be about this shard.
   *
   * @param shard the number of this one
   */
  public static boolean isSound(int shard, ReplicaUpdate<PresenceKey, Statement> update) {
    return update.changes().stream().allMatch(entry -> ShardKinds.PRESENCE.shardOf(entry.key().topic()) == shard
        && (entry.value() == null || (entry.value() instanceof Here here ? entry.key().user() != null && here.connections() >= 0 && !(here.away() && here.connections() > 0) : entry.key().user() == null)));
  }

  /**
   * A gateway speaks.
   *
   * @param update which is sound
   */
  public ReplicaAnswer hear(String gateway, ReplicaUpdate<PresenceKey, Statement> update) {
    Gateway speaking = gateways.get(gateway);
    if (speaking == null) {
      return ReplicaAnswer.notMine();
    }
    long before = speaking.statements.divergences();
    ReplicaAnswer answer = speaking.statements.apply(update);
    divergences += speaking.statements.divergences() - before;
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
      int before = room.members().size();
      room.stated(gateway, key.user(), (Here) now);
      members += room.members().size() - before;
      users.changed(key.topic());
    } else if (now != null) {
      room.watchedBy(gateway, gateways.get(gateway).news);
    } else {
      room.unwatchedBy(gateway);
    }
    if (room.isIdle()) {
      rooms.remove(key.topic());
    }
  }

  /** Who has a topic for himself; null where nobody is in it. */
  String onlyMember(String topic) {
    Room room = rooms.get(topic);
    return room == null || room.members().isEmpty() ? null : room.members().keySet().iterator().next();
  }

  /** Whether somebody in a topic has a connection, and does not only linger. */
  boolean isConnected(String topic) {
    Room room = rooms.get(topic);
    return room != null && room.isConnected();
  }
}
