package io.vestibule.cluster.ownership;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastTermStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ShardOwnershipIT {
  private static final ShardKind KIND = new ShardKind("presence", "presence", 32);
  private static final OwnershipTimings TIMINGS = OwnershipTimings.forFailureTimeout(Duration.ofSeconds(10));

  /** What the listener of one node was told it holds. */
  private record Member(ClusterNode node, ShardOwnership ownership, Map<Integer, Long> held) {
    static Member start(ClusterNode node) {
      Map<Integer, Long> held = new ConcurrentHashMap<>();
      ShardOwnership ownership = new ShardOwnership(node.vertx(), node.membership(), store(node, TIMINGS.storeDeadline()), TIMINGS, new SimpleMeterRegistry());
      ownership.watch(KIND, new ShardListener() {
        @Override
        public void acquired(int shard, long term) {
          held.put(shard, term);
        }

        @Override
        public void lost(int shard, long term) {
          held.remove(shard, term);
        }
      });
      return new Member(node, ownership, held);
    }
  }

  private static TermStore store(ClusterNode node, Duration deadline) {
    return new HazelcastTermStore(node.vertx(), node.hazelcast(), deadline);
  }

  @Test
  void shardsMoveToWhoIsThereAndTheTermRises() {
    try (TestCluster cluster = new TestCluster()) {
      List<Member> members = new ArrayList<>();
      members.add(Member.start(cluster.start("a", "presence")));
      eventually(() -> members.get(0).held().size() == KIND.count());
      // A claim whose answer came too late is made again, one higher.
      Term stored = await(store(members.get(0).node(), TestCluster.PATIENCE).read(KIND, 0));
      assertThat(members.get(0).held()).containsEntry(0, stored.number());

      members.add(Member.start(cluster.start("b", "presence")));
      members.add(Member.start(cluster.start("c", "presence")));
      eventually(() -> settled(members));
      assertThat(members).allSatisfy(member -> assertThat(member.held()).isNotEmpty());

      Member dead = members.remove(1);
      Map<Integer, Long> orphans = Map.copyOf(dead.held());
      cluster.kill(dead.node());
      eventually(() -> settled(members));
      orphans.forEach((shard, term) -> assertThat(members).anySatisfy(member ->
          assertThat(member.held().getOrDefault(shard, 0L)).isGreaterThan(term)));
      assertThat(members.get(0).ownership().health().getJsonObject("presence").getInteger("shards")).isEqualTo(32);
    }
  }

  private static boolean settled(List<Member> members) {
    if (members.stream().mapToInt(member -> member.held().size()).sum() != KIND.count()) {
      return false;
    }
    return members.stream().allMatch(member -> member.held().entrySet().stream().allMatch(entry ->
        member.ownership().isCurrent(KIND, entry.getKey(), entry.getValue())
            && members.stream().allMatch(other ->
                other.ownership().ownerOf(KIND, entry.getKey()).orElseThrow().equals(member.node().membership().self()))));
  }
}
