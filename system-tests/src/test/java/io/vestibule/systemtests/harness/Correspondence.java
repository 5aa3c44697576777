package io.vestibule.systemtests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * People who publish to durable topics, each message again until it is acknowledged, and others who listen, by name and by pattern; and what has to be true of it in the end, whatever happened meanwhile:
 * every acknowledged message is kept once, nobody has missed one in silence, and no two were told different messages at one place.
 */
public final class Correspondence {
  /** A setting of the nodes: what is published to these topics is all kept. */
  public static final String RULES = "topics=[{pattern: \"durable.**\", subscribe: authenticated, publish: authenticated, durable: true, history-size: 100000, history-time: 1h}, "
      + "{pattern: \"**\", subscribe: authenticated, publish: authenticated}]";

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Set<String> REASONS = Set.of("not_stored", "minority");
  private static final String PATTERN = "durable.*";

  private final Nodes nodes;
  private final List<String> topics;
  private final Duration pause;
  private final List<Client> subscribers = new ArrayList<>();
  private final List<Thread> publishers = new ArrayList<>();
  /** By text, the place that it was acknowledged with. */
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> byNode = new ConcurrentHashMap<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final Set<String> cutOff = ConcurrentHashMap.newKeySet();
  private volatile Throwable wrong;
  private volatile boolean over;

  /** What came of it. */
  public record Outcome(int acknowledged, int refused, int kept, int gaps, int subscribers) {}

  /**
   * Nobody says anything yet.
   *
   * @param topics that begin with {@code durable.}
   * @param pause of each who publishes, after a message is acknowledged
   */
  public Correspondence(Nodes nodes, List<String> topics, Duration pause) {
    this.nodes = nodes;
    this.topics = topics;
    this.pause = pause;
  }

  /** Somebody on this node listens to each topic by its name, and somebody to all by a pattern. */
  public void listen(VestibuleProcess node) throws InterruptedException {
    Client listener = nodes.connect(node, "listener");
    for (String topic : topics) {
      listener.subscribe(topic);
    }
    subscribers.add(listener);
    subscribers.add(nodes.connect(node, "watcher").subscribe(PATTERN));
  }

  /** Somebody on this node publishes to each topic, until it is over. */
  public void publish(VestibuleProcess node) throws InterruptedException {
    byNode.put(node.name(), new AtomicInteger());
    for (String topic : topics) {
      BlockingQueue<JsonObject> answers = new LinkedBlockingQueue<>();
      String user = "publisher-" + node.name() + "-" + topic;
      Client client = nodes.open(node, user, frame -> answers.add(frame.json()));
      client.request(new JsonObject().put("type", "auth").put("token", nodes.token(user)), "auth_success");
      Thread publisher = new Thread(() -> publish(client, answers, node.name(), topic), node.name() + " " + topic);
      publishers.add(publisher);
      publisher.start();
    }
  }

  private void publish(Client client, BlockingQueue<JsonObject> answers, String node, String topic) {
    try {
      for (int i = 1; !over; i++) {
        publish(client, answers, node, topic, topic + " " + node + " " + i);
        LockSupport.parkNanos(pause.toNanos());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | AssertionError thrown) {
      wrong = thrown;
    }
  }

  private void publish(Client client, BlockingQueue<JsonObject> answers, String node, String topic, String text) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      String id = text + "/" + attempt;
      client.send(new JsonObject().put("type", "message").put("id", id).put("topic", topic).put("messageId", text).put("data", new JsonObject().put("text", text)));
      JsonObject reply = answer(answers, id);
      if ("ack".equals(reply.getString("type"))) {
        acknowledged.put(text, place(topic, reply));
        byNode.get(node).incrementAndGet();
        return;
      }
      assertThat(REASONS).contains(reply.getString("reason"));
      refusals.incrementAndGet();
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private static JsonObject answer(BlockingQueue<JsonObject> answers, String id) throws InterruptedException {
    for (JsonObject frame = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS); frame != null; frame = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      if (id.equals(frame.getValue("id"))) {
        return frame;
      }
    }
    throw new AssertionError("no answer to " + id);
  }

