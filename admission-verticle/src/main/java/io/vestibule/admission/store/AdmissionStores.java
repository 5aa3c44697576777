package io.vestibule.admission.store;

import io.vertx.core.Vertx;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.store.RedisLink;
import java.time.Duration;

/**
 * Which store there is to be.
 *
 * @param redis whether queues are in Redis too; otherwise they are in the memory of the cluster alone
 * @param redisUrl {@code redis://} or {@code rediss://}; used when the type says so
 * @param redisTimeout of each command
 * @param cluster the keys in Redis carry this name, so that several clusters can share one
 * @param majority where it is not seen, Redis is left to those who see it
 */
public record AdmissionStores(boolean redis, String redisUrl, Duration redisTimeout, String cluster, Majority majority) {
  /** How long a commit to the memory of the cluster may take; while a node dies it takes most of it. */
  private static final Duration JOURNAL_DEADLINE = Duration.ofSeconds(5);

  /** How long the count of sessions is waited for: it is asked before somebody is let in, and asked again. */
  private static final Duration SEATS_DEADLINE = Duration.ofSeconds(2);

  /** The memory of the cluster. */
  public static AdmissionStores embedded() {
    return new AdmissionStores(false, "", Duration.ZERO, "", new Majority(1));
  }

  /** Makes the store of a node; may be called on an event loop, and connects when the store is first asked. */
  public AdmissionStore create(Vertx vertx, ClusterNode node) {
    HazelcastAdmissionStore journal = new HazelcastAdmissionStore(vertx, node.hazelcast(), JOURNAL_DEADLINE);
    return redis ? beside(vertx, node, journal) : journal;
  }

  /** Makes the count of what users have in all queues, which is in the memory of the cluster whatever the type. */
  public SeatStore createSeats(Vertx vertx, ClusterNode node) {
    return new HazelcastSeatStore(vertx, node.hazelcast(), SEATS_DEADLINE);
  }

  private AdmissionStore beside(Vertx vertx, ClusterNode node, HazelcastAdmissionStore journal) {
    RedisLink link = new RedisLink(vertx, redisUrl, redisTimeout);
    RedisCounter counter = new RedisCounter(link, new RedisKeys(cluster));
    Incarnation incarnation = new Incarnation(new JournalGrid(vertx, node.hazelcast(), JOURNAL_DEADLINE), counter::next);
    RedisAdmissionStore mirror = new RedisAdmissionStore(vertx, link, cluster, incarnation, redisTimeout);
    return new FailoverStore(vertx, journal, mirror, JOURNAL_DEADLINE.plus(redisTimeout), () -> node.isMinority(majority));
  }

  /** Without the URL, which may carry a password. */
  @Override
  public String toString() {
    return "AdmissionStores[redis=" + redis + ", cluster=" + cluster + "]";
  }
}
