package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.ShardLog;
import io.vestibule.gateway.log.core.Slice;
import java.util.List;
import org.junit.jupiter.api.Test;

class InformedTopicLogIT extends OnMemoryContract {
  private final TopicLog one = new InformedTopicLog(memory);
  private final TopicLog other = new InformedTopicLog(memory);

  @Override
  protected List<TopicLog> stores() {
    return List.of(one, other);
  }

  /** It has lost one, and gets one, which another node knows of from what it heard, from an answer, or from what moved. */
  @Test
  void aStoreThatIsOlderThanWhatANodeHasHeardIsToldSo() {
    Appended first = await(one.append(append(1, 1, "a")));
    List<ShardLog> backup = memory.copy();
    Appended lost = await(one.append(append(1, 2, "lost")));
    other.heard(TopicLog.shardOf(TOPIC), lost.lineage(), lost.firstVersion());
    memory.restore(backup);
    goesOnInAnotherEpoch(first, await(other.append(append(2, 1, "b"))));
  }

  @Test
  void aStoreThatIsOlderThanWhatANodeWasAnsweredIsToldSo() {
    Appended first = await(one.append(append(1, 1, "a")));
    List<ShardLog> backup = memory.copy();
    await(one.append(append(1, 2, "lost")));
    memory.restore(backup);
    goesOnInAnotherEpoch(first, await(one.append(append(1, 3, "b"))));
  }

  @Test
  void aStoreThatIsOlderThanWhatMovedIsToldSo() {
    Appended first = await(one.append(append(1, 1, "a")));
    List<ShardLog> backup = memory.copy();
    await(one.append(append(1, 2, "lost")));
    await(other.moved(TopicLog.shardOf(TOPIC), 0, 0, 10));
    memory.restore(backup);
    goesOnInAnotherEpoch(first, await(other.append(append(2, 1, "b"))));
  }

  /** As when somebody starts it with an empty directory, sees that, and then with a copy. */
  @Test
  void aStoreThatWasEmptyForAWhileIsToldSo() {
    Appended first = await(one.append(append(1, 1, "a")));
    List<ShardLog> backup = memory.copy();
    await(one.append(append(1, 2, "lost")));
    memory.lose();
    assertThat(await(one.moved(TopicLog.shardOf(TOPIC), 0, 0, 10)).lineage()).isNotEqualTo(first.lineage());
    memory.restore(backup);
    goesOnInAnotherEpoch(first, await(one.append(append(1, 3, "b"))));
  }

  private void goesOnInAnotherEpoch(Appended first, Appended next) {
    assertThat(next.epoch()).isNotEqualTo(first.epoch());
    assertThat(next.offsets()).containsExactly(2);
    Slice slice = await(one.read(all(TOPIC)));
    assertThat(texts(slice)).containsExactly("a", "b");
    assertThat(slice.began()).isEqualTo(1);
  }
}
