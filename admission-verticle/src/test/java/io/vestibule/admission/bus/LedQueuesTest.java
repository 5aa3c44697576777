package io.vestibule.admission.bus;

import static io.vestibule.admission.bus.LeaderScene.GATEWAY;
import static io.vestibule.admission.bus.LeaderScene.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.admission.store.FencedException;
import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.admission.QueueOrder;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LedQueuesTest {
  private static final int SHARD = ShardKinds.QUEUES.shardOf(QUEUE);

  private final LeaderScene scene = new LeaderScene(1);
  private final LedQueues queues = scene.queues(() -> true);
  private final Orders orders = new Orders(queues, "n1", () -> 0);

  private boolean isLed() {
    return queues.leader(QUEUE).filter(QueueLeader::isOpen).isPresent();
  }

  /** Both halves of a partition gave it; after they have met only a higher one will do, however often this one is tried. */
  @Test
  void aTermThatTheStoreHasOfAnotherOwnerIsDisputedAndNotTriedAgain() {
    scene.store.openFailures.add(new FencedException(QUEUE, 2, 2));
    queues.acquired(SHARD, 2);
    assertThat(scene.disputed).containsExactly(Map.entry(2L, 2L));
    scene.pass(queues, orders, 5_000);
    assertThat(queues.leader(QUEUE)).isEmpty();
    queues.lost(SHARD, 2);
    queues.acquired(SHARD, 3);
    scene.pass(queues, orders, 500);
    assertThat(isLed()).isTrue();
  }

  /** The other half of a partition had it, and died before they met: with the same term it would be refused for ever. */
  @Test
  void aHigherTermInTheStoreIsDisputedTooAndToBeSurpassed() {
    scene.store.openFailures.add(new FencedException(QUEUE, 2, 7));
    queues.acquired(SHARD, 2);
    assertThat(scene.disputed).containsExactly(Map.entry(2L, 7L));
    scene.pass(queues, orders, 2_000);
    assertThat(queues.leader(QUEUE)).isEmpty();
    assertThat(queues.hindrances().get(QUEUE)).satisfies(why -> {
      assertThat(why.reason()).isEqualTo(Hindrance.Reason.GIVEN_UP);
      assertThat(why.detail()).contains("term 7");
    });
    assertThat(scene.registry.get("vestibule.admission.hindered").gauge().value()).isEqualTo(1);
    queues.lost(SHARD, 2);
    queues.acquired(SHARD, 8);
    scene.pass(queues, orders, 6_000);
    assertThat(isLed()).isTrue();
    assertThat(queues.hindrances()).isEmpty();
    assertThat(scene.registry.get("vestibule.admission.hindered").gauge().value()).isZero();
  }

  /** What stands in the way, as long as it does, from when it began. */
  @Test
  void whoCannotLeadSaysWhy() {
    scene.pass(queues, orders, 200);
    assertThat(queues.hindrances().get(QUEUE).reason()).isEqualTo(Hindrance.Reason.NO_TERM);
    scene.store.opens = false;
    queues.acquired(SHARD, 2);
    scene.pass(queues, orders, 2_000);
    Hindrance why = queues.hindrances().get(QUEUE);
    assertThat(why.reason()).isEqualTo(Hindrance.Reason.STORE_FAILED);
    assertThat(why.detail()).contains("away");
    JsonObject told = new JsonArray(orders.answer(new QueueOrder.Status(), "flow").result().others()).getJsonObject(0).getJsonObject("hindrance");
    assertThat(told.getString("reason")).isEqualTo("store_failed");
    assertThat(told.getString("node")).isEqualTo("n1");
    queues.minority(true);
    scene.pass(queues, orders, 200);
    assertThat(queues.hindrances().get(QUEUE).reason()).isEqualTo(Hindrance.Reason.MINORITY);
    queues.minority(false);
    scene.store.opens = true;
    scene.pass(queues, orders, 2_000);
    assertThat(isLed()).isTrue();
    assertThat(queues.hindrances()).isEmpty();
    assertThat(new JsonArray(orders.answer(new QueueOrder.Status(), "flow").result().queues()).getJsonObject(0).getValue("hindrance")).isNull();
    scene.store.failures.addAll(Collections.nCopies(40, new IllegalStateException("gone")));
    scene.ask(queues.leader(QUEUE).orElseThrow(), LeaderScene.join("ann"));
    scene.pass(queues, orders, 1_000);
    assertThat(queues.hindrances().get(QUEUE).reason()).isEqualTo(Hindrance.Reason.STORE_FAILED);
    scene.store.failures.clear();
    scene.pass(queues, orders, 2_000);
    assertThat(queues.hindrances()).isEmpty();
  }

  /** What a gateway is told when it asks whether its slots count, see docs/admission.md. */
  @Test
  void theSlotsOfAGatewayCountUntilItIsGivenUpAndAgainWhenItHasReported() {
    assertThat(queues.counts(SHARD, GATEWAY)).as("not led here").isFalse();
    scene.store.opens = false;
    queues.acquired(SHARD, 2);
    scene.pass(queues, orders, 1_000);
    assertThat(queues.counts(SHARD, GATEWAY)).as("nothing is given to anybody before the store is open").isTrue();
    scene.store.opens = true;
    scene.pass(queues, orders, 2_000);
    assertThat(queues.counts(SHARD, GATEWAY)).isTrue();
    assertThat(queues.counts(SHARD, "g2")).as("never heard of").isFalse();
    scene.gateways.alive.remove(GATEWAY);
    scene.pass(queues, orders, 200);
    assertThat(queues.counts(SHARD, GATEWAY)).as("its grace runs").isFalse();
    scene.gateways.alive.add(GATEWAY);
    scene.gateways.silent.add(GATEWAY);
    scene.pass(queues, orders, 3_000);
    assertThat(queues.counts(SHARD, GATEWAY)).as("its grace still runs").isFalse();
    scene.gateways.silent.clear();
    scene.pass(queues, orders, 2_000);
    assertThat(queues.counts(SHARD, GATEWAY)).isTrue();
    scene.expired.add(2L);
    assertThat(queues.counts(SHARD, GATEWAY)).as("somebody else may lead").isFalse();
  }

  @Test
  void whoseTurnItIsNotHasNothingToSay() {
    LedQueues others = scene.queues(() -> false);
    scene.pass(others, new Orders(others, "n1", () -> 0), 500);
    assertThat(others.hindrances()).isEmpty();
  }

  @Test
  void aReignThatEndsByItselfIsFollowedByAnotherWhileTheShardIsHeld() {
    scene.store.openFailures.add(new FencedException(QUEUE, 2, 1));
    queues.acquired(SHARD, 2);
    assertThat(queues.leader(QUEUE)).isEmpty();
    scene.pass(queues, orders, 1_000);
    assertThat(isLed()).isTrue();
    assertThat(scene.disputed).isEmpty();
  }

  /** The cluster falls apart and is whole again before anybody has noticed for good. */
  @Test
  void aReignThatEndedWhileNobodyMightActIsFollowedByAnotherAfterwards() {
    scene.store.openFailures.add(new FencedException(QUEUE, 2, 1));
    scene.expired.add(2L);
    queues.acquired(SHARD, 2);
    scene.pass(queues, orders, 2_000);
    assertThat(queues.leader(QUEUE)).isEmpty();
    scene.expired.clear();
    scene.pass(queues, orders, 1_000);
    assertThat(isLed()).isTrue();
    queues.lost(SHARD, 2);
    scene.pass(queues, orders, 2_000);
    assertThat(queues.leader(QUEUE)).isEmpty();
  }
}
