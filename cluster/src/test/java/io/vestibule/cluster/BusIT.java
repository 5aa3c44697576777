package io.vestibule.cluster;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.bus.Address;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.bus.Broadcast;
import io.vestibule.contract.bus.RecordCodec;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.message.FanMessage;
import io.vestibule.contract.message.HealthQuery;
import io.vestibule.contract.message.HealthReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BusIT {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static TestCluster cluster;
  private static ClusterNode nodeA;
  private static ClusterNode nodeB;
  private static MeterRegistry registry;
  private static Bus a;
  private static Bus b;

  @BeforeAll
  static void start() {
    cluster = new TestCluster();
    nodeA = cluster.start("a", "gateway");
    nodeB = cluster.start("b", "gateway");
    registry = new SimpleMeterRegistry();
    a = new Bus(nodeA.vertx(), TestCluster.PATIENCE, registry);
    b = new Bus(nodeB.vertx(), TestCluster.PATIENCE, new SimpleMeterRegistry());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static Address<HealthQuery, HealthReport> address(String name) {
    return Addresses.health(name, "b");
  }

  @Test
  void aRequestCrossesTheWireWithItsCorrelationId() {
    AtomicReference<String> heard = new AtomicReference<>();
    Registration served = await(b.serve(address("cross"), (query, correlationId) -> {
      heard.set(correlationId);
      return Future.succeededFuture(new HealthReport(true, "{\"x\":1}"));
    }));
    assertThat(await(a.request(address("cross"), new HealthQuery(), "flow-1"))).isEqualTo(new HealthReport(true, "{\"x\":1}"));
    assertThat(heard).hasValue("flow-1");
    await(a.request(address("cross"), new HealthQuery(), null));
    assertThat(heard.get()).matches("[0-9a-f]{16}");
    assertThat(registry.get("vestibule.bus.request").tag("address", "vestibule.health.v1.cross").timer().count()).isEqualTo(2);
    await(served.close());
    await(served.close());
    eventually(() -> reason(a.request(address("cross"), new HealthQuery(), SHORT, "c")) == ErrorReason.UNAVAILABLE);
  }

  @Test
  void aFailureOfTheCatalogueArrivesAsItIs() {
    await(b.serve(address("refuse"), (query, correlationId) -> Future.failedFuture(
        Failure.ofField(ErrorReason.INVALID_TOPIC, "topic", "Not that one.").with("limit", 3).retryAfter(20))));
    Failure failure = (Failure) failureOf(a.request(address("refuse"), new HealthQuery(), "c"));
    assertThat(failure.reason()).isEqualTo(ErrorReason.INVALID_TOPIC);
    assertThat(failure).hasMessage("Not that one.");
    assertThat(failure.details()).containsEntry("field", "topic").containsEntry("limit", 3);
    assertThat(failure.retryAfterMs()).isEqualTo(20);
    assertThat(registry.get("vestibule.bus.failures").tag("address", "vestibule.health.v1.refuse")
        .tag("reason", "invalid_topic").counter().count()).isEqualTo(1);
  }

  @Test
  void aHandlerThatBreaksAnswersAtOnce() {
    await(b.serve(address("throws"), (query, correlationId) -> {
      throw new IllegalStateException("surprise");
    }));
    await(b.serve(address("null"), (query, correlationId) -> null));
    await(b.serve(address("fails"), (query, correlationId) -> Future.failedFuture("surprise")));
    await(b.serve(address("empty"), (query, correlationId) -> Future.succeededFuture()));
    for (String name : List.of("throws", "null", "fails", "empty")) {
      Failure failure = (Failure) failureOf(a.request(address(name), new HealthQuery(), "c"));
      assertThat(failure.reason()).as(name).isEqualTo(ErrorReason.INTERNAL);
      assertThat(failure.getMessage()).doesNotContain("surprise");
    }
  }

  @Test
  void silenceEndsAtTheDeadline() {
    await(b.serve(address("silent"), (query, correlationId) -> Promise.<HealthReport>promise().future()));
    long started = System.nanoTime();
    assertThat(reason(a.request(address("silent"), new HealthQuery(), SHORT, "c"))).isEqualTo(ErrorReason.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(SHORT, TestCluster.PATIENCE);
  }

  /** Vert.x drops such a reply together with its timer. */
  @Test
  void aReplyThatCannotBeDecodedEndsAtTheDeadline() {
    RecordCodec<HealthReport> liar =
        RecordCodec.of(HealthReport.CODEC.name(), (out, report) -> out.putByte(1), in -> null);
    ClusterNode c = cluster.start("c");
    c.vertx().eventBus().registerCodec(liar);
    c.vertx().eventBus().registerCodec(HealthQuery.CODEC);
    await(c.vertx().eventBus().consumer(address("liar").name(), message -> message.reply(new HealthReport(true, "{}"),
        new DeliveryOptions().setCodecName(liar.name()))).completion());
    assertThat(reason(a.request(address("liar"), new HealthQuery(), SHORT, "c"))).isEqualTo(ErrorReason.TIMEOUT);
  }

  @Test
  void aNodeThatDiesFailsWhatWasAskedOfItAndTheOthersGoOn() {
    ClusterNode dying = cluster.start("dying", "gateway");
    Bus bus = new Bus(dying.vertx(), SHORT, new SimpleMeterRegistry());
    Promise<Void> asked = Promise.promise();
    await(bus.serve(address("dying"), (query, correlationId) -> {
      asked.tryComplete();
      return Promise.<HealthReport>promise().future();
    }));
    await(b.serve(address("alive"), (query, correlationId) -> Future.succeededFuture(new HealthReport(true, "{}"))));
    Future<HealthReport> pending = a.request(address("dying"), new HealthQuery(), Duration.ofSeconds(2), "c");
    await(asked.future());
    cluster.kill(dying);
    assertThat(reason(pending)).isEqualTo(ErrorReason.TIMEOUT);
    assertThat(await(a.request(address("alive"), new HealthQuery(), "c")).healthy()).isTrue();
    eventually(() -> reason(a.request(address("dying"), new HealthQuery(), SHORT, "c")) == ErrorReason.UNAVAILABLE);
  }

  @Test
  void aBroadcastReachesEveryConsumerOnEveryNodeInOrder() {
    Broadcast<FanMessage> address = new Broadcast<>("test.fan.order", FanMessage.CODEC);
    List<List<String>> heard = List.of(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    AtomicReference<String> correlation = new AtomicReference<>();
    await(a.subscribe(address, message -> heard.get(0).add(message.topic())));
    await(b.subscribe(address, (message, correlationId) -> {
      correlation.set(correlationId);
      heard.get(1).add(message.topic());
    }));
    await(b.subscribe(address, message -> heard.get(2).add(message.topic())));
    eventually(() -> {
      a.publish(address, new FanMessage("probe", Buffer.buffer("{}"), null), null);
      return heard.stream().allMatch(list -> list.contains("probe"));
    });
    assertThat(correlation).hasValue(null);
    nodeA.vertx().runOnContext(nothing -> {
      for (int i = 0; i < 500; i++) {
        a.publish(address, new FanMessage("t" + i, Buffer.buffer("{}"), null), "flow");
      }
    });
    List<String> expected = java.util.stream.IntStream.range(0, 500).mapToObj(i -> "t" + i).toList();
    eventually(() -> heard.stream().allMatch(list -> list.contains("t499")));
    assertThat(heard).allSatisfy(list -> assertThat(list.stream().filter(t -> t.startsWith("t")).toList()).isEqualTo(expected));
    assertThat(correlation).hasValue("flow");
  }

  @Test
  void whatIsPublishedForApplicationsReachesAllOfThem() {
    List<JsonObject> heard = new CopyOnWriteArrayList<>();
    List<ClusterNode> nodes = List.of(nodeA, nodeB);
    nodes.forEach(node -> await(node.vertx().eventBus().<JsonObject>consumer(Addresses.PRESENCE_CHANGED.name(),
        message -> heard.add(message.body().copy().put("at", nodes.indexOf(node)).put("flow", message.headers().get(Bus.CORRELATION_ID)))).completion()));
    List<JsonObject> expected = List.of(new JsonObject().put("userId", "u").put("at", 0).put("flow", "flow"), new JsonObject().put("userId", "u").put("at", 1).put("flow", "flow"));
    eventually(() -> {
      a.publishJson(Addresses.PRESENCE_CHANGED, new JsonObject().put("userId", "u"), "flow");
      return heard.containsAll(expected);
    });
  }

  @Test
  void aConsumerThatThrowsHearsTheNextMessage() {
    Broadcast<FanMessage> address = new Broadcast<>("test.fan.throws", FanMessage.CODEC);
    List<String> heard = new CopyOnWriteArrayList<>();
    await(a.subscribe(address, message -> {
      heard.add(message.topic());
      throw new IllegalStateException("surprise");
    }));
    a.publish(address, new FanMessage("one", Buffer.buffer("{}"), null), null);
    a.publish(address, new FanMessage("two", Buffer.buffer("{}"), null), null);
    eventually(() -> heard.equals(List.of("one", "two")));
  }

  @Test
  void applicationsTalkJsonAndAnythingElseIsRefusedClearly() {
    await(b.serveJson(Addresses.PUBLISH, (body, correlationId) ->
        Future.succeededFuture(new JsonObject().put("echo", body).put("id", correlationId))));
    JsonObject answer = await(a.requestJson(Addresses.PUBLISH, new JsonObject().put("topic", "t"), "flow"));
    assertThat(answer).isEqualTo(new JsonObject().put("echo", new JsonObject().put("topic", "t")).put("id", "flow"));

    for (Object wrong : new Object[] {"text", 7, new JsonArray(), Buffer.buffer("{}"), null}) {
      Throwable thrown = failureOf(nodeA.vertx().eventBus().request(Addresses.PUBLISH.name(), wrong));
      assertThat(new JsonObject(thrown.getMessage()).getString("reason")).isEqualTo("wrong_type");
      assertThat(new JsonObject(thrown.getMessage()).getString("message")).contains("vestibule.publish takes a JsonObject");
    }
    JsonObject noId = await(nodeA.vertx().eventBus().<JsonObject>request(Addresses.PUBLISH.name(), new JsonObject())
        .map(io.vertx.core.eventbus.Message::body));
    assertThat(noId.getString("id")).matches("[0-9a-f]{16}");
  }

  @Test
  void aCodecThatTheContractDoesNotListIsAMistakeOfOurs() {
    RecordCodec<String> unknown = RecordCodec.of("unknown.v1", (out, text) -> out.putString(text), in -> in.getString());
    assertThatThrownBy(() -> a.publish(new Broadcast<>("x", unknown), "x", null)).hasMessageContaining("unknown.v1");
  }

  @Test
  void aClosedBusLetsAnotherTakeItsPlace() {
    ClusterNode c = cluster.start("again");
    Bus first = new Bus(c.vertx(), SHORT, new SimpleMeterRegistry());
    await(first.serve(address("again"), (query, correlationId) -> Future.succeededFuture(new HealthReport(true, "{}"))));
    await(first.close());
    Bus second = new Bus(c.vertx(), SHORT, new SimpleMeterRegistry());
    // A request that looks its address up just as the news of the last unregistration comes in is dropped by Vert.x 5.0.10 (DefaultNodeSelector.succeed signals only if the entry is still there) and ends
    // at its deadline.
    eventually(() -> reason(second.request(address("again"), new HealthQuery(), "c")) == ErrorReason.UNAVAILABLE);
  }

  private static ErrorReason reason(Future<?> future) {
    return ((Failure) failureOf(future)).reason();
  }
}
