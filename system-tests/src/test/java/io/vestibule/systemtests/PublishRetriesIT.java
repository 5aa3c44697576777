package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An application's server publishes to durable topics over HTTP and tries again, on whichever node answers: what it said once is there once, and it is told where. */
class PublishRetriesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TOPIC = "durable.orders";
  private static final int SERVERS = 8;
  private static final int SOME = 100;

  @RegisterExtension final Nodes nodes = new Nodes();

  private static HttpResponse<String> publish(VestibuleProcess node, String key, JsonObject body) throws IOException, InterruptedException {
    return key == null ? node.post("/api/publish", Nodes.API_KEY, body) : node.post("/api/publish", Nodes.API_KEY, body, "Idempotency-Key", key);
  }

  private static JsonObject body(String text) {
    return new JsonObject().put("topic", TOPIC).put("data", text);
  }

  private static JsonObject stored(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static List<String> history(VestibuleProcess node) throws Exception {
    List<String> texts = new ArrayList<>();
    String since = null;
    for (boolean more = true; more; ) {
      JsonObject question = new JsonObject().put("topic", TOPIC).put("limit", 1_000);
      JsonObject page = stored(node.post("/api/history", Nodes.API_KEY, since == null ? question : question.put("since", new JsonObject(since))));
      for (Object message : page.getJsonArray("messages")) {
        JsonObject json = (JsonObject) message;
        texts.add(json.getString("data"));
        since = new JsonObject().put("epoch", json.getString("epoch")).put("offset", json.getLong("offset")).encode();
      }
      more = page.getBoolean("hasMore");
    }
    return texts;
  }

  @Test
  void whatIsSaidAgainOnAnotherNodeIsThereOnce() throws Exception {
    List<VestibuleProcess> all = nodes.startCluster(2);
    VestibuleProcess a = all.get(0);
    VestibuleProcess b = all.get(1);
    Client ann = nodes.connect(b, "ann").subscribe(TOPIC);
    JsonObject first = stored(publish(a, "order-1", body("one")));
    assertThat(first.getLong("offset")).isEqualTo(1);
    assertThat(first.containsKey("duplicate")).isFalse();
    assertThat(stored(publish(b, "order-1", body("one")))).isEqualTo(first.copy().put("duplicate", true));
    JsonObject second = stored(publish(b, "order-2", body("two")));
    assertThat(second.getLong("offset")).isEqualTo(2);

    // Of a body that says which message it is, the header says nothing.
    JsonObject third = stored(publish(a, "of the header", body("three").put("messageId", "of the body")));
    assertThat(stored(publish(b, null, body("three").put("messageId", "of the body")))).isEqualTo(third.copy().put("duplicate", true));
    assertThat(stored(publish(b, "of the body", body("three")))).isEqualTo(third.copy().put("duplicate", true));
    assertThat(stored(publish(b, "of the header", body("four"))).getLong("offset")).isEqualTo(4);

    a.signal("KILL");
    Eventually.within(LIMIT, "b is alone", () -> b.members().equals(Set.of("b")));
    assertThat(stored(publish(b, "order-1", body("one")))).as("whoever took it is gone").isEqualTo(first.copy().put("duplicate", true));
    assertThat(stored(publish(b, "of the body", body("three")))).isEqualTo(third.copy().put("duplicate", true));
    assertThat(history(b)).containsExactly("one", "two", "three", "four");
    assertThat(stored(publish(b, "order-5", body("five"))).getLong("offset")).isEqualTo(5);
    ann.await("the last", frame -> "five".equals(frame.json().getString("data")));
    assertThat(ann.frames().stream().filter(frame -> "message".equals(frame.type())).map(frame -> frame.json().getLong("offset")).toList()).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  /** Nobody knows of what was under way whether it was stored. */
  @Test
  void whatWasUnderWayWhenItsNodeWasKilledIsThereOnce() throws Exception {
    List<VestibuleProcess> all = nodes.startCluster(3);
    VestibuleProcess dies = all.get(0);
    Map<String, String> places = new ConcurrentHashMap<>();
    List<Thread> servers = new ArrayList<>();
    List<Throwable> wrong = new ArrayList<>();
    for (int server = 0; server < SERVERS; server++) {
      String name = "server " + server;
      Thread thread = new Thread(() -> {
        try {
          for (int i = 0; i < SOME; i++) {
            places.put(name + " " + i, untilStored(all, i, name + " " + i));
          }
        } catch (Exception | AssertionError thrown) {
          synchronized (wrong) {
            wrong.add(thrown);
          }
        }
      }, name);
      servers.add(thread);
      thread.start();
    }
    Eventually.within(LIMIT, "it is well under way", () -> places.size() > SERVERS * SOME / 3);
    dies.signal("KILL");
    for (Thread server : servers) {
      server.join(LIMIT.toMillis());
      assertThat(server.isAlive()).isFalse();
    }
    assertThat(wrong).isEmpty();
    assertThat(places).hasSize(SERVERS * SOME);
    assertThat(places.values()).doesNotHaveDuplicates();
    assertThat(history(all.get(1))).doesNotHaveDuplicates().hasSize(SERVERS * SOME).containsAll(places.keySet());
  }

  /** On one node after the other. */
  private static String untilStored(List<VestibuleProcess> all, int first, String text) throws InterruptedException {
    for (int attempt = first; ; attempt++) {
      try {
        HttpResponse<String> answer = publish(all.get(attempt % all.size()), text, body(text));
        if (answer.statusCode() == 200) {
          JsonObject stored = new JsonObject(answer.body());
          return stored.getString("epoch") + ":" + stored.getLong("offset");
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      } catch (IOException killed) {
        // It goes on with the next.
      }
    }
  }
}
