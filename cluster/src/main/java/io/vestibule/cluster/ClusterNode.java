package io.vestibule.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** This process as a node of the cluster. Thread-safe. */
public final class ClusterNode {
  /** The attribute of a member that tells its mode; it comes with the membership itself, so that nobody is a member before it is known. */
  static final String MODE = "vestibule.mode";

  private static final long LOOK_MILLIS = 500;

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final ClusteredMembership membership;
  private final LeftBehind leftBehind = new LeftBehind();
  private final long looking;

  ClusterNode(Vertx vertx, HazelcastInstance hazelcast, ClusteredMembership membership) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.membership = membership;
    this.looking = vertx.setPeriodic(LOOK_MILLIS, timer -> isLeftBehind());
  }

  /** The clustered Vert.x instance. */
  public Vertx vertx() {
    return vertx;
  }

  /** Who is in the cluster. */
  public Membership membership() {
    return membership;
  }

  /** The embedded data grid, for the stores; nobody else touches it. */
  public HazelcastInstance hazelcast() {
    return hazelcast;
  }

  /** The port of the data grid that was free. */
  public int port() {
    return hazelcast.getCluster().getLocalMember().getAddress().getPort();
  }

  /** The modes of the other members, as they were started with; without those that have none. */
  public Set<String> modesOfOthers() {
    return hazelcast.getCluster().getMembers().stream().filter(member -> !member.localMember()).map(member -> member.getAttribute(MODE))
        .filter(Objects::nonNull).collect(Collectors.toSet());
  }

  /**
   * Whether this node sees too few of its cluster at this moment. By the data grid's own list of members, which is shorter before the grid goes on without the others: what it has stored without
   * them was stored by a minority. Any thread may ask.
   */
  public boolean isMinority(Majority majority) {
    return majority.isMinority(members());
  }

  /**
   * Whether this node was frozen a moment ago and has not found those again whom it saw before: for 15 s at most. They go on without it, and it must not lead anything meanwhile that has to go on where they are. Any
   * thread may ask.
   */
  public boolean isLeftBehind() {
    return leftBehind.look(members(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  private int members() {
    return hazelcast.getLifecycleService().isRunning() ? hazelcast.getCluster().getMembers().size() : 0;
  }

  /**
   * Whether the node may be killed now without a loss: it has joined, and what it holds has its backup elsewhere.
   *
   * @param deadline after which the answer is false
   */
  public Future<Boolean> isSafe(Duration deadline) {
    return vertx.executeBlocking(() -> hazelcast.getLifecycleService().isRunning()
            && hazelcast.getPartitionService().isLocalMemberSafe(), false)
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .otherwise(false);
  }

  /** Leaves the cluster and stops Vert.x: undeploys, takes back the registrations, hands over the partitions. */
  public Future<Void> close() {
    vertx.cancelTimer(looking);
    membership.close();
    return vertx.close();
  }
}
