package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import io.vestibule.systemtests.harness.Watcher;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody who drops at one node and comes back at another: the node where he was says nothing of him for longer than is true. */
class PresenceReturnIT {
  private static final String TOPIC = "room.one";
  private static final Duration LIMIT = Duration.ofSeconds(20);
  /** Less than what is left of the grace (5 s) when he leaves. */
  private static final Duration AT_ONCE = Duration.ofMillis(2_500);

  @RegisterExtension final Nodes nodes = new Nodes();

  @Test
  void whoComesBackElsewhereNeverLeftAndWhenHeLeavesHeIsGone() throws Exception {
    List<VestibuleProcess> serving = nodes.startCluster(2);
    Watcher watcher = Watcher.of(nodes.connect(serving.get(0), "watcher"), TOPIC);
    for (String user : List.of("ann", "ben", "cid")) {
      Client first = nodes.open(serving.get(0), user, frame -> { });
      JsonObject in = first.request(new JsonObject().put("type", "auth").put("token", nodes.token(user)), "auth_success").json();
      first.subscribe(TOPIC);
      Eventually.within(LIMIT, user + " is there", () -> watcher.connections().equals(Map.of("watcher", 1, user, 1)));
      first.close();
      Client second = nodes.open(serving.get(1), user, frame -> { });
      JsonObject back = second.request(new JsonObject().put("type", "reconnect_attempt").put("token", in.getString("resumeToken")), "reconnect_success").json();
      assertThat(back.getJsonArray("restored")).containsExactly(TOPIC);
      second.request(new JsonObject().put("type", "ping"), "pong");
      assertThat(watcher.everLeft()).doesNotContain(user);
      second.request(new JsonObject().put("type", "leave"), "left");
      Duration gone = Eventually.within(LIMIT, user + " is gone", () -> watcher.connections().equals(Map.of("watcher", 1)));
      assertThat(gone).isLessThan(AT_ONCE);
    }
  }
}
