package io.vestibule.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.bench.BenchCommand;
import io.vestibule.systemtests.harness.Client;
import io.vestibule.systemtests.harness.Eventually;
import io.vestibule.systemtests.harness.Frame;
import io.vestibule.systemtests.harness.Nodes;
import io.vestibule.systemtests.harness.VestibuleProcess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/** Places that are hard to come back from, on a connection that stays and with a session that goes on, again and again while ten thousand others, who were cut off in one moment, come back as well. */
class AwkwardResumesIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final int OTHERS = 10_000;
  private static final String RULES = "topics=[{pattern: \"edge.**\", subscribe: authenticated, publish: authenticated, durable: true, history-size: 3},"
      + " {pattern: \"idle.**\", subscribe: authenticated, publish: authenticated, durable: true, history-time: 1s},"
      + " {pattern: \"user.**\", subscribe: owner, publish: servers, durable: true}, {pattern: \"durable.**\", subscribe: authenticated, publish: authenticated, durable: true}]";

  /**
   * A place to come back from, and what is to come of it.
   *
   * @param name for messages of failures
   * @param from the place
   * @param to the end of the gap that is told, null where none is
   * @param offsets of the messages that come behind that
   */
  private record Place(String name, String topic, JsonObject from, JsonObject to, List<Long> offsets) {
    boolean isWhole() {
      return to == null;
    }
  }

  @RegisterExtension final Nodes nodes = new Nodes("1g");

  private final StringWriter told = new StringWriter();
  private VestibuleProcess node;
  private List<Place> places;

  @Test
  void everybodyIsToldWhatIsTrueWhileTenThousandOthersComeBack() throws Exception {
    node = nodes.start("a", "--set", RULES, "--set", "gateway.limits.messages-per-second=0", "--set", "admission.user-joins=0", "--set", "admission.ip-joins=0");
    places = places();
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      Future<Integer> storm = threads.submit(this::storm);
      AtomicInteger[] during = new AtomicInteger[2 * places.size()];
      List<Future<?>> travellers = new ArrayList<>();
      for (int i = 0; i < places.size(); i++) {
        Place place = places.get(i);
        AtomicInteger stayed = during[2 * i] = new AtomicInteger();
        AtomicInteger resumed = during[2 * i + 1] = new AtomicInteger();
        travellers.add(threads.submit(() -> stay(place, storm, stayed)));
        travellers.add(threads.submit(() -> comeBack(place, storm, resumed)));
      }
      for (Future<?> traveller : travellers) {
        traveller.get();
      }
      assertThat(storm.get()).as(told.toString()).isZero();
      for (int i = 0; i < places.size(); i++) {
        assertThat(during[2 * i]).as("%s, subscribed while others came back", places.get(i).name()).hasPositiveValue();
        assertThat(during[2 * i + 1]).as("%s, resumed while others came back", places.get(i).name()).hasPositiveValue();
      }
      System.out.println("awkward resumes among " + OTHERS + " others: " + List.of(during));
    } finally {
      threads.shutdownNow();
    }
  }

  /** Ten thousand others, and what was missed by whom they say themselves. */
  private int storm() {
    return new CommandLine(new BenchCommand()).setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(told, true)).execute(
        "resume", "--url", node.socketUrl().toString(), "--secret", Nodes.SECRET, "--connections", "" + OTHERS);
  }

  private void awaitStorm(Future<?> storm) {
    Eventually.within(LIMIT, "the others are cut off", () -> isStorming() || storm.isDone());
  }

  private boolean isStorming() {
    synchronized (told.getBuffer()) {
      return told.getBuffer().indexOf(" current ") >= 0 && told.getBuffer().indexOf(String.format("%,d current", OTHERS)) < 0;
    }
  }

  private List<Place> places() throws Exception {
    try (Client ann = nodes.connect(node, "ann")) {
      JsonObject none = subscribed(ann, "durable.none");
      JsonObject some = published(ann, "durable.some", 5);
      JsonObject other = published(ann, "durable.other", 1);
      JsonObject edge = published(ann, "edge.x", 8);
      JsonObject idle = published(ann, "idle.x", 4);
      Eventually.within(LIMIT, "what was published long ago is gone", () -> isEmpty(ann, "idle.x"));
      return List.of(
          new Place("no message yet", "durable.none", none, null, List.of()),
          new Place("nothing missed", "durable.some", at(some, 5), null, List.of()),
          new Place("something missed", "durable.some", at(some, 2), null, List.of(3L, 4L, 5L)),
          new Place("from the beginning", "durable.some", at(some, 0), null, List.of(1L, 2L, 3L, 4L, 5L)),
          new Place("an offset from the future", "durable.some", at(some, 70), at(some, 5), List.of()),
          new Place("another topic's epoch", "durable.some", at(other, 1), at(some, 0), List.of(1L, 2L, 3L, 4L, 5L)),
          new Place("an epoch that never was", "durable.some", new JsonObject().put("epoch", "0-z").put("offset", 3), at(some, 0), List.of(1L, 2L, 3L, 4L, 5L)),
          new Place("the last place that can be had", "edge.x", at(edge, 5), null, List.of(6L, 7L, 8L)),
          new Place("the one before it", "edge.x", at(edge, 4), at(edge, 5), List.of(6L, 7L, 8L)),
          new Place("long idle, nothing missed", "idle.x", at(idle, 4), null, List.of()),
          new Place("long idle, what was missed is gone", "idle.x", at(idle, 1), at(idle, 4), List.of()));
    }
  }

  private static boolean isEmpty(Client client, String topic) throws InterruptedException {
    return client.request(new JsonObject().put("type", "history").put("topic", topic), "history").json().getJsonArray("messages").isEmpty();
  }

  private static JsonObject published(Client client, String topic, int count) throws InterruptedException {
    JsonObject last = null;
    for (int i = 1; i <= count; i++) {
      last = client.request(new JsonObject().put("type", "message").put("topic", topic).put("messageId", topic + i).put("data", new JsonObject().put("n", i)), "ack").json();
    }
    return at(last, last.getLong("offset"));
  }

  private static JsonObject subscribed(Client client, String topic) throws InterruptedException {
    JsonObject subscribed = client.request(new JsonObject().put("type", "subscribe").put("topic", topic), "subscribed").json();
    return at(subscribed, subscribed.getLong("offset"));
  }

  private static JsonObject at(JsonObject of, long offset) {
    return new JsonObject().put("epoch", of.getString("epoch")).put("offset", offset);
  }

  /** Subscribes by {@code recover}, twice in a row, until the others are back. */
  private Void stay(Place place, Future<?> storm, AtomicInteger during) throws Exception {
    try (Client client = nodes.connect(node, "stays, " + place.name())) {
      JsonObject ask = new JsonObject().put("type", "subscribe").put("topic", place.topic()).put("recover", place.from());
      awaitStorm(storm);
      while (!storm.isDone()) {
        for (int time = 1; time <= 2; time++) {
          int before = client.frames().size();
          assertThat(client.request(ask, "subscribed").json().getBoolean("recovered")).as(place.name()).isEqualTo(place.isWhole());
          awaitWhatFollows(client, place, before);
        }
        client.request(new JsonObject().put("type", "unsubscribe").put("topic", place.topic()), "unsubscribed");
        during.addAndGet(isStorming() ? 1 : 0);
      }
    }
    return null;
  }

  /** Loses its socket and comes back by {@code offsets}, until the others are back. */
  private Void comeBack(Place place, Future<?> storm, AtomicInteger during) throws Exception {
    Client client = nodes.connect(node, "comes back, " + place.name());
    client.subscribe(place.topic());
    String token = client.await("a resume token", frame -> "auth_success".equals(frame.type())).json().getString("resumeToken");
    JsonObject ask = new JsonObject().put("type", "reconnect_attempt").put("offsets", new JsonObject().put(place.topic(), place.from()));
    awaitStorm(storm);
    while (!storm.isDone()) {
      client.close();
      client = nodes.open(node, "comes back, " + place.name());
      JsonObject back = client.request(ask.copy().put("token", token), "reconnect_success").json();
      assertThat(isRecovered(client, back, place.topic())).as(place.name()).isEqualTo(place.isWhole());
      awaitWhatFollows(client, place, 0);
      token = back.getString("resumeToken");
      during.addAndGet(isStorming() ? 1 : 0);
    }
    client.close();
    return null;
  }

  /** Said at once, or, where that takes longer than a second, when it is known. */
  private static boolean isRecovered(Client client, JsonObject back, String topic) throws InterruptedException {
    assertThat(back.getJsonArray("restored")).contains(topic);
    Boolean recovered = back.getJsonObject("recovered").getBoolean(topic);
    return recovered != null ? recovered
        : client.await("what becomes of " + topic, frame -> "subscribed".equals(frame.type()) && topic.equals(frame.topic())).json().getBoolean("recovered");
  }

  /** A gap, if there is one, and then the messages, in order; and nothing else until the answer to a question that is asked behind them. */
  private static void awaitWhatFollows(Client client, Place place, int before) throws InterruptedException {
    int expected = (place.isWhole() ? 0 : 1) + place.offsets().size();
    Eventually.within(LIMIT, () -> "what is to come of " + place.name() + ": " + following(client, place, before), () -> following(client, place, before).size() >= expected);
    client.request(new JsonObject().put("type", "health_check"));
    List<JsonObject> came = new ArrayList<>(following(client, place, before));
    if (!place.isWhole()) {
      JsonObject gap = came.remove(0);
      assertThat(gap.getString("type")).as(place.name()).isEqualTo("gap");
      assertThat(gap.getJsonObject("from")).as(place.name()).isEqualTo(place.from());
      assertThat(gap.getJsonObject("to")).as(place.name()).isEqualTo(place.to());
    }
    assertThat(came).as(place.name()).allMatch(frame -> "message".equals(frame.getString("type"))).extracting(frame -> frame.getLong("offset")).isEqualTo(place.offsets());
  }

  private static List<JsonObject> following(Client client, Place place, int before) {
    return client.frames().stream().skip(before).map(Frame::json).filter(frame -> place.topic().equals(frame.getString("topic")) && !"subscribed".equals(frame.getString("type"))).toList();
  }
}
