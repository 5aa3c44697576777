package io.vestibule.gateway.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.ClusterChange;
import io.vestibule.cluster.ClusterView;
import io.vestibule.cluster.Membership;
import io.vestibule.cluster.NodeRef;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.admission.GatewayLoad;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.message.GatewayCommand.Drain;
import io.vestibule.contract.message.GatewayCommand.Undrain;
import io.vestibule.gateway.drain.DrainState.Draining;
import io.vestibule.gateway.drain.DrainState.Ending;
import io.vestibule.gateway.drain.DrainState.Serving;
import io.vestibule.gateway.load.ClusterLoads;
import io.vestibule.gateway.session.LoopClock;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class NodeDrainTest {
  private static final NodeRef SELF = new NodeRef("self", "self", Set.of("gateway"));
  private static final NodeRef OTHER = new NodeRef("other", "other", Set.of("gateway"));

  private final List<NodeRef> nodes = new ArrayList<>(List.of(SELF, OTHER));
  private final ClusterLoads loads = new ClusterLoads(new Membership() {
    @Override
    public ClusterView view() {
      return new ClusterView(1, SELF, nodes);
    }

    @Override
    public Registration watch(Consumer<ClusterChange> listener) {
      return Future::succeededFuture;
    }
  }, () -> 0);
  private long nowMs = 1_000;
  private int changes;
  private final NodeDrain drain = new NodeDrain(new LoopClock(() -> nowMs, () -> nowMs + 1_000_000), loads, () -> 42, () -> changes++);

  private void otherDrains(boolean draining) {
    loads.hear(new GatewayLoad("other", "other", 0, 0, 0, 0, 0, draining, 0));
  }

  @Test
  void aNodeThatDrainsTakesNobodyAndServesAgain() {
    assertThat(drain.refusesSocket()).isEmpty();
    assertThat(drain.execute(new Drain(60_000, false))).isEqualTo(42);
    assertThat(drain.refusesSocket().orElseThrow().reason()).isEqualTo(ErrorReason.DRAINING);
    assertThat(drain.refusesJoin()).isPresent();
    assertThat(drain.refusesResume()).isPresent();
    assertThat(drain.state().plan().moves()).isTrue();
    drain.execute(new Undrain());
    assertThat(drain.state()).isEqualTo(new Serving());
    assertThat(drain.refusesSocket()).isEmpty();
    assertThat(changes).isEqualTo(2);
    drain.execute(new Undrain());
    assertThat(changes).as("nothing changed").isEqualTo(2);
  }

  @Test
  void whenAllDrainPeopleMayComeBackUntilTheDeadlineButNotJoin() {
    drain.execute(new Drain(60_000, true));
    assertThat(drain.state().plan().moves()).isFalse();
    assertThat(drain.refusesSocket()).isEmpty();
    assertThat(drain.refusesResume()).isEmpty();
    assertThat(drain.refusesJoin().orElseThrow().retryAfterMs()).isEqualTo(30_000);
    nowMs += 60_000;
    assertThat(drain.refusesSocket()).isPresent();
  }

  @Test
  void nobodyIsSentToANodeThatDrainsToo() {
    otherDrains(true);
    assertThat(drain.othersServe()).isFalse();
    drain.execute(new Drain(60_000, false));
    assertThat(drain.state().plan().moves()).isFalse();
    otherDrains(false);
    drain.execute(new Drain(60_000, false));
    assertThat(drain.state().plan().moves()).as("the last order counts").isTrue();
  }

  @Test
  void theEndHasNoWayBackAndGivesNoMoreTimeThanWasPromised() {
    drain.execute(new Drain(5_000, false));
    long begun = drain.state().plan().startedAtMs();
    nowMs += 1_000;
    drain.end(10_000);
    assertThat(drain.state()).isInstanceOf(Ending.class);
    assertThat(drain.state().plan().deadlineAtMs()).isEqualTo(6_000);
    assertThat(drain.state().plan().startedAtMs()).as("who was told is not told again").isEqualTo(begun);
    drain.execute(new Undrain());
    drain.execute(new Drain(1, true));
    drain.end(100_000);
    assertThat(drain.state().plan().deadlineAtMs()).isEqualTo(6_000);
    assertThat(drain.refusesSocket()).isPresent();
  }

  @Test
  void theLastNodeEndsAtOnce() {
    nodes.remove(OTHER);
    drain.end(10_000);
    assertThat(drain.state().plan().deadlineAtMs()).isEqualTo(nowMs);
  }

  @Test
  void aClusterThatDrainsEndsNodeByNode() {
    drain.execute(new Drain(60_000, true));
    drain.end(10_000);
    assertThat(drain.state().plan().moves()).as("as far as this node knows, the other serves").isTrue();
    assertThat(drain.state()).isNotInstanceOf(Draining.class);
  }
}
