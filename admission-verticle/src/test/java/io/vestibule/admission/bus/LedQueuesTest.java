package io.vestibule.admission.bus;

import static io.vestibule.admission.bus.LeaderScene.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.admission.store.FencedException;
import io.vestibule.cluster.ownership.ShardKinds;
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
    assertThat(scene.disputed).containsExactly(2L);
    scene.pass(queues, orders, 5_000);
    assertThat(queues.leader(QUEUE)).isEmpty();
    queues.lost(SHARD, 2);
    queues.acquired(SHARD, 3);
    scene.pass(queues, orders, 500);
    assertThat(isLed()).isTrue();
  }

  @Test
  void aReignThatEndsByItselfIsFollowedByAnotherWhileTheShardIsHeld() {
    scene.store.openFailures.add(new FencedException(QUEUE, 2, 3));
    queues.acquired(SHARD, 2);
    assertThat(queues.leader(QUEUE)).isEmpty();
    scene.pass(queues, orders, 1_000);
    assertThat(isLed()).isTrue();
    assertThat(scene.disputed).isEmpty();
  }

  /** The cluster falls apart and is whole again before anybody has noticed for good. */
  @Test
  void aReignThatEndedWhileNobodyMightActIsFollowedByAnotherAfterwards() {
    scene.store.openFailures.add(new FencedException(QUEUE, 2, 3));
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
