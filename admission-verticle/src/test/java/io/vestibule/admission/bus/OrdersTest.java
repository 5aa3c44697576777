package io.vestibule.admission.bus;

import static io.vestibule.admission.bus.LeaderScene.GATEWAY;
import static io.vestibule.admission.bus.LeaderScene.QUEUE;
import static io.vestibule.admission.bus.LeaderScene.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vestibule.admission.store.AdmissionStore.Image;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.QueueOrder;
import io.vestibule.contract.admission.QueueReport;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OrdersTest {
  private static final int SHARD = ShardKinds.QUEUES.shardOf(QUEUE);
  private static final QueueOrder REVOKE = new QueueOrder.Revoke("ann", null);

  private final LeaderScene scene = new LeaderScene(1);
  private boolean turn = true;
  private final LedQueues queues = scene.queues(() -> turn);
  private final Orders orders = new Orders(queues, "n1", () -> scene.timers.nanos() / 1_000_000);

  static List<QueueOrder> each() {
    return List.of(REVOKE, new QueueOrder.Capacity(QUEUE, 5, -1), new QueueOrder.Pause(QUEUE, true));
  }

  private Future<QueueReport> order(QueueOrder order) {
    return orders.answer(order, "flow");
  }

  private static void assertFailed(Future<?> order, ErrorReason reason) {
    assertThat(order.cause()).isInstanceOfSatisfying(Failure.class, failure -> {
      assertThat(failure.reason()).isEqualTo(reason);
      assertThat(failure.reason().temporary()).isTrue();
      assertThat(failure.retryAfterMs()).isPositive();
    });
  }

  private void leaderBefore() {
    QueueLeader before = scene.leading(1);
    assertThat(scene.ask(before, join("ann")).get()).isInstanceOf(Admitted.class);
    before.end("killed");
  }

  /** As after the coordinator's death: the queue is this node's turn, then its term is raised, then the gateways are asked. */
  @ParameterizedTest
  @MethodSource("each")
  void anOrderWaitsForTheTakeoverAndIsDoneThen(QueueOrder order) {
    leaderBefore();
    scene.gateways.silent.add(GATEWAY);
    Future<QueueReport> done = order(order);
    scene.pass(queues, orders, 500);
    queues.acquired(SHARD, 2);
    scene.pass(queues, orders, 500);
    assertThat(done.isComplete()).isFalse();
    scene.gateways.silent.clear();
    scene.pass(queues, orders, 500);
    assertThat(done.result().touched()).isEqualTo(1);
    Image stored = scene.store.image(QUEUE);
    assertThat(List.of(stored.slots().isEmpty(), stored.queue().capacity() == 5, stored.queue().paused()))
        .isEqualTo(each().stream().map(order::equals).toList());
  }

  @ParameterizedTest
  @MethodSource("each")
  void whatCannotBeDoneInTimeIsToBeOrderedAgain(QueueOrder order) {
    leaderBefore();
    scene.store.opens = false;
    queues.acquired(SHARD, 2);
    Future<QueueReport> late = order(order);
    scene.pass(queues, orders, Orders.PATIENCE_MILLIS - 500);
    assertThat(late.isComplete()).isFalse();
    scene.pass(queues, orders, 600);
    assertFailed(late, ErrorReason.ADMISSION_UNAVAILABLE);
    scene.store.opens = true;
    scene.pass(queues, orders, 3_000);
    assertThat(scene.store.image(QUEUE).slots()).as("nothing of it is done later").hasSize(1);
    assertThat(order(order).result().touched()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("each")
  void whoLosesTheQueueBeforeTheOrderIsStoredSaysSo(QueueOrder order) {
    leaderBefore();
    queues.acquired(SHARD, 2);
    scene.pass(queues, orders, 500);
    scene.store.holds = true;
    Future<QueueReport> done = order(order);
    queues.lost(SHARD, 2);
    assertFailed(done, ErrorReason.ADMISSION_UNAVAILABLE);
  }

  @ParameterizedTest
  @MethodSource("each")
  void anotherNodesQueueIsNoConcern(QueueOrder order) {
    turn = false;
    assertThat(order(order).result()).isEqualTo(QueueReport.of(0));
  }

  @ParameterizedTest
  @MethodSource("each")
  void aMinorityDoesNothingAndSaysSo(QueueOrder order) {
    leaderBefore();
    Future<QueueReport> waiting = order(order);
    queues.minority(true);
    orders.tick();
    assertFailed(waiting, ErrorReason.MINORITY);
    assertFailed(order(order), ErrorReason.MINORITY);
  }

  @Test
  void whatWaitsIsBoundedAndEndsWithTheNode() {
    List<Future<QueueReport>> waiting = Stream.generate(() -> order(REVOKE)).limit(Orders.MOST_WAITING).toList();
    assertFailed(order(REVOKE), ErrorReason.ADMISSION_UNAVAILABLE);
    assertThat(waiting).noneMatch(Future::isComplete);
    queues.end();
    orders.end();
    waiting.forEach(order -> assertFailed(order, ErrorReason.ADMISSION_UNAVAILABLE));
    assertFailed(order(REVOKE), ErrorReason.ADMISSION_UNAVAILABLE);
  }

  @Test
  void aQueueThatIsNotConfiguredIsUnknown() {
    assertThat(order(new QueueOrder.Pause("nowhere", true)).cause())
        .isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.UNKNOWN_QUEUE));
  }
}
