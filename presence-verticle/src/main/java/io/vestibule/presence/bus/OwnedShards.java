package io.vestibule.presence.bus;

import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.ownership.ShardListener;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaUpdate;
import io.vestibule.presence.core.Isolation;
import io.vestibule.presence.core.OnlineUsers;
import io.vestibule.presence.core.PresenceLimits;
import io.vestibule.presence.core.ShardRooms;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The shards that this node owns, each with what gateways have said since it does. One event loop. */
final class OwnedShards implements ShardListener {
  /** The role of nodes that hold connections. */
  static final String GATEWAY = "gateway";

  private static final EventLog LOG = EventLog.of(OwnedShards.class);

  private final PresenceLimits limits;
  private final Membership membership;
  private final Tenure tenure;
  private final PresenceMeters meters;
  private final Reign[] reigns = new Reign[ShardKinds.PRESENCE.count()];
  private final BitSet touched = new BitSet(reigns.length);
  private final Inheritance inheritance = new Inheritance();
  private final Isolation isolation = new Isolation();
  private Set<String> live = Set.of();
  private Set<String> colleagues = Set.of();
  private long viewSeen = -1;
  private boolean allKnown;
  private boolean cutOff;

  /** What decides who owns the shards. */
  interface Tenure {
    /** Whether this node holds a shard with a term at this moment: a node that was frozen may not know yet that it does not. */
    boolean isCurrent(int shard, long term);

    /** Somebody believes in an owner with a term that is not below this node's, of whom this node has never heard. */
    void dispute(int shard, long term, long seen);
  }

  OwnedShards(PresenceLimits limits, Membership membership, Tenure tenure, PresenceMeters meters) {
    this.limits = limits;
    this.membership = membership;
    this.tenure = tenure;
    this.meters = meters;
  }

  @Override
  public void acquired(int shard, long term) {
    refresh();
    Reign reign = Reign.begin(limits, term);
    reign.rooms().gatewaysAre(live, allKnown);
    inheritance.begun(shard, reign, allKnown && colleagues.isEmpty(), cutOff);
    reign.users().colleaguesAre(colleagues);
    reigns[shard] = reign;
    touched.set(shard);
  }

  @Override
  public void lost(int shard, long term) {
    if (reigns[shard] != null && reigns[shard].term() == term) {
      inheritance.ended(shard);
      reigns[shard] = null;
    }
  }

  /** Another node says what it has said of users while a shard was its own. */
  ReplicaAnswer hearSaid(String owner, int shard, ReplicaUpdate<String, SaidUser> update) {
    ReplicaAnswer answer = inheritance.heard(owner, shard, update);
    if (inheritance.passOn(shard)) {
      touched.set(shard);
    }
    return answer;
  }

  /** A while has passed. */
  void beat() {
    if (!cutOff) {
      inheritance.beat(touched);
    }
  }

  /** What this node says of the users of a shard, or has said until a moment ago; null otherwise. */
  OnlineUsers said(int shard) {
    return inheritance.latest(shard);
  }

  /** When a user who is not online was there last, by his own topic; 0 where that is not known. */
  long lastSeen(String topic, long nowMs) {
    return inheritance.lastSeen(ShardKinds.PRESENCE.shardOf(topic), topic, nowMs);
  }

  /** Loses every shard. */
  void end() {
    Arrays.fill(reigns, null);
  }

  /** Looks which gateways there are. */
  void refresh() {
    boolean known = membership.knowsAll();
    ClusterView view = membership.view();
    cutOff = isolation.isCutOff(view.nodes().size(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    // Whoever is cut off does not know the others, which are there all the same: what it takes meanwhile is not complete before they have spoken.
    boolean all = known && !cutOff;
    if (view.version() == viewSeen && all == allKnown) {
      return;
    }
    viewSeen = view.version();
    allKnown = all;
    live = ids(view, GATEWAY);
    colleagues = ids(view, ShardKinds.PRESENCE.role());
    colleagues.remove(view.self().id());
    inheritance.colleaguesAre(colleagues);
    for (int shard = 0; shard < reigns.length; shard++) {
      if (reigns[shard] != null) {
        reigns[shard].rooms().gatewaysAre(live, all);
        touched.set(shard);
      }
    }
  }

  private static Set<String> ids(ClusterView view, String role) {
    return view.nodesWithRole(role).stream().map(NodeRef::id).collect(Collectors.toSet());
  }

  /** The other nodes with the role, as of the last look. */
  Set<String> colleagues() {
    return colleagues;
  }

  /** Whether this node has rather been cut off than left by the others, as of the last look. */
  boolean isCutOff() {
    return cutOff;
  }

  /** The gateways that are in the cluster, as of the last look. */
  Set<String> live() {
    return live;
  }

  /** A gateway speaks of a shard; the update is sound. */
  ReplicaAnswer hear(String gateway, int shard, ReplicaUpdate<PresenceKey, Statement> update) {
    ShardRooms rooms = current(shard);
    if (rooms == null) {
      return ReplicaAnswer.notMine();
    }
    long divergences = rooms.divergences();
    ReplicaAnswer answer = rooms.hear(gateway, update);
    // The numbers find every hole, so this should not be.
    if (rooms.divergences() > divergences) {
      meters.diverged();
      LOG.warn(LogEvent.PRESENCE_DIVERGED, null).with(LogKey.SHARD, shard).with(LogKey.NODE, gateway).write();
    }
    if (update.fresh() || !update.changes().isEmpty()) {
      touched.set(shard);
    }
    return answer;
  }

  /** The rooms of a shard; null where this node does not own it at this moment. */
  ShardRooms current(int shard) {
    Reign reign = reigns[shard];
    return reign != null && tenure.isCurrent(shard, reign.term()) ? reign.rooms() : null;
  }

  /** Another node believes in an owner of a shard with this term: if the shard is this node's all the same, it has to be so with a higher one. */
  void dispute(int shard, long seen) {
    Reign reign = reigns[shard];
    if (reign != null && seen >= reign.term()) {
      tenure.dispute(shard, reign.term(), seen);
    }
  }

  /** The shards of which there may be something to tell; to be cleared by whoever sees to it. */
  BitSet touched() {
    return touched;
  }

  /** What is known of a shard; null where this node has lost it. */
  Reign reign(int shard) {
    return reigns[shard];
  }

  /** How it is now. */
  Figures figures() {
    int held = 0;
    int complete = 0;
    int rooms = 0;
    int members = 0;
    int users = 0;
    var awaited = new HashSet<String>();
    for (Reign reign : reigns) {
      if (reign != null) {
        held++;
        complete += reign.rooms().isComplete() ? 1 : 0;
        rooms += reign.rooms().size();
        members += reign.rooms().members();
        users += reign.users().count();
        awaited.addAll(reign.rooms().awaited());
      }
    }
    return new Figures(held, complete, awaited.size(), rooms, members, users);
  }

  /**
   * What is here, in numbers.
   *
   * @param held shards
   * @param complete those of which every gateway has given its whole map
   * @param awaited gateways that have not, for one shard at least
   * @param rooms topics that somebody is in or watches
   * @param members of all of them
   * @param users who are online
   */
  record Figures(int held, int complete, int awaited, int rooms, int members, int users) {
    static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0);
  }
}
