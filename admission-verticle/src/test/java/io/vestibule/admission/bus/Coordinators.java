package io.vestibule.admission.bus;

import static io.vestibule.cluster.TestCluster.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vestibule.admission.AdmissionConfig;
import io.vestibule.admission.AdmissionEnvironment;
import io.vestibule.admission.AdmissionVerticle;
import io.vestibule.admission.TestAdmission;
import io.vestibule.admission.store.HazelcastAdmissionStore;
import io.vestibule.admission.store.HazelcastSeatStore;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastTermStore;
import io.vestibule.cluster.ownership.MajorityTermStore;
import io.vestibule.cluster.ownership.OwnershipTimings;
import io.vestibule.cluster.ownership.ShardDirectory;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.ownership.ShardOwnership;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionBatch;
import io.vestibule.contract.admission.AdmissionCommand.Holder;
import io.vestibule.contract.admission.AdmissionCommand.Join;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.admission.AdmissionSeen;
import io.vestibule.contract.admission.SocketReport;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Real nodes of one cluster, each a coordinator or a gateway that holds sockets in a map. What is stored moves while nodes begin, and a call that meets it on its way may be answered after seconds, or not at all: a
 * node has begun when it is over.
 */
final class Coordinators implements AutoCloseable {
  static final String QUEUE = AdmissionConfig.DEFAULT_QUEUE;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final TestCluster grid = new TestCluster();
  private final Majority majority;
  private final AdmissionConfig config;

  Coordinators(int expectedSize, int capacity) {
    this(expectedSize, TestAdmission.config(capacity));
  }

  Coordinators(int expectedSize, AdmissionConfig config) {
    this.majority = new Majority(expectedSize);
    this.config = config;
  }

  /** A node that leads queues. */
  Coordinator coordinator(String name) {
    return coordinator(name, config);
  }

  /** A node that leads queues, and is configured otherwise. */
  Coordinator coordinator(String name, AdmissionConfig config) {
    ClusterNode node = grid.start(name, AdmissionVerticle.ROLE);
    OwnershipTimings timings = OwnershipTimings.forFailureTimeout(SECOND.multipliedBy(10));
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Bus bus = new Bus(node.vertx(), SECOND.multipliedBy(3), meters);
    var terms = new MajorityTermStore(new HazelcastTermStore(node.vertx(), node.hazelcast(), timings.storeDeadline()), Set.of(ShardKinds.QUEUES),
        () -> node.isMinority(majority));
    ShardOwnership ownership = new ShardOwnership(node.vertx(), node.membership(), terms, timings, meters);
    var store = new HazelcastAdmissionStore(node.vertx(), node.hazelcast(), SECOND.multipliedBy(2));
    var seats = new HazelcastSeatStore(node.vertx(), node.hazelcast(), SECOND.multipliedBy(2));
    var environment = new AdmissionEnvironment(bus, node.membership(), ownership, store, seats, meters, majority);
    await(node.vertx().deployVerticle(new AdmissionVerticle(environment, config)));
    grid.settle();
    return new Coordinator(node, meters);
  }

  /** A node that holds sockets. */
  Gateway gateway(String name) {
    Gateway gateway = new Gateway(grid.start(name, Gateways.ROLE));
    grid.settle();
    return gateway;
  }

  /** Ends a node as a kill would. */
  void kill(ClusterNode node) {
    grid.kill(node);
  }

  @Override
  public void close() {
    grid.close();
  }

  record Coordinator(ClusterNode node, SimpleMeterRegistry meters) {
    String id() {
      return node.membership().self().id();
    }
  }

  /** Asks as a gateway does, and writes down what it is told. */
  static final class Gateway {
    final ClusterNode node;
    final Bus bus;
    final List<AdmissionNotice> told = new CopyOnWriteArrayList<>();
    final Map<String, SocketReport.Socket> sockets = new ConcurrentHashMap<>();
    private final String id;

    private Gateway(ClusterNode node) {
      this.node = node;
      this.id = node.membership().self().id();
      this.bus = new Bus(node.vertx(), SECOND.multipliedBy(3), new SimpleMeterRegistry());
      await(bus.serve(Addresses.ADMISSION_NOTICE.at(id), (notices, flow) -> {
        told.addAll(notices.notices());
        return Future.succeededFuture(new AdmissionSeen(List.of()));
      }));
      await(bus.serve(Addresses.ADMISSION_SOCKETS.at(id), (question, flow) -> Future.succeededFuture(new SocketReport(List.copyOf(sockets.values()), List.of()))));
    }

    /** Whose turn it is to lead the queue, as this node sees it. */
    Optional<String> leader() {
      return leader(QUEUE);
    }

    Optional<String> leader(String queue) {
      return new ShardDirectory(node.membership()).ownerOf(ShardKinds.QUEUES, queue).map(NodeRef::id);
    }

    Join join(String user) {
      return new Join(QUEUE, user, "try-" + user, new Holder(id, "c-" + user), null, -1, "web", null);
    }

    /** Asks once. */
    Future<AdmissionAnswer> askOnce(AdmissionCommand command) {
      return leader(command.queue()).map(leader -> bus.request(Addresses.ADMISSION.at(leader), new AdmissionBatch(id, List.of(command)), "flow")
              .map(answers -> answers.answers().get(0)))
          .orElse(Future.succeededFuture(new AdmissionAnswer.NotLeader()));
    }

    /** Asks until somebody who leads answers, and again when it cannot tell just now: it may not have heard from a colleague in time. */
    AdmissionAnswer ask(AdmissionCommand command) {
      long deadline = System.nanoTime() + TestCluster.PATIENCE.toNanos();
      while (System.nanoTime() < deadline) {
        AdmissionAnswer answer = await(askOnce(command).otherwise(new AdmissionAnswer.NotLeader()));
        if (answer instanceof Refused refused && refused.reason() == ErrorReason.ADMISSION_UNAVAILABLE) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(refused.retryAfterMs()));
        } else if (answer instanceof AdmissionAnswer.NotLeader) {
          LockSupport.parkNanos(20_000_000);
        } else {
          return answer;
        }
      }
      throw new AssertionError("nobody leads the queue");
    }

    boolean wasPromoted(String connection) {
      return told.stream().anyMatch(notice -> notice instanceof AdmissionNotice.Promoted && notice.connection().equals(connection));
    }
  }
}
