package io.vestibule.cluster;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ClusterLauncherIT {
  private static final ClusterConfig.Tls PLAIN = new ClusterConfig.Tls("", "", "");

  @Test
  void takenPortsAreSkipped() throws Exception {
    try (TestCluster cluster = new TestCluster()) {
      ClusterConfig config = cluster.config();
      try (ServerSocket taken = new ServerSocket(config.port(), 1, InetAddress.getLoopbackAddress())) {
        assertThat(cluster.start("a").port()).isEqualTo(config.port() + 1).isNotEqualTo(taken.getLocalPort());
      }
    }
  }

  @Test
  void withNoPortLeftTheReasonIsOneLine() throws Exception {
    try (TestCluster cluster = new TestCluster()) {
      ClusterConfig all = cluster.config();
      ClusterConfig one = config(all, 1, List.of(), "");
      try (ServerSocket taken = new ServerSocket(one.port(), 1, InetAddress.getLoopbackAddress())) {
        Throwable thrown = failureOf(cluster.launch(one, "a"));
        assertThat(thrown).isInstanceOf(ClusterException.class)
            .hasMessageContaining("cluster.port " + taken.getLocalPort()).hasMessageNotContaining("\n");
      }
    }
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterConfig base = cluster.config();
      ClusterConfig unknown = new ClusterConfig(base.name(), "no-such-host.invalid", "", base.port(), 5, 0, List.of(), "", 1,
          base.requestTimeout(), base.failureTimeout(), PLAIN);
      assertThat(failureOf(cluster.launch(unknown, "a"))).isInstanceOf(ClusterException.class)
          .hasMessage("cluster.host 'no-such-host.invalid' cannot be resolved");
    }
  }

  @Test
  void nodesJoinByAListOfMembers() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterConfig base = cluster.config();
      ClusterNode a = cluster.start(config(base, 5, List.of("127.0.0.1:" + base.port()), ""), "a");
      ClusterNode b = cluster.start(config(base, 5, List.of("127.0.0.1:" + base.port()), ""), "b");
      eventually(() -> a.membership().view().nodes().size() == 2 && b.membership().view().nodes().size() == 2);
    }
  }

  /** The name of a headless service resolves to the addresses of its pods; here to the one that all nodes share. */
  @Test
  void nodesJoinByTheNameOfAHeadlessService() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterConfig base = cluster.config();
      ClusterNode a = cluster.start(config(base, 5, List.of(), "localhost"), "a");
      ClusterNode b = cluster.start(config(base, 5, List.of(), "localhost"), "b");
      eventually(() -> a.membership().view().nodes().size() == 2 && b.membership().view().nodes().size() == 2);
    }
  }

  @Test
  void nodesOfAnotherClusterStayApart() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterConfig base = cluster.config();
      ClusterNode a = cluster.start("a");
      ClusterNode other = cluster.start(new ClusterConfig("another", base.host(), "", base.port(), 5, 0, List.of(), "", 1,
          base.requestTimeout(), base.failureTimeout(), PLAIN), "other");
      assertThat(await(other.isSafe(TestCluster.PATIENCE))).isTrue();
      assertThat(other.membership().view().nodes()).hasSize(1);
      assertThat(a.membership().view().nodes()).hasSize(1);
    }
  }

  @Test
  void theBuilderIsTheCallersToo() {
    try (TestCluster cluster = new TestCluster()) {
      AtomicInteger called = new AtomicInteger();
      cluster.adopt(await(ClusterLauncher.launch(cluster.config(), "a", Set.of(), "", new VertxOptions(),
          builder -> {
            called.incrementAndGet();
            return builder;
          })));
      assertThat(called).hasValue(1);
    }
  }

  @Test
  void aNodeKnowsTheModesOfThoseItJoined() {
    try (TestCluster cluster = new TestCluster()) {
      ClusterNode a = cluster.adopt(await(ClusterLauncher.launch(cluster.config(), "a", Set.of(), "strict", new VertxOptions(), UnaryOperator.identity())));
      ClusterNode b = cluster.start("b");
      assertThat(b.modesOfOthers()).containsExactly("strict");
      assertThat(a.modesOfOthers()).isEmpty();
    }
  }

  private static ClusterConfig config(ClusterConfig base, int ports, List<String> members, String service) {
    return new ClusterConfig(base.name(), base.host(), "", base.port(), ports, 0, members, service, 1, base.requestTimeout(),
        base.failureTimeout(), PLAIN);
  }
}
