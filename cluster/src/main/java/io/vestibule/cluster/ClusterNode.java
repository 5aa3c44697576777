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

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;
  private final ClusteredMembership membership;

  ClusterNode(Vertx vertx, HazelcastInstance hazelcast, ClusteredMembership membership) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
    this.membership = membership;
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
    return majority.isMinority(hazelcast.getLifecycleService().isRunning() ? hazelcast.getCluster().getMembers().size() : 0);
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
    membership.close();
    return vertx.close();
  }
}
