package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Redis;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Durable topics with {@code store.on-loss: fallback}: Redis is killed while publishers on all nodes are at work, and comes back with what it had. The whole cluster goes on in memory, and returns; every
 * acknowledged message is there in the end, once; and nobody was told two messages at one place, or missed one in silence.
 */
class RedisLossIT {
  private static final String TOPIC = "durable.x";
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @RegisterExtension final Redis redis = Redis.keeping();
  @RegisterExtension final Nodes nodes = new Nodes();

  /** By text, the place that it was acknowledged with last. */
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile boolean over;

  @Test
  void nothingIsLostWhenRedisGoesAndComes() throws Exception {
    redis.start();
    List<VestibuleProcess> all = nodes.startCluster(3, "--set", "store.type=redis", "--set", "store.redis.url=" + redis.url(), "--set", "store.on-loss=fallback", "--set",
        "cluster.expected-size=3", "--set", "gateway.limits.messages-per-second=0", "--set",
        "topics=[{pattern: \"durable.**\", subscribe: authenticated, publish: authenticated, durable: true, history-size: 100000, history-time: 1h}, {pattern: \"**\", subscribe: authenticated, publish: authenticated}]");
    awaitStore(all, "ok", "redis");
    List<Client> subscribers = new ArrayList<>();
    for (VestibuleProcess node : all) {
      subscribers.add(nodes.connect(node, "listener").subscribe(TOPIC));
      subscribers.add(nodes.connect(node, "watcher").subscribe("durable.*"));
    }
    List<Thread> publishers = new ArrayList<>();
    for (VestibuleProcess node : all) {
      publishers.add(publish(node.name(), nodes.connect(node, "publisher")));
    }
    awaitProgress(200);
    redis.kill();
    awaitStore(all, "degraded", "memory");
    assertThat(all.get(0).isReady()).as("a node without Redis is ready").isTrue();
    awaitProgress(200);
    redis.start();
    awaitStore(all, "ok", "redis");
    awaitProgress(200);
    over = true;
    for (Thread publisher : publishers) {
      publisher.join(LIMIT.toMillis());
      assertThat(publisher.isAlive()).isFalse();
    }
    List<JsonObject> kept = history(subscribers.get(0));
    List<String> texts = kept.stream().map(RedisLossIT::text).toList();
    assertThat(texts).doesNotHaveDuplicates().containsAll(acknowledged.keySet());
    String last = place(kept.get(kept.size() - 1));
    Map<String, String> places = new HashMap<>();
    int gaps = 0;
    for (Client subscriber : subscribers) {
      Eventually.within(LIMIT, "everything is there", () -> messages(subscriber).stream().anyMatch(message -> last.equals(place(message))));
      gaps += check(subscriber, places);
    }
    assertThat(refusals).hasValueGreaterThan(0);
    assertThat(gaps).as("each was told of both changes").isGreaterThanOrEqualTo(2 * subscribers.size());
    System.out.println("redis lost: " + acknowledged.size() + " acknowledged, " + refusals + " refused and sent again, " + kept.size() + " kept, " + gaps + " gaps told");
  }

  private static void awaitStore(List<VestibuleProcess> all, String state, String durability) {
    Eventually.within(LIMIT, "the store of all is " + state, () -> {
      for (VestibuleProcess node : all) {
        JsonObject store = node.role("gateway").getJsonObject("store");
        if (!state.equals(store.getString("state")) || !durability.equals(store.getString("durability"))) {
          return false;
        }
      }
      return true;
    });
  }

  private void awaitProgress(int more) {
    int before = acknowledged.size();
    Eventually.within(LIMIT, more + " more are acknowledged", () -> acknowledged.size() >= before + more);
  }

  /** Offsets have no hole that was not told, and a place means the same to all. */
  private static int check(Client subscriber, Map<String, String> places) {
    String epoch = null;
    long offset = 0;
    int gaps = 0;
    for (Frame frame : subscriber.frames()) {
      JsonObject json = frame.json();
      if ("gap".equals(json.getString("type"))) {
        JsonObject to = json.getJsonObject("to");
        epoch = to.getString("epoch");
        offset = to.getLong("offset");
        gaps++;
      } else if ("message".equals(json.getString("type")) && TOPIC.equals(json.getString("topic"))) {
        assertThat(epoch == null || epoch.equals(json.getString("epoch"))).as("an epoch ends with a gap: %s", json).isTrue();
        assertThat(epoch == null ? json.getLong("offset") : offset + 1).as("%s", json).isEqualTo(json.getLong("offset"));
        epoch = json.getString("epoch");
        offset = json.getLong("offset");
        String known = places.putIfAbsent(place(json), text(json));
        assertThat(known == null ? text(json) : known).isEqualTo(text(json));
      }
    }
    return gaps;
  }

  private static String place(JsonObject message) {
    return message.getString("epoch") + ":" + message.getLong("offset");
  }

  private static String text(JsonObject message) {
    return message.getJsonObject("data").getString("text");
  }

  private static List<JsonObject> messages(Client subscriber) {
    return subscriber.frames().stream().map(Frame::json).filter(json -> "message".equals(json.getString("type")) && TOPIC.equals(json.getString("topic"))).toList();
  }

  private static List<JsonObject> history(Client client) throws InterruptedException {
    List<JsonObject> kept = new ArrayList<>();
    JsonObject page = null;
    while (page == null || page.getBoolean("hasMore")) {
      JsonObject question = new JsonObject().put("type", "history").put("topic", TOPIC).put("limit", 1_000);
      if (page != null) {
        JsonObject end = kept.get(kept.size() - 1);
        question.put("since", new JsonObject().put("epoch", end.getString("epoch")).put("offset", end.getLong("offset")));
      }
      page = client.request(question, "history").json();
      JsonArray messages = page.getJsonArray("messages");
      messages.forEach(message -> kept.add((JsonObject) message));
    }
    return kept;
  }

  /** One message after the other, each until it is acknowledged. */
  private Thread publish(String name, Client client) {
    Thread publisher = new Thread(() -> {
      try {
        for (int i = 1; !over; i++) {
          publish(client, name + " " + i);
          LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
      } catch (InterruptedException ended) {
        Thread.currentThread().interrupt();
      }
    }, name);
    publisher.start();
    return publisher;
  }

  private void publish(Client client, String text) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      String id = text + "/" + attempt;
      client.send(new JsonObject().put("type", "message").put("id", id).put("topic", TOPIC).put("messageId", text).put("data", new JsonObject().put("text", text)));
      JsonObject reply = client.await("the answer to " + id, frame -> id.equals(frame.json().getValue("id")), LIMIT).json();
      if ("ack".equals(reply.getString("type"))) {
        acknowledged.put(text, place(reply));
        return;
      }
      assertThat(reply.getString("reason")).isEqualTo("not_stored");
      refusals.incrementAndGet();
    }
  }
}
