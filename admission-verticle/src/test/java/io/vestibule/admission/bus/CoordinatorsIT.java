package io.vestibule.admission.bus;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.admission.AdmissionVerticle;
import io.vestibule.admission.TestAdmission;
import io.vestibule.admission.bus.Coordinators.Coordinator;
import io.vestibule.admission.bus.Coordinators.Gateway;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.admission.store.FencedException;
import io.vestibule.admission.store.HazelcastAdmissionStore;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.TestCluster;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import io.vestibule.contract.admission.AdmissionAnswer.NotLeader;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionCommand.Confirm;
import io.vestibule.contract.admission.AdmissionCommand.Leave;
import io.vestibule.contract.admission.AdmissionCommand.Poll;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.admission.QueueReport;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.admission.SocketReport.Socket;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.message.HealthReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CoordinatorsIT {
  private static final String QUEUE = Coordinators.QUEUE;

  /** An order, with all the time it needs: one that was carried out and is given once more tells of less. */
  private static Future<QueueReport> order(Gateway gateway, String node, QueueOrder order) {
    return gateway.bus.request(Addresses.ADMISSION_ORDER.at(node), order, TestCluster.PATIENCE, "flow");
  }

  private static JsonObject status(Gateway gateway, String node) {
    JsonArray queues = new JsonArray(await(order(gateway, node, new QueueOrder.Status())).queues());
    return queues.isEmpty() ? new JsonObject() : queues.getJsonObject(0);
  }

  @Test
  void oneIsAdmittedTheOtherWaitsAndIsPromotedAndOperatorsCanChangeIt() {
    try (Coordinators cluster = new Coordinators(1, 1)) {
      Coordinator coordinator = cluster.coordinator("a");
      Gateway gateway = cluster.gateway("g");
      Admitted ann = (Admitted) gateway.ask(gateway.join("ann"));
      assertThat(gateway.ask(gateway.join("bob"))).isInstanceOfSatisfying(Waiting.class, waiting -> assertThat(waiting.standing().position()).isEqualTo(1));
      assertThat(gateway.ask(gateway.join("cleo"))).isInstanceOfSatisfying(Waiting.class, waiting -> assertThat(waiting.standing().position()).isEqualTo(2));
      assertThat(gateway.wasPromoted("c-bob")).isFalse();
      assertThat(gateway.ask(new Leave(QUEUE, ann.claim().session()))).isInstanceOf(Done.class);
      eventually(() -> gateway.wasPromoted("c-bob"));
      assertThat(gateway.wasPromoted("c-cleo")).isFalse();

      assertThat(await(order(gateway, coordinator.id(), new QueueOrder.Capacity(QUEUE, 2, -1))).touched()).isEqualTo(1);
      eventually(() -> gateway.wasPromoted("c-cleo"));
      assertThat(status(gateway, coordinator.id()).getInteger("capacity")).isEqualTo(2);
      assertThat(status(gateway, coordinator.id()).getJsonObject("slots").getInteger("connected")).isEqualTo(2);
      assertThat(await(order(gateway, coordinator.id(), new QueueOrder.Revoke("cleo", null))).touched()).isEqualTo(1);
      assertThat(failureOf(order(gateway, coordinator.id(), new QueueOrder.Pause("nowhere", true))))
          .isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNKNOWN_QUEUE));
      assertThat(gateway.ask(new Poll("nowhere", ann.claim())))
          .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason()).isEqualTo(ErrorReason.UNKNOWN_QUEUE));
    }
  }

  /** The other half of a partition had written to the queue with it, and is gone: with its own term the leader would be refused for ever. */
  @Test
  void aHigherTermInTheStoreIsSurpassedAndNobodyIsLost() {
    try (Coordinators cluster = new Coordinators(1, 1)) {
      Coordinator coordinator = cluster.coordinator("a");
      Gateway gateway = cluster.gateway("g");
      Admitted ann = (Admitted) gateway.ask(gateway.join("ann"));
      AdmissionStore other = new HazelcastAdmissionStore(coordinator.node().vertx(), coordinator.node().hazelcast(), Duration.ofSeconds(20));
      assertThat(await(other.open(QUEUE, 1_000)).places()).hasSize(1);
      gateway.sockets.put("c-ann", new Socket(QUEUE, "c-ann", ann.claim(), true, 0));
      assertThat(gateway.ask(gateway.join("bob"))).isInstanceOfSatisfying(Waiting.class, waiting -> assertThat(waiting.standing().position()).isEqualTo(1));
      assertThat(failureOf(other.open(QUEUE, 1_000))).isInstanceOfSatisfying(FencedException.class, refused -> assertThat(refused.toSurpass()).isGreaterThan(1_000));
      assertThat(gateway.ask(new Leave(QUEUE, ann.claim().session()))).isInstanceOf(Done.class);
      eventually(() -> gateway.wasPromoted("c-bob"));
    }
  }

  @Test
  void whenTheLeaderIsKilledAnotherGoesOnWithNothingLost() {
    try (Coordinators cluster = new Coordinators(1, 2)) {
      List<Coordinator> coordinators = List.of(cluster.coordinator("a"), cluster.coordinator("b"));
      Gateway gateway = cluster.gateway("g");
      eventually(() -> gateway.node.membership().view().nodes().size() == 3);
      Admitted ann = (Admitted) gateway.ask(gateway.join("ann"));
      Admitted bob = (Admitted) gateway.ask(gateway.join("bob"));
      gateway.sockets.put("c-ann", new Socket(QUEUE, "c-ann", ann.claim(), true, 0));
      gateway.sockets.put("c-bob", new Socket(QUEUE, "c-bob", bob.claim(), true, 0));
      for (String user : List.of("cleo", "dan")) {
        Waiting waiting = (Waiting) gateway.ask(gateway.join(user));
        gateway.sockets.put("c-" + user, new Socket(QUEUE, "c-" + user, waiting.claim(), false, 0));
      }
      // A node that is killed before what it holds has a copy takes it along.
      eventually(() -> coordinators.stream().allMatch(coordinator -> await(coordinator.node().isSafe(Duration.ofSeconds(5)))));
      String killed = gateway.leader().orElseThrow();
      Coordinator survivor = coordinators.stream().filter(other -> !other.id().equals(killed)).findFirst().orElseThrow();
      cluster.kill(coordinators.stream().filter(other -> other.id().equals(killed)).findFirst().orElseThrow().node());
      eventually(() -> gateway.leader().filter(survivor.id()::equals).isPresent());

      assertThat(gateway.ask(gateway.join("eve"))).isInstanceOfSatisfying(Waiting.class, waiting -> assertThat(waiting.standing().position()).isEqualTo(3));
      long failed = (long) survivor.meters().find("vestibule.admission.store.failures").tag("call", "open").counters().stream().mapToDouble(Counter::count).sum();
      assertThat(survivor.meters().get("vestibule.admission.takeover").timer().max(TimeUnit.MILLISECONDS)).as("with %d openings that failed", failed)
          .isLessThan(Takeover.SURVEY_MILLIS + 3_000 + 3_000 * failed);
      JsonObject status = status(gateway, survivor.id());
      assertThat(status.getInteger("waiting")).isEqualTo(3);
      assertThat(status.getJsonObject("slots").getInteger("connected")).isEqualTo(2);
      gateway.ask(new Leave(QUEUE, ann.claim().session()));
      eventually(() -> gateway.wasPromoted("c-cleo"));
      assertThat(gateway.wasPromoted("c-dan")).isFalse();
    }
  }

  @Test
  void theQueueMovesToWhoseTurnItIsAndNoAnswerIsLost() {
    try (Coordinators cluster = new Coordinators(1, 1)) {
      cluster.coordinator("a");
      Gateway gateway = cluster.gateway("g");
      Admitted ann = (Admitted) gateway.ask(gateway.join("ann"));
      gateway.sockets.put("c-ann", new Socket(QUEUE, "c-ann", ann.claim(), true, 0));
      String first = gateway.leader().orElseThrow();
      for (int i = 0; gateway.leader().filter(first::equals).isPresent() && i < 3; i++) {
        cluster.coordinator("b" + i);
        int nodes = 3 + i;
        eventually(() -> gateway.node.membership().view().nodes().size() == nodes);
      }
      AdmissionAnswer again = gateway.ask(gateway.join("ann"));
      assertThat(again).as("the same call, repeated elsewhere").isInstanceOfSatisfying(Admitted.class,
          admitted -> assertThat(admitted.claim().session()).isEqualTo(ann.claim().session()));
    }
  }

  @Test
  void nodesThatAreConfiguredDifferentlyTellEachOtherAndWarn() {
    try (Coordinators cluster = new Coordinators(1, 1); LogEar ear = new LogEar(LogEvent.QUEUE_CONFIG_DIFFERS)) {
      cluster.coordinator("a");
      cluster.coordinator("b");
      Coordinator other = cluster.coordinator("c", TestAdmission.config(2));
      eventually(() -> ear.lines().stream().filter(line -> line.contains(" node=c ")).count() == 2);
      eventually(() -> ear.lines().size() == 4);
      assertThat(ear.lines()).allSatisfy(line -> assertThat(line).contains("queue=default", "capacity 1,", "capacity 2,", "c: capacity 2"));
      assertThat(other.id()).isNotEmpty();
    }
  }

  @Test
  void aMinorityAdmitsNobody() {
    try (Coordinators cluster = new Coordinators(5, 1)) {
      Coordinator coordinator = cluster.coordinator("a");
      Gateway gateway = cluster.gateway("g");
      assertThat(gateway.ask(gateway.join("ann"))).as("two of five").isInstanceOfSatisfying(Refused.class, refused -> {
        assertThat(refused.reason()).isEqualTo(ErrorReason.MINORITY);
        assertThat(refused.retryAfterMs()).isPositive();
      });
      SessionRef session = new SessionRef("place", 0);
      // An answer that took too long is none.
      eventually(() -> await(gateway.askOnce(new Confirm(QUEUE, session, 1)).map(NotLeader.class::isInstance).otherwise(false)));
      assertThat(gateway.ask(new Leave(QUEUE, session))).as("who leaves is told that it has not").isInstanceOfSatisfying(Refused.class,
          refused -> assertThat(refused.reason()).isEqualTo(ErrorReason.MINORITY));
      HealthReport health = await(new HealthService(gateway.bus).ask(AdmissionVerticle.ROLE, coordinator.id(), TestCluster.PATIENCE, "flow"));
      assertThat(health.healthy()).isFalse();
      assertThat(health.detailsJson().getBoolean("minority")).isTrue();
      QueueReport report = await(order(gateway, coordinator.id(), new QueueOrder.Status()));
      assertThat(report.queues()).isEqualTo("[]");
      JsonObject unled = new JsonArray(report.others()).getJsonObject(0);
      assertThat(unled.getString("queue")).isEqualTo(QUEUE);
      assertThat(unled.containsKey("coordinator")).isTrue();
      assertThat(unled.getValue("coordinator")).isNull();

      Gateway third = cluster.gateway("h");
      eventually(() -> third.ask(third.join("ann")) instanceof Admitted);
      assertThat(gateway.ask(gateway.join("bob"))).isInstanceOf(Waiting.class);
      cluster.kill(third.node);
      eventually(() -> gateway.ask(gateway.join("bob")) instanceof Refused refused && refused.reason() == ErrorReason.MINORITY);
      assertThat(gateway.wasPromoted("c-bob")).isFalse();
    }
  }
}
