package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.MembersApi;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between two nodes is cut, members come and go on both sides, and it heals: the later word of each member counts. */
class SplitMembersIT {
  private static final String ROOM = "conversation.room";
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @RegisterExtension @Order(1) final Networks networks = Networks.of("a", "b");
  @RegisterExtension @Order(2) final Nodes nodes = new Nodes();

  @Test
  void theLaterWordCountsWhenTheHalvesMeet() throws Exception {
    List<VestibuleProcess> both = nodes.startCluster(networks, "--set", "cluster.failure-timeout=6s", "--set", "gateway.limits.connections-per-ip=0");
    VestibuleProcess a = both.get(0);
    VestibuleProcess b = both.get(1);
    for (String user : List.of("stays", "leaves-a", "leaves-b", "returns")) {
      MembersApi.add(a, ROOM, user);
    }
    networks.cut("a");
    Eventually.within(LIMIT, "each is alone", () -> a.members().equals(Set.of("a")) && b.members().equals(Set.of("b")));
    MembersApi.add(a, ROOM, "comes-a");
    MembersApi.add(b, ROOM, "comes-b");
    MembersApi.remove(a, ROOM, "leaves-a");
    MembersApi.remove(b, ROOM, "leaves-b");
    MembersApi.remove(a, ROOM, "returns");
    MembersApi.remove(b, ROOM, "returns");
    MembersApi.add(b, ROOM, "returns");
    assertThat(MembersApi.members(a, ROOM)).containsExactly("comes-a", "leaves-b", "stays");
    assertThat(MembersApi.members(b, ROOM)).containsExactly("comes-b", "leaves-a", "returns", "stays");
    networks.heal("a");
    System.out.println("healed: one cluster after " + nodes.awaitOneCluster(both, LIMIT).toMillis() + " ms");
    Set<String> truth = Set.of("comes-a", "comes-b", "returns", "stays");
    Eventually.within(LIMIT, () -> "both know who is in: " + MembersApi.members(a, ROOM) + " and " + MembersApi.members(b, ROOM),
        () -> MembersApi.members(a, ROOM).equals(truth) && MembersApi.members(b, ROOM).equals(truth));
  }
}