  /** Waits until each of these nodes says so of its store. */
  public static void awaitStore(List<VestibuleProcess> all, String state, String durability) {
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

  /** This node is cut off: until it notices it may tell its own subscribers what is in its copy of a log, and nobody has acknowledged (docs/durable.md). */
  public void cutOff(VestibuleProcess node) {
    cutOff.add(node.name());
  }

  /** How many messages are acknowledged. */
  public int acknowledged() {
    return acknowledged.size();
  }

  /** How many were by this node. */
  public int acknowledged(VestibuleProcess node) {
    return byNode.get(node.name()).get();
  }

  /** Waits until so many more are. */
  public void awaitProgress(int more) {
    int before = acknowledged.size();
    Eventually.within(LIMIT, more + " more are acknowledged", () -> acknowledged.size() >= before + more);
  }

  /** Waits until so many more are by this node. */
  public void awaitProgress(VestibuleProcess node, int more) {
    int before = acknowledged(node);
    Eventually.within(LIMIT, more + " more are acknowledged by " + node.name(), () -> acknowledged(node) >= before + more);
  }

  /** Nobody says anything more; what was said is acknowledged first. */
  public void end() throws InterruptedException {
    over = true;
    for (Thread publisher : publishers) {
      publisher.join(LIMIT.toMillis());
      assertThat(publisher.isAlive()).as("%s goes on", publisher.getName()).isFalse();
    }
    assertThat(wrong).isNull();
  }

  /** Checks all of it, when it has {@link #end}ed and the cluster is one. */
  public Outcome judge() throws InterruptedException {
    Map<String, String> places = new HashMap<>();
    acknowledged.forEach((text, place) -> isSame(places, place, text));
    int gaps = 0;
    int kept = 0;
    for (String topic : topics) {
      List<JsonObject> history = history(subscribers.get(0), topic);
      kept += history.size();
      assertThat(history.stream().map(Correspondence::text).toList()).as("%s", topic).doesNotHaveDuplicates()
          .containsAll(acknowledged.keySet().stream().filter(text -> text.startsWith(topic + " ")).toList());
      history.forEach(message -> isSame(places, place(topic, message), text(message)));
      String last = place(topic, history.get(history.size() - 1));
      for (Client subscriber : subscribers) {
        Eventually.within(LIMIT, subscriber.name() + " has everything of " + topic, () -> subscriber.frames().stream().anyMatch(frame -> isOf(frame.json(), topic) && reaches(frame.json(), topic, last)));
        gaps += check(subscriber, topic, places);
      }
    }
    return new Outcome(acknowledged.size(), refusals.get(), kept, gaps, subscribers.size());
  }

  private static boolean reaches(JsonObject frame, String topic, String last) {
    return last.equals(place(topic, "gap".equals(frame.getString("type")) ? frame.getJsonObject("to") : frame));
  }

  private static void isSame(Map<String, String> places, String place, String text) {
    String known = places.putIfAbsent(place, text);
    assertThat(known == null ? text : known).as("what is at %s", place).isEqualTo(text);
  }

  /** Offsets have no hole that was not told, and a place means the same to all. */
  private int check(Client subscriber, String topic, Map<String, String> places) {
    String epoch = null;
    long offset = 0;
    int gaps = 0;
    for (Frame frame : subscriber.frames()) {
      JsonObject json = frame.json();
      if (!isOf(json, topic)) {
        continue;
      }
      if ("gap".equals(json.getString("type"))) {
        JsonObject to = json.getJsonObject("to");
        epoch = to.getString("epoch");
        offset = to.getLong("offset");
        gaps++;
      } else {
        assertThat(epoch == null || epoch.equals(json.getString("epoch"))).as("%s: an epoch ends with a gap: %s", subscriber.name(), json).isTrue();
        assertThat(json.getLong("offset")).as("%s: %s", subscriber.name(), json).isEqualTo(epoch == null ? json.getLong("offset") : offset + 1);
        epoch = json.getString("epoch");
        offset = json.getLong("offset");
        if (!isHalfStored(subscriber, topic, json)) {
          isSame(places, place(topic, json), text(json));
        }
      }
    }
    return gaps;
  }

  private boolean isHalfStored(Client subscriber, String topic, JsonObject message) {
    String node = subscriber.name().substring(subscriber.name().indexOf('@') + 1);
    return cutOff.contains(node) && !place(topic, message).equals(acknowledged.get(text(message)));
  }

  private static boolean isOf(JsonObject frame, String topic) {
    return ("message".equals(frame.getString("type")) || "gap".equals(frame.getString("type"))) && topic.equals(frame.getString("topic"));
  }

  private static String place(String topic, JsonObject message) {
    return topic + " " + message.getString("epoch") + ":" + message.getLong("offset");
  }

  private static String text(JsonObject message) {
    return message.getJsonObject("data").getString("text");
  }

  private static List<JsonObject> history(Client client, String topic) throws InterruptedException {
    List<JsonObject> kept = new ArrayList<>();
    JsonObject page = null;
    while (page == null || page.getBoolean("hasMore")) {
      JsonObject question = new JsonObject().put("type", "history").put("topic", topic).put("limit", 1_000);
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
}
