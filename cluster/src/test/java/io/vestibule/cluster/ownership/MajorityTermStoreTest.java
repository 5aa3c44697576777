package io.vestibule.cluster.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MajorityTermStoreTest {
  private static final Term FIRST = new Term(1, "me");

  private boolean minority;
  private final LocalTermStore shared = new LocalTermStore();
  private final TermStore store = new MajorityTermStore(shared, Set.of(ShardKinds.QUEUES), () -> minority);

  private static void assertRefused(Future<Term> raised) {
    assertThat(raised.cause()).isInstanceOfSatisfying(Failure.class, failure -> assertThat(failure.reason()).isEqualTo(ErrorReason.MINORITY));
  }

  @Test
  void aMinorityIsGivenNoTerm() {
    minority = true;
    assertRefused(store.raise(ShardKinds.QUEUES, 0, Term.NONE, FIRST));
    assertThat(shared.read(ShardKinds.QUEUES, 0).result()).isEqualTo(Term.NONE);
    minority = false;
    assertThat(store.raise(ShardKinds.QUEUES, 0, Term.NONE, FIRST).result()).isEqualTo(FIRST);
  }

  @Test
  void whatItReadsItMayReadAndWhatItHoldsItSeesThatItHolds() {
    store.raise(ShardKinds.QUEUES, 0, Term.NONE, FIRST);
    minority = true;
    assertThat(store.read(ShardKinds.QUEUES, 0).result()).isEqualTo(FIRST);
    assertThat(store.readAll(ShardKinds.QUEUES, Set.of(0)).result()).isEqualTo(Map.of(0, FIRST));
  }

  @Test
  void shardsOfOtherKindsAreTakenOnBothSides() {
    minority = true;
    assertThat(store.raise(new ShardKind("presence", "presence", 8), 0, Term.NONE, FIRST).result()).isEqualTo(FIRST);
  }

  /** It waited for the nodes that are gone, and is done without them once they are given up. */
  @Test
  void aClaimThatWasUnderWayWhenTheClusterFellApartIsRefusedToo() {
    Promise<Term> underWay = Promise.promise();
    TermStore slow = new MajorityTermStore(new TermStore() {
      @Override
      public Future<Term> read(ShardKind kind, int shard) {
        throw new AssertionError();
      }

      @Override
      public Future<Map<Integer, Term>> readAll(ShardKind kind, Set<Integer> shards) {
        throw new AssertionError();
      }

      @Override
      public Future<Term> raise(ShardKind kind, int shard, Term expected, Term claimed) {
        return underWay.future();
      }
    }, Set.of(ShardKinds.QUEUES), () -> minority);
    Future<Term> raised = slow.raise(ShardKinds.QUEUES, 0, Term.NONE, FIRST);
    minority = true;
    underWay.complete(FIRST);
    assertRefused(raised);
  }
}
