package io.vestibule.cluster.ownership;

import static io.vestibule.cluster.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DatedTermStoreTest {
  private static final ShardKind KIND = new ShardKind("queue", "admission", 8);

  private final AtomicLong now = new AtomicLong(1_700_000_000_999L);

  @Test
  void theFirstTermIsADateAndTheOthersCountOn() {
    TermStore store = new DatedTermStore(new LocalTermStore(), now::get);
    Term none = await(store.read(KIND, 1));
    assertThat(none.number()).isEqualTo(1_700_000_000L);
    Term first = none.next("a");
    assertThat(await(store.raise(KIND, 1, none, first))).isEqualTo(first);
    now.addAndGet(3_600_000);
    assertThat(await(store.read(KIND, 1))).isEqualTo(first);
    assertThat(await(store.raise(KIND, 1, first, first.next("b")))).isEqualTo(first.next("b"));
  }

  @Test
  void ofTwoThatBeginOneWins() {
    TermStore store = new DatedTermStore(new LocalTermStore(), now::get);
    Term seenByA = await(store.read(KIND, 1));
    now.addAndGet(5_000);
    Term seenByB = await(store.read(KIND, 1));
    Term a = seenByA.next("a");
    assertThat(await(store.raise(KIND, 1, seenByA, a))).isEqualTo(a);
    assertThat(await(store.raise(KIND, 1, seenByB, seenByB.next("b")))).isEqualTo(a);
  }

  @Test
  void aClusterThatForgotItsTermsBeginsAboveThem() {
    Term before = await(new DatedTermStore(new LocalTermStore(), now::get).read(KIND, 1)).next("a");
    now.addAndGet(60_000);
    assertThat(await(new DatedTermStore(new LocalTermStore(), now::get).read(KIND, 1)).number()).isGreaterThan(before.number());
  }
}
