package io.vestibule.cluster.hazelcast;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.ownership.Term;
import io.vestibule.cluster.ownership.TermStore;
import io.vestibule.cluster.ownership.TermStoreContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HazelcastTermStoreIT extends TermStoreContract {
  @AutoClose
  private static TestCluster cluster = TestCluster.ofTwo("admission");
  private static ClusterNode a = cluster.node(0);
  private static ClusterNode b = cluster.node(1);

  @BeforeEach
  void empty() {
    a.hazelcast().getMap(HazelcastSettings.TERMS_MAP).clear();
  }

  @Override
  protected List<TermStore> stores() {
    return List.of(store(a, TestCluster.PATIENCE), store(b, TestCluster.PATIENCE));
  }

  @Test
  void theTermsOutliveTheNodeThatHeldThem() {
    ClusterNode c = cluster.start("c", "admission");
    cluster.settle();
    for (int shard = 0; shard < KIND.count(); shard++) {
      assertThat(await(store(c, TestCluster.PATIENCE).raise(KIND, shard, Term.NONE, Term.NONE.next("c")))).isEqualTo(Term.NONE.next("c"));
    }
    cluster.kill(c);
    eventually(() -> a.membership().view().nodes().size() == 2);
    for (int shard = 0; shard < KIND.count(); shard++) {
      assertThat(await(store(a, TestCluster.PATIENCE).read(KIND, shard))).isEqualTo(Term.NONE.next("c"));
    }
  }

  /** Of a shard that no other test has: the call that was given up is done when the lock is gone, which may be after this. */
  @Test
  void aCallEndsAtItsDeadline() {
    int shard = KIND.count();
    a.hazelcast().getMap(HazelcastSettings.TERMS_MAP).lock("queue/" + shard);
    try {
      assertThat(failureOf(store(b, Duration.ofMillis(100)).raise(KIND, shard, Term.NONE, Term.NONE.next("b"))))
          .isInstanceOf(TimeoutException.class);
    } finally {
      a.hazelcast().getMap(HazelcastSettings.TERMS_MAP).unlock("queue/" + shard);
    }
  }

  private static TermStore store(ClusterNode node, Duration deadline) {
    return new HazelcastTermStore(node.vertx(), node.hazelcast(), deadline);
  }
}
