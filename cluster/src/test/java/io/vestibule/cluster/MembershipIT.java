package io.vestibule.cluster;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class MembershipIT {

  @Test
  void nodesFindEachOtherWithNamesAndRolesAndNoticeADeath() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterNode a = cluster.start("a", "gateway", "presence");
      List<ClusterChange> seen = new CopyOnWriteArrayList<>();
      a.membership().watch(seen::add);
      eventually(a.membership()::knowsAll);
      ClusterNode b = cluster.start("b", "presence");

      eventually(b.membership()::knowsAll);
      assertThat(b.membership().view().nodes()).as("all there are, when it says so").hasSize(2);
      eventually(() -> a.membership().view().nodes().size() == 2 && b.membership().view().nodes().size() == 2);
      assertThat(a.membership().view().nodes()).containsExactlyInAnyOrder(a.membership().self(), b.membership().self());
      assertThat(a.membership().nodesWithRole("gateway")).extracting(NodeRef::name).containsExactly("a");
      assertThat(b.membership().nodesWithRole("presence")).extracting(NodeRef::name).containsExactlyInAnyOrder("a", "b");

      NodeRef gone = b.membership().self();
      cluster.kill(b);
      eventually(() -> a.membership().view().nodes().size() == 1);
      eventually(() -> seen.size() == 2);
      assertThat(seen.get(0).joined()).containsExactly(gone);
      assertThat(seen.get(1).left()).containsExactly(gone);
      assertThat(seen.get(1).now().version()).isGreaterThan(seen.get(0).now().version());
    }
  }

  @Test
  void threeNodesStartedAtTheSameMomentFormOneCluster() {
    try (TestCluster cluster = new TestCluster()) {
      List<Future<ClusterNode>> starting = List.of(cluster.launch(cluster.config(), "a", "gateway"),
          cluster.launch(cluster.config(), "b", "gateway"), cluster.launch(cluster.config(), "c", "gateway"));
      List<ClusterNode> nodes = starting.stream().map(TestCluster::await).map(cluster::adopt).toList();

      eventually(() -> nodes.stream().allMatch(node -> node.membership().view().nodes().size() == 3));
      assertThat(nodes).extracting(ClusterNode::port).doesNotHaveDuplicates();
      eventually(() -> nodes.stream().allMatch(node -> await(node.isSafe(TestCluster.PATIENCE))));
    }
  }

  @Test
  void anApplicationsOwnNodeHasNoRoles() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterNode a = cluster.start("a", "gateway");
      var manager = new io.vertx.spi.cluster.hazelcast.HazelcastClusterManager(
          io.vestibule.cluster.hazelcast.HazelcastSettings.of(cluster.config()));
      var app = await(io.vertx.core.Vertx.builder().withClusterManager(manager).buildClustered());
      try {
        eventually(() -> a.membership().view().nodes().size() == 2);
        NodeRef stranger = a.membership().view().node(manager.getNodeId()).orElseThrow();
        assertThat(stranger.roles()).isEqualTo(Set.of());
        assertThat(stranger.name()).isEqualTo(manager.getNodeId());
      } finally {
        await(app.close());
      }
    }
  }
}
