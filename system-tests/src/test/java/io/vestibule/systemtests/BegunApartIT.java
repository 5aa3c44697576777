package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Networks;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes start while the network between them is cut, so each begins a cluster, with a secret of its own for resume tokens. When they have met, a token of either is believed by the other. */
class BegunApartIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @RegisterExtension @Order(1) final Networks networks = Networks.of("a", "b");
  @RegisterExtension @Order(2) final Nodes nodes = new Nodes();

  private VestibuleProcess launch(String name) throws IOException {
    return nodes.launch(networks, VestibuleProcess.JAR, name, "--set", "admission.secret=");
  }

  private String enter(VestibuleProcess node, String user) throws InterruptedException {
    Client client = nodes.open(node, user);
    return client.request(new JsonObject().put("type", "auth").put("token", nodes.token(user)), "auth_success").json().getString("resumeToken");
  }

  /** Whether a token is believed; whether its session is kept is another matter, since each half led the line by itself. */
  private boolean isBelieved(VestibuleProcess node, String user, String token) {
    try (Client client = nodes.open(node, user)) {
      Frame answer = client.request(new JsonObject().put("type", "reconnect_attempt").put("token", token));
      assertThat(answer.type()).isIn("reconnect_success", "reconnect_failed");
      return !"invalid".equals(answer.json().getString("reason"));
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  @Test
  void tokensOfBothAreBelievedByBoth() throws Exception {
    networks.cut("a");
    List<VestibuleProcess> both = List.of(launch("a"), launch("b"));
    for (VestibuleProcess node : both) {
      node.awaitReady();
    }
    String ann = enter(both.get(0), "ann");
    String ben = enter(both.get(1), "ben");
    networks.heal("a");
    System.out.println("met: one cluster after " + nodes.awaitOneCluster(both, LIMIT).toMillis() + " ms");
    Eventually.within(LIMIT, "ann's is believed by the other node", () -> isBelieved(both.get(1), "ann", ann));
    Eventually.within(LIMIT, "so is ben's", () -> isBelieved(both.get(0), "ben", ben));
  }
}
