package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.Returner;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Subscribers of durable topics are cut off while messages come, and come back on other nodes with their places; a node is killed in the middle: each hears everything, once and in order. */
class DurableReturnsIT {
  private static final List<String> TOPICS = List.of("durable.p", "durable.q");
  private static final int MESSAGES = 1_000;
  private static final int RETURNERS = 8;
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @RegisterExtension final Nodes nodes = new Nodes();

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  @Test
  void nothingIsLostOrDoubledWhileClientsAreCutOffAndANodeIsKilled() throws Exception {
    List<VestibuleProcess> all = nodes.startCluster(3, "--set", "gateway.limits.messages-per-second=0");
    List<VestibuleProcess> staying = all.subList(0, 2);
    List<Returner> returners = new ArrayList<>();
    for (int i = 0; i < RETURNERS; i++) {
      Returner returner = new Returner(nodes, "returner-" + i, TOPICS);
      returner.come(all.get(i % all.size()));
      returners.add(returner);
    }
    List<Thread> threads = new ArrayList<>();
    for (String topic : TOPICS) {
      threads.add(start("publisher of " + topic, () -> publish(nodes.connect(staying.get(threads.size() % 2), "publisher"), topic)));
    }
    long whole = (long) MESSAGES * TOPICS.size();
    for (Returner returner : returners) {
      threads.add(start(returner.toString(), () -> {
        // Each is cut off many times before it has heard everything.
        for (long heard = 50; heard < whole; heard += 150) {
          long enough = heard;
          Eventually.within(LIMIT, () -> returner + " goes on", () -> returner.messages() >= enough || returner.isCutOff());
          returner.comeBack(returner.messages() < whole / 2 && !returner.isCutOff() ? all : staying);
        }
      }));
    }
    Eventually.within(LIMIT, "it is well under way", () -> !failures.isEmpty() || returners.stream().allMatch(returner -> returner.messages() > whole / 4));
    all.get(2).signal("KILL");
    for (Thread thread : threads) {
      thread.join(LIMIT.toMillis());
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
    assertThat(failures).isEmpty();
    for (Returner returner : returners) {
      Eventually.within(LIMIT, () -> "all is there: " + returner + " " + returner.messages(), () -> {
        if (returner.isCutOff()) {
          returner.comeBack(staying);
        }
        return returner.messages() >= whole;
      });
      assertThat(returner.faults()).as("%s", returner).isEmpty();
      assertThat(returner.returns()).isGreaterThan(5);
      for (String topic : TOPICS) {
        assertThat(returner.heard(topic)).isEqualTo(expected(topic));
      }
    }
    System.out.println("durable returns: " + returners.stream().mapToInt(Returner::returns).sum() + " of " + RETURNERS + " subscribers, " + whole + " messages to each");
  }

  private static List<String> expected(String topic) {
    List<String> texts = new ArrayList<>();
    for (int i = 1; i <= MESSAGES; i++) {
      texts.add(topic + " " + i);
    }
    return texts;
  }

  private interface Work {
    void run() throws Exception;
  }

  private Thread start(String name, Work work) {
    Thread thread = new Thread(() -> {
      try {
        work.run();
      } catch (Exception | AssertionError failed) {
        failures.add(failed);
      }
    }, name);
    thread.start();
    return thread;
  }

  /** One after the other, each until it is acknowledged. */
  private static void publish(Client client, String topic) throws InterruptedException {
    for (int i = 1; i <= MESSAGES; ) {
      String text = topic + " " + i;
      JsonObject reply = client.request(new JsonObject().put("type", "message").put("topic", topic).put("messageId", text).put("data", new JsonObject().put("text", text))).json();
      if ("ack".equals(reply.getString("type"))) {
        i++;
      } else {
        assertThat(reply.getString("reason")).isEqualTo("not_stored");
      }
    }
  }
}
