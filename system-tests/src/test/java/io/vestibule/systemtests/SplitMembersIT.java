package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between two nodes is cut, members come and go on both sides, and it heals: the later word of each member counts. */
class SplitMembersIT {
  private static final String ROOM = "conversation.room";
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @RegisterExtension @Order(1) final Networks networks = Networks.of("a", "b");
  @RegisterExtension @Order(2) final Nodes nodes = new Nodes();

  private static HttpResponse<String> call(VestibuleProcess node, String call, JsonObject body) {
    try {
      return node.post("/api/members/" + call, Nodes.API_KEY, body.put("topic", ROOM));
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  /** A call that comes while the other node is given up may fail; it is made again. */
  private static void change(VestibuleProcess node, String call, String user) {
    Eventually.within(LIMIT, call + " " + user, () -> call(node, call, new JsonObject().put("users", new JsonArray().add(user))).statusCode() == 200);
  }

  private static Set<String> members(VestibuleProcess node) {
    HttpResponse<String> answer = call(node, "get", new JsonObject());
    return answer.statusCode() != 200 ? Set.of()
        : new JsonObject(answer.body()).getJsonArray("members").stream().map(member -> ((JsonObject) member).getString("userId")).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void theLaterWordCountsWhenTheHalvesMeet() throws Exception {
    List<VestibuleProcess> both = nodes.startCluster(networks, "--set", "cluster.failure-timeout=6s", "--set", "gateway.limits.connections-per-ip=0");
    VestibuleProcess a = both.get(0);
    VestibuleProcess b = both.get(1);
    for (String user : List.of("stays", "leaves-a", "leaves-b", "returns")) {
      change(a, "add", user);
    }
    networks.cut("a");
    Eventually.within(LIMIT, "each is alone", () -> a.members().equals(Set.of("a")) && b.members().equals(Set.of("b")));
    change(a, "add", "comes-a");
    change(b, "add", "comes-b");
    change(a, "remove", "leaves-a");
    change(b, "remove", "leaves-b");
    change(a, "remove", "returns");
    change(b, "remove", "returns");
    change(b, "add", "returns");
    assertThat(members(a)).containsExactly("comes-a", "leaves-b", "stays");
    assertThat(members(b)).containsExactly("comes-b", "leaves-a", "returns", "stays");
    networks.heal("a");
    System.out.println("healed: one cluster after " + nodes.awaitOneCluster(both, LIMIT).toMillis() + " ms");
    Set<String> truth = Set.of("comes-a", "comes-b", "returns", "stays");
    Eventually.within(LIMIT, () -> "both know who is in: " + members(a) + " and " + members(b), () -> members(a).equals(truth) && members(b).equals(truth));
  }
}
