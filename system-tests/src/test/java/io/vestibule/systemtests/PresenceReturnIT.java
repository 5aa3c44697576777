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
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody who drops at one node and comes back at another: the node where he was says nothing of him for longer than is true. */
@Tag("waits")
class PresenceReturnIT {
  private static final String TOPIC = "room.one";
  /** Less than anything after which somebody would be gone without having left. */
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final String SAVES = "vestibule_jobs_seconds_count{job=\"session_save\",outcome=\"ok\"}";

  @RegisterExtension final Nodes nodes = new Nodes();

  /** What a session is subscribed to is saved a moment later, and whoever comes back on another node before that has not subscribed yet. */
  private static <T> T saved(VestibuleProcess node, Callable<T> subscribing) throws Exception {
    double before = node.figure(SAVES);
    T done = subscribing.call();
    Eventually.within(LIMIT, "it is saved", () -> node.figure(SAVES) > before);
    return done;
  }

  @Test
  void whoComesBackElsewhereNeverLeftAndWhenHeLeavesHeIsGone() throws Exception {
    List<VestibuleProcess> serving = nodes.startCluster(2, "--set", "topics=[{pattern: 'room.**', subscribe: authenticated, publish: authenticated, presence-grace: 60s}]");
    Watcher watcher = saved(serving.get(0), () -> Watcher.of(nodes.connect(serving.get(0), "watcher"), TOPIC));
    for (String user : List.of("ann", "ben", "cid")) {
      Client first = nodes.open(serving.get(0), user, frame -> { });
      JsonObject in = first.request(new JsonObject().put("type", "auth").put("token", nodes.token(user)), "auth_success").json();
      saved(serving.get(0), () -> first.subscribe(TOPIC));
      Eventually.within(LIMIT, user + " is there", () -> watcher.connections().equals(Map.of("watcher", 1, user, 1)));
      first.close();
      Client second = nodes.open(serving.get(1), user, frame -> { });
      JsonObject back = second.request(new JsonObject().put("type", "reconnect_attempt").put("token", in.getString("resumeToken")), "reconnect_success").json();
      assertThat(back.getJsonArray("restored")).containsExactly(TOPIC);
      second.request(new JsonObject().put("type", "ping"), "pong");
      assertThat(watcher.everLeft()).doesNotContain(user);
      second.request(new JsonObject().put("type", "leave"), "left");
      Eventually.within(LIMIT, user + " is gone", () -> watcher.connections().equals(Map.of("watcher", 1)));
    }
  }

  @Test
  void whoIsWaitedForIsAwayUntilHeIsBackOrHasLeft() throws Exception {
    List<VestibuleProcess> serving = nodes.startCluster(2, "--set", "topics=[{pattern: 'room.**', subscribe: authenticated, publish: authenticated, presence-grace: 500ms, "
        + "presence-away: true, notify-reconnected: true}]");
    Watcher watcher = Watcher.of(nodes.connect(serving.get(0), "watcher"), TOPIC);
    Client first = nodes.open(serving.get(0), "ann", frame -> { });
    JsonObject in = first.request(new JsonObject().put("type", "auth").put("token", nodes.token("ann")), "auth_success").json();
    first.subscribe(TOPIC);
    Eventually.within(LIMIT, "ann is there", () -> watcher.connections().equals(Map.of("watcher", 1, "ann", 1)));
    first.close();
    Eventually.within(LIMIT, "ann is away", () -> watcher.connections().equals(Map.of("watcher", 1, "ann", 0)));

    Client second = nodes.open(serving.get(1), "ann", frame -> { });
    JsonObject back = second.request(new JsonObject().put("type", "reconnect_attempt").put("token", in.getString("resumeToken")), "reconnect_success").json();
    watcher.client().await("word of the return", frame -> frame.type().equals("reconnected") && "ann".equals(frame.json().getString("userId")));
    Eventually.within(LIMIT, "ann is back", () -> watcher.connections().equals(Map.of("watcher", 1, "ann", 1)));
    second.close();
    Eventually.within(LIMIT, "ann is away again", () -> watcher.connections().equals(Map.of("watcher", 1, "ann", 0)));
    assertThat(watcher.everLeft()).doesNotContain("ann");

    Client third = nodes.open(serving.get(0), "ann", frame -> { });
    third.request(new JsonObject().put("type", "reconnect_attempt").put("token", back.getString("resumeToken")), "reconnect_success");
    third.request(new JsonObject().put("type", "leave"), "left");
    Eventually.within(LIMIT, "ann is gone", () -> watcher.connections().equals(Map.of("watcher", 1)));
    assertThat(watcher.client().frames().stream().filter(frame -> frame.type().equals("reconnected"))).hasSize(2);
  }
}
