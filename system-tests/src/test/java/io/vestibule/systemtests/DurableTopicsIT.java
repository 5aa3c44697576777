package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Publishers on three nodes send to the same durable topics, subscribers on all of them listen, and a node is killed in the middle: every acknowledged message reaches every subscriber that lives, once, in the
 * one order of the offsets.
 */
class DurableTopicsIT {
  private static final List<String> TOPICS = List.of("durable.x", "durable.y");
  private static final int MESSAGES = 400;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @RegisterExtension final Nodes nodes = new Nodes();

  private final Map<String, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger acknowledgements = new AtomicInteger();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger unexplained = new AtomicInteger();

  @Test
  void everyAcknowledgedMessageReachesEverybodyOnceAndInOrderThoughANodeIsKilled() throws Exception {
    List<VestibuleProcess> all = nodes.startCluster(3, "--set", "gateway.limits.messages-per-second=0");
    List<Client> subscribers = new ArrayList<>();
    for (VestibuleProcess node : all.subList(0, 2)) {
      subscribers.add(nodes.connect(node, "listener").subscribe(TOPICS.get(0)).subscribe(TOPICS.get(1)));
      subscribers.add(nodes.connect(node, "watcher").subscribe("durable.*"));
    }
    List<Thread> publishers = new ArrayList<>();
    for (VestibuleProcess node : all) {
      for (String topic : TOPICS) {
        publishers.add(publish(node.name() + "-" + topic, nodes.connect(node, "publisher-" + topic.substring(8)), topic));
      }
    }
    Eventually.within(LIMIT, "it is well under way", () -> acknowledgements.get() > MESSAGES);
    all.get(2).signal("KILL");
    for (Thread publisher : publishers) {
      publisher.join(LIMIT.toMillis());
      assertThat(publisher.isAlive()).isFalse();
    }
    assertThat(unexplained).hasValue(0);
    assertThat(acknowledgements).hasValueGreaterThanOrEqualTo(4 * MESSAGES);
    System.out.println("durable: " + acknowledgements + " acknowledged, " + refusals + " refused and sent again");
    for (String topic : TOPICS) {
      JsonObject page = subscribers.get(0).request(new JsonObject().put("type", "history").put("topic", topic).put("reverse", true).put("limit", 1), "history").json();
      long head = page.getJsonArray("messages").getJsonObject(0).getLong("offset");
      List<Map<Long, String>> heard = new ArrayList<>();
      for (Client subscriber : subscribers) {
        Eventually.within(LIMIT, "it is all there", () -> messages(subscriber, topic).stream().anyMatch(message -> message.getLong("offset") == head));
        heard.add(checked(messages(subscriber, topic)));
      }
      assertThat(heard).allSatisfy(one -> assertThat(one).isEqualTo(heard.get(0)));
      assertThat(heard.get(0)).containsAllEntriesOf(acknowledged.get(topic));
      assertThat(heard.get(0)).hasSize((int) head);
      assertThat(heard.get(0).values()).doesNotHaveDuplicates();
    }
  }

  /** The offsets of what came, which have no hole, and the texts. */
  private static Map<Long, String> checked(List<JsonObject> messages) {
    Map<Long, String> heard = new TreeMap<>();
    long last = 0;
    for (JsonObject message : messages) {
      assertThat(message.getLong("offset")).isEqualTo(last + 1);
      last++;
      heard.put(last, message.getJsonObject("data").getString("text"));
    }
    return heard;
  }

  private static List<JsonObject> messages(Client subscriber, String topic) {
    return subscriber.frames().stream().map(Frame::json).filter(json -> "message".equals(json.getString("type")) && topic.equals(json.getString("topic"))).toList();
  }

  /** One message after the other, each until it is acknowledged, as long as the socket lives. */
  private Thread publish(String name, Client client, String topic) {
    Thread publisher = new Thread(() -> {
      try {
        for (int i = 1; i <= MESSAGES; i++) {
          publish(client, topic, name + " " + i);
        }
      } catch (AssertionError | InterruptedException ended) {
        // Its node was killed; whether the last message was stored nobody can say.
        unexplained.addAndGet(client.hasEnded() ? 0 : 1);
      }
    }, name);
    publisher.start();
    return publisher;
  }

  private void publish(Client client, String topic, String text) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      String id = text + "/" + attempt;
      client.send(new JsonObject().put("type", "message").put("id", id).put("topic", topic).put("messageId", text).put("data", new JsonObject().put("text", text)));
      JsonObject reply = client.await("the answer to " + id, frame -> id.equals(frame.json().getValue("id")), LIMIT).json();
      if ("ack".equals(reply.getString("type"))) {
        acknowledged.computeIfAbsent(topic, name -> new ConcurrentHashMap<>()).put(reply.getLong("offset"), text);
        acknowledgements.incrementAndGet();
        return;
      }
      assertThat(reply.getString("reason")).isEqualTo("not_stored");
      refusals.incrementAndGet();
    }
  }
}
