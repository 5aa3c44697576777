package io.vestibule.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vestibule.cluster.HealthService;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.RedisRelay;
import io.vestibule.cluster.store.TestRedis;
import io.vestibule.contract.message.HealthReport;
import io.vestibule.gateway.log.store.RedisTopicLog;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.log.store.WatchedTopicLog;
import io.vestibule.gateway.metrics.LogStoreMeters;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What clients and operators see of a Redis that is not there, with {@code store.on-loss: refuse}: durable topics are refused, nothing else is touched, and it comes back by itself. */
class RedisTroubleIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final double WAITING_BYTES = 32 << 20;
  private static final String TOPIC = "durable.news";

  private static GatewayFixture gateway(String url) {
    return GatewayFixture.start(config -> {
      config.messagesPerSecond = 0;
      config.redisBreaks = true;
      config.heartbeat = Duration.ofMinutes(5);
      config.heartbeatTimeout = Duration.ofMinutes(10);
      config.outboundBuffer = 64 << 20;
      config.durableTopic("durable.**", 1_000);
      config.store = (vertx, registry) -> new WatchedTopicLog(new RedisTopicLog(vertx, new RedisLink(vertx, url, TIMEOUT), "trouble", 64L << 20, TIMEOUT),
          new LogStoreMeters(registry, TopicLog.SHARDS, 0));
    });
  }

  private static JsonObject publish(RawSocket socket, String topic, Object data) {
    return socket.send(new JsonObject().put("type", "message").put("id", "m-" + data).put("topic", topic).put("data", data).put("messageId", "id-" + data))
        .await(frame -> ("m-" + data).equals(frame.getValue("id")), "the answer to " + data);
  }

  /** As a client that keeps what it could not send. */
  private static JsonObject published(RawSocket socket, Object data) {
    JsonObject answer = publish(socket, TOPIC, data);
    long giveUp = System.nanoTime() + GatewayFixture.PATIENCE.toNanos();
    while (!answer.getString("type").equals("ack")) {
      assertThat(answer.getString("reason")).isEqualTo("not_stored");
      assertThat(System.nanoTime()).isLessThan(giveUp);
      answer = publish(socket, TOPIC, data);
    }
    return answer;
  }

  private static JsonObject store(GatewayFixture gateway) {
    try {
      HealthReport report = GatewayFixture.await(new HealthService(gateway.bus).ask("gateway", GatewayFixture.NODE, Duration.ofSeconds(5), "test"));
      assertThat(report.healthy()).as("the store is no reason to take the node out").isTrue();
      return report.detailsJson().getJsonObject("store");
    } catch (Exception unasked) {
      throw new AssertionError(unasked);
    }
  }

  private static void awaitState(GatewayFixture gateway, String state) {
    GatewayFixture.until("the store is " + state, () -> store(gateway).getString("state").equals(state) && gateway.registry.get("vestibule.log.store").tag("condition", state).gauge().value() == 1);
  }

  private static void isRefused(GatewayFixture gateway, RawSocket ann) {
    JsonObject refused = publish(ann, TOPIC, "refused");
    assertThat(refused.getString("type")).isEqualTo("error");
    assertThat(refused.getInteger("code")).isEqualTo(503);
    assertThat(refused.getString("reason")).isEqualTo("not_stored");
    assertThat(refused.getLong("retryAfterMs")).isPositive();
    JsonObject unread = ann.send(new JsonObject().put("type", "history").put("id", 7).put("topic", TOPIC)).await(frame -> Integer.valueOf(7).equals(frame.getValue("id")), "no history");
    assertThat(unread.getString("reason")).isEqualTo("store_unavailable");
    assertThat(unread.getInteger("code")).isEqualTo(503);
    assertThat(publish(ann, "news", "all else").getString("type")).as("what is not durable needs no store").isEqualTo("ack");
    awaitState(gateway, "down");
    assertThat(store(gateway).getString("detail")).isIn("no connection", "no answer in time");
  }

  private static JsonObject subscribe(String pattern) {
    return new JsonObject().put("type", "subscribe").put("topic", pattern);
  }

  @Test
  void unreachableAtTheStart() throws Exception {
    try (TestRedis redis = new TestRedis(false); GatewayFixture gateway = gateway(redis.url()); RawSocket ann = gateway.open().comeIn(gateway.token("ann"))) {
      isRefused(gateway, ann);
      assertThat(ann.send(subscribe("durable.*")).await("error").getString("reason")).as("nobody knows where it begins").isEqualTo("store_unavailable");
      assertThat(ann.send(subscribe("news.*")).await("subscribed").getString("topic")).isEqualTo("news.*");
      redis.start();
      assertThat(ann.await(frame -> "user.ann".equals(frame.getString("topic")), "its own topic, as soon as its log can be read").getString("type")).isEqualTo("subscribed");
      assertThat(published(ann, "a").getLong("offset")).isEqualTo(1);
      GatewayFixture.until("it is known where patterns begin", () -> {
        ann.send(subscribe("durable.*"));
        return ann.await(frame -> "durable.*".equals(frame.getString("topic")), "an answer").getString("type").equals("subscribed");
      });
      awaitState(gateway, "ok");
    }
  }

  @Test
  void lostInTheMiddleAndBackWithEverything() throws Exception {
    try (TestRedis redis = new TestRedis(true).start(); GatewayFixture gateway = gateway(redis.url()); RawSocket ann = gateway.open("ann");
        RawSocket bob = gateway.open("bob").subscribe(TOPIC)) {
      JsonObject before = publish(ann, TOPIC, "a");
      awaitState(gateway, "ok");
      redis.kill();
      isRefused(gateway, ann);
      redis.start();
      JsonObject after = published(ann, "b");
      assertThat(after.getString("epoch")).isEqualTo(before.getString("epoch"));
      assertThat(after.getLong("offset")).isEqualTo(2);
      for (String text : List.of("a", "b")) {
        assertThat(bob.await(frame -> Set.of("message", "gap").contains(frame.getString("type")), "what follows").getValue("data")).isEqualTo(text);
      }
      awaitState(gateway, "ok");
    }
  }

  @Test
  void restartedEmpty() throws Exception {
    try (TestRedis redis = new TestRedis(false).start(); GatewayFixture gateway = gateway(redis.url()); RawSocket ann = gateway.open("ann");
        RawSocket bob = gateway.open("bob").subscribe(TOPIC)) {
      JsonObject before = publish(ann, TOPIC, "a");
      assertThat(bob.await("message").getString("data")).isEqualTo("a");
      redis.kill();
      isRefused(gateway, ann);
      redis.start();
      JsonObject after = published(ann, "b");
      assertThat(after.getString("epoch")).isNotEqualTo(before.getString("epoch"));
      isToldAGapAndThen(bob, after, "b");
      awaitState(gateway, "ok");
    }
  }

  private static void isToldAGapAndThen(RawSocket bob, JsonObject ack, String text) {
    assertThat(bob.await(frame -> Set.of("message", "gap").contains(frame.getString("type")), "a gap").getString("type")).isEqualTo("gap");
    JsonObject heard = bob.await("message");
    assertThat(heard.getString("data")).isEqualTo(text);
    assertThat(heard.getString("epoch")).isEqualTo(ack.getString("epoch"));
    assertThat(heard.getLong("offset")).isEqualTo(ack.getLong("offset"));
  }

  @Test
  void restartedFromTheFileOfYesterday() throws Exception {
    try (TestRedis redis = new TestRedis(true).start(); GatewayFixture gateway = gateway(redis.url()); RawSocket ann = gateway.open("ann");
        RawSocket bob = gateway.open("bob").subscribe(TOPIC)) {
      JsonObject first = publish(ann, TOPIC, "a");
      byte[] yesterday = redis.file();
      publish(ann, TOPIC, "lost");
      publish(ann, TOPIC, "lost too");
      GatewayFixture.until("all are heard", () -> gateway.counter("vestibule.messages.delivered") >= 3);
      List.of("a", "lost", "lost too").forEach(text -> assertThat(bob.await("message").getString("data")).isEqualTo(text));
      redis.kill();
      redis.restore(yesterday);
      redis.start();
      goesOnInANewEpoch(gateway, ann, bob, first);
    }
  }

  @Test
  void aReplicaTookOverThatLackedTheLastMessages() throws Exception {
    try (TestRedis redis = new TestRedis(false).start(); TestRedis replica = TestRedis.replicaOf(redis).start(); RedisRelay relay = new RedisRelay(redis.port());
        GatewayFixture gateway = gateway(relay.url()); RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe(TOPIC)) {
      JsonObject first = publish(ann, TOPIC, "a");
      replica.awaitInStepWith(redis);
      replica.promote();
      publish(ann, TOPIC, "lost");
      publish(ann, TOPIC, "lost too");
      List.of("a", "lost", "lost too").forEach(text -> assertThat(bob.await("message").getString("data")).isEqualTo(text));
      redis.kill();
      relay.lead(replica.port());
      goesOnInANewEpoch(gateway, ann, bob, first);
    }
  }

  /** Whatever is published meets a log that ends before what was told: it may get a place that was given before, but not in an epoch in which somebody has that. */
  private static void goesOnInANewEpoch(GatewayFixture gateway, RawSocket ann, RawSocket bob, JsonObject first) {
    GatewayFixture.until("it is found out", () -> gateway.counter("vestibule.log.renewed") > 0);
    JsonObject after = published(ann, "after 0");
    for (int i = 1; after.getString("epoch").equals(first.getString("epoch")); i++) {
      // It got there before the log had begun anew.
      after = published(ann, "after " + i);
    }
    isToldAGapAndThen(bob, after, after.getString("id").substring(2));
    awaitState(gateway, "ok");
  }

  @Test
  void hangs() throws Exception {
    try (TestRedis redis = new TestRedis(true).start(); GatewayFixture gateway = gateway(redis.url()); RawSocket ann = gateway.open("ann");
        RawSocket bob = gateway.open("bob").subscribe(TOPIC)) {
      publish(ann, TOPIC, "a");
      assertThat(bob.await("message").getString("data")).isEqualTo("a");
      redis.freeze();
      try {
        String large = "x".repeat(1_000_000);
        for (int i = 0; i < 45; i++) {
          ann.send(new JsonObject().put("type", "message").put("id", "large-" + i).put("topic", "durable.large" + i % 3).put("data", large));
          assertThat(gateway.gauge("vestibule.log.waiting.bytes")).isLessThanOrEqualTo(WAITING_BYTES);
        }
        Set<String> refused = new TreeSet<>();
        while (refused.size() < 45) {
          JsonObject answer = ann.await(frame -> frame.getValue("id") instanceof String id && id.startsWith("large-"), "an answer");
          assertThat(answer.getString("reason")).isEqualTo("not_stored");
          refused.add(answer.getString("id"));
          assertThat(gateway.gauge("vestibule.log.waiting.bytes")).isLessThanOrEqualTo(WAITING_BYTES);
        }
        GatewayFixture.until("nothing is kept of them", () -> gateway.gauge("vestibule.log.waiting.bytes") == 0);
        isRefused(gateway, ann);
        assertThat(gateway.registry.get("vestibule.log.store.calls").tag("call", "append").tag("outcome", "timeout").timer().count()).isPositive();
      } finally {
        redis.thaw();
      }
      published(ann, "b");
      JsonObject next = bob.await("message");
      while (!next.getString("data").equals("b")) {
        assertThat(next.getString("data")).as("what was refused may have been stored, once").isEqualTo("refused");
        next = bob.await("message");
      }
      awaitState(gateway, "ok");
    }
  }

  @Test
  void isSlow() throws Exception {
    try (TestRedis redis = new TestRedis(true).start(); RedisRelay relay = new RedisRelay(redis.port()); GatewayFixture gateway = gateway(relay.url());
        RawSocket ann = gateway.open("ann"); RawSocket bob = gateway.open("bob").subscribe(TOPIC)) {
      relay.delay(200);
      for (int i = 0; i < 50; i++) {
        ann.send(new JsonObject().put("type", "message").put("id", "slow-" + i).put("topic", TOPIC).put("data", "slow " + i));
      }
      for (int i = 0; i < 50; i++) {
        String id = "slow-" + i;
        assertThat(ann.await(frame -> id.equals(frame.getValue("id")), id).getString("type")).as("within its time").isEqualTo("ack");
        assertThat(bob.await("message").getString("data")).isEqualTo("slow " + i);
      }
      assertThat(gateway.registry.get("vestibule.log.store.calls").tag("call", "append").tag("outcome", "ok").timer().max(TimeUnit.MILLISECONDS)).isGreaterThan(400);
      relay.delay(1_500);
      isRefused(gateway, ann);
      relay.delay(0);
      published(ann, "b");
      awaitState(gateway, "ok");
    }
  }
}
