package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class GatewaysTest {
  private static final NodeRef SELF = new NodeRef("a", "a", Set.of("admission"));

  private final Cluster cluster = new Cluster();
  private final Gateways gateways = Gateways.of(null, cluster);

  @Test
  void areTheNodesWithTheRoleAtEachMoment() {
    assertThat(gateways.alive()).isEmpty();
    cluster.see(2, SELF, new NodeRef("b", "b", Set.of("gateway")), new NodeRef("c", "c", Set.of("metrics")));
    assertThat(gateways.alive()).containsExactly("b");
    cluster.see(3, SELF);
    assertThat(gateways.alive()).isEmpty();
  }

  @Test
  void areNotLookedForAgainWhileNothingChanges() {
    cluster.see(2, SELF, new NodeRef("b", "b", Set.of("gateway")));
    assertThat(gateways.alive()).isSameAs(gateways.alive());
  }

  private static final class Cluster implements Membership {
    private ClusterView view = new ClusterView(1, SELF, List.of(SELF));

    void see(long version, NodeRef... nodes) {
      view = new ClusterView(version, SELF, List.of(nodes));
    }

    @Override
    public ClusterView view() {
      return view;
    }

    @Override
    public Registration watch(Consumer<ClusterChange> listener) {
      return Future::succeededFuture;
    }
  }
}
