package io.vestibule.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.message.FanMessage.StoredAt;
import io.vestibule.gateway.log.HeadWatch.Heads;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.store.TopicLog;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopShardsTest {
  private static final int SHARD = 5;
  private static final long LINEAGE = Lineage.ofNew(40);
  private static final long EMPTY = Lineage.ofNew(80);
  private static final long JOINED = Lineage.ofJoined(120);

  private final LoopShards shards = new LoopShards();

  private static Heads heads(int shard, long before, long versionBefore, long now, long version) {
    return new Heads(shard, before == 0, before, versionBefore, new Moved(now, version, List.of(), 0, 0), false, false);
  }

  private static StoredAt at(long lineage, long version) {
    return new StoredAt(1, 1, lineage, version, version - 1);
  }

  @Test
  void patternsBeginWhenAllShardsWereAsked() {
    for (int shard = 0; shard < TopicLog.SHARDS; shard++) {
      assertThat(shards.knowsAll()).isFalse();
      shards.moved(heads(shard, 0, 0, LINEAGE, 0));
    }

    assertThat(shards.knowsAll()).isTrue();
  }

  @Test
  void nothingIsOwedWhereAShardWasNotAsked() {
    shards.heard(SHARD, at(LINEAGE, 7));

    assertThat(shards.since(SHARD)).isEqualTo(LoopShards.NEVER);
    assertThat(shards.since(SHARD, at(LINEAGE, 7))).isEqualTo(LoopShards.NEVER);
  }

  @Test
  void ofAnotherShardEverythingIsOwedIfItBeganEmptyAndNothingIfItHasWhatOthersHad() {
    shards.moved(heads(SHARD, 0, 0, LINEAGE, 9));

    assertThat(shards.since(SHARD, at(LINEAGE, 12))).isEqualTo(9);
    assertThat(shards.since(SHARD, at(EMPTY, 2))).isZero();
    assertThat(shards.since(SHARD, at(JOINED, 20))).isEqualTo(LoopShards.NEVER);
  }

  @Test
  void aShardIsDoubtedThatIsNotAsFarAsWasHeardBeforeItWasAsked() {
    shards.heard(SHARD, at(LINEAGE, 7));
    shards.heard(SHARD, at(LINEAGE, 6));

    // What was heard since it was last asked may be younger than the answer.
    assertThat(shards.moved(heads(SHARD, LINEAGE, 3, LINEAGE, 6))).isFalse();
    assertThat(shards.moved(heads(SHARD, LINEAGE, 6, LINEAGE, 7))).isFalse();
    assertThat(shards.moved(heads(SHARD, LINEAGE, 6, LINEAGE, 6))).isTrue();
  }

  @Test
  void aShardIsDoubtedThatIsAnotherNow() {
    assertThat(shards.moved(heads(SHARD, 0, 0, LINEAGE, 6))).isFalse();
    assertThat(shards.moved(heads(SHARD, LINEAGE, 6, JOINED, 9))).isTrue();
  }
}
