package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static io.vestibule.cluster.store.TestRedis.inTime;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.store.RedisClients;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.RedisRelay;
import io.vestibule.cluster.store.TestRedis;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Cursor;
import io.vestibule.gateway.log.core.CursorMove;
import io.vestibule.gateway.log.core.CursorSlice;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.LogImage;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.ShardPlace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisTopicLogIT extends TopicLogContract {
  private static final long MEMORY = 64L << 20;

  @AutoClose
  private static RedisClients clients = new RedisClients(false);
  private static TestRedis redis = clients.redis;
  private static Vertx vertx = clients.vertx;

  private List<TopicLog> stores;

  @BeforeEach
  void empty() {
    String cluster = "test {" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + "}";
    stores = List.of(store(cluster, Duration.ofSeconds(20)), store(cluster, Duration.ofSeconds(20)));
  }

  private static TopicLog store(String cluster, Duration deadline) {
    return new RedisTopicLog(vertx, clients.link(deadline), cluster, MEMORY, deadline);
  }

  @AfterEach
  void leave() {
    await(Future.all(stores.stream().map(TopicLog::close).toList()));
  }

  @Override
  protected List<TopicLog> stores() {
    return stores;
  }

  @Override
  protected Vertx vertx() {
    return vertx;
  }

  @Test
  void oneThatHangsIsWaitedForUntilTheDeadline() {
    TopicLog hasty = store("hasty", Duration.ofMillis(300));
    await(inTime(() -> hasty.append(append(1, 1, "a"))));
    redis.freeze();
    try {
      assertThat(failureOf(hasty.append(append(1, 2, "b")))).isNotNull();
      assertThat(hasty.condition().state()).isEqualTo("down");
    } finally {
      redis.thaw();
    }
    await(stores.get(0).append(append(1, 1, "x")));
    assertThat(await(inTime(() -> hasty.append(append(1, 2, "b")))).offsets()).containsExactly(2);
    assertThat(texts(await(inTime(() -> hasty.read(all(TOPIC)))))).containsExactly("a", "b");
    assertThat(hasty.condition().state()).isEqualTo("ok");
    await(hasty.close());
  }

  /** The connection stays open, and nothing more comes back. */
  @Test
  void whereverAnswersEndEachCallDoes() {
    Duration deadline = Duration.ofMillis(300);
    try (RedisRelay relay = new RedisRelay(redis.port())) {
      for (int bytes : new int[] {0, 100, 250, 1_000}) {
        relay.swallowAfter(bytes);
        RedisTopicLog.Replicas one = new RedisTopicLog.Replicas(1, deadline, new RedisLink(vertx, relay.url(), deadline));
        RedisTopicLog log = new RedisTopicLog(vertx, new RedisLink(vertx, relay.url(), deadline), one, "swallowed", MEMORY, deadline);
        LogImage elsewhere = new LogImage(TOPIC, 5, 0, 1, 1, NOW, BOUNDS, List.of(), List.of(), List.of());
        int shard = TopicLog.shardOf(TOPIC);
        List<Future<?>> calls = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 1; i <= 20; i++) {
          calls.addAll(List.of(log.append(append(1, i, "x".repeat(200))), log.read(all(TOPIC)), log.read(on("device/tv")), log.moved(shard, 0, 0, 10),
              log.move(shard, List.of(new CursorMove(TOPIC, "device/tv", 77, 0)), NOW), log.renew(TOPIC, 77, 1_000), log.probe(),
              log.anew(shard, new RedisTopicLog.Anew(0, 0, 8, 4, true, 0, ShardPlace.UNKNOWN)), log.brought(shard, 0, 7),
              log.graft(elsewhere, 9, i, 0, 1028, List.of())));
        }
        assertThat(failureOf(Future.join(calls))).as("with %d bytes", bytes).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).as("with %d bytes", bytes).isLessThan(deadline.plusSeconds(3));
        // Those that came last may have had another connection, with as many bytes again.
        relay.swallowAfter(0);
        TestCluster.eventually(() -> failureOf(log.read(all(TOPIC))) != null);
        assertThat(log.condition().state()).isEqualTo("down");
        await(log.close());
      }
    }
  }

  @Test
  void anAppendThatAReplicaHasNotIsNotAcknowledgedAndIsDoneOnceAllTheSame() {
    Duration deadline = Duration.ofSeconds(5);
    RedisTopicLog.Replicas one = new RedisTopicLog.Replicas(1, Duration.ofMillis(200), new RedisLink(vertx, redis.url(), deadline));
    TopicLog careful = new RedisTopicLog(vertx, new RedisLink(vertx, redis.url(), deadline), one, "careful", MEMORY, deadline);
    assertThat(failureOf(careful.append(append(1, 1, "a")))).as("there is no replica").isInstanceOf(UnconfirmedException.class).hasMessage("0 of 1 replicas have it");
    assertThat(careful.condition()).isEqualTo(new TopicLog.Condition("down", "redis", "0 of 1 replicas have it"));
    try (TestRedis replica = TestRedis.replicaOf(redis).start()) {
      assertThat(confirmed(careful, append(1, 1, "a")).offsets()).containsExactly(1);
      assertThat(confirmed(careful, append(1, 2, "b")).offsets()).containsExactly(2);
      replica.freeze();
      Append keyed = new Append(TOPIC, 1, 3, NOW, 77, BOUNDS, List.of(new Append.Draft("key", new byte[] {'c'})));
      assertThat(failureOf(careful.append(keyed))).isInstanceOf(UnconfirmedException.class);
      assertThat(texts(await(careful.read(all(TOPIC))))).as("it is there, and reads do not wait").containsExactly("a", "b", "c");
      assertThat(failureOf(careful.append(keyed))).as("a repetition writes nothing, and is not taken for confirmed").isInstanceOf(UnconfirmedException.class);
      replica.thaw();
      Append again = new Append(TOPIC, 2, 1, NOW, 77, BOUNDS, keyed.messages());
      assertThat(confirmed(careful, again).offsets()).containsExactly(-3);
    }
    await(careful.close());
  }

  /** As a publisher does, again and again. */
  private static Appended confirmed(TopicLog log, Append append) {
    AtomicReference<Appended> answer = new AtomicReference<>();
    TestCluster.eventually(() -> {
      log.append(append).onSuccess(answer::set).otherwiseEmpty().toCompletionStage().toCompletableFuture().join();
      return answer.get() != null;
    });
    return answer.get();
  }

  @Test
  void whatIsLeftOfALogThatHasExpiredIsNotPartOfTheNext() {
    LogKeys keys = keys("expired");
    TopicLog log = store("expired", Duration.ofSeconds(20));
    await(log.append(keyed(1, 1, 77, "k", "a")));
    for (String key : keys.all(TOPIC).subList(2, 6)) {
      assertThat(redis("PTTL", key).toLong()).as("%s goes by itself", key).isPositive();
    }
    assertThat(redis("DEL", keys.log(TOPIC)).toInteger()).isEqualTo(1);
    Appended anew = await(log.append(keyed(1, 1, 79, "k", "b")));
    assertThat(anew.offsets()).containsExactly(1);
    assertThat(anew.epoch()).isNotEqualTo(77);
    assertThat(texts(await(log.read(all(TOPIC))))).containsExactly("b");
    await(log.close());
  }

  @Test
  void messagesThatHaveExpiredAreNotKnownAndNotCounted() {
    TopicLog log = store("aged", Duration.ofSeconds(20));
    LogBounds bounds = new LogBounds(100, 3_600_000, 1_200);
    await(log.append(new Append(TOPIC, 1, 1, NOW, 77, bounds, List.of(new Append.Draft("k", new byte[800])))));
    assertThat(redis("DEL", keys("aged").messages(TOPIC)).toInteger()).isEqualTo(1);
    for (int i = 2; i <= 3; i++) {
      assertThat(await(log.append(new Append(TOPIC, 1, i, NOW, 77, bounds, List.of(new Append.Draft(i == 2 ? "k" : null, new byte[300]))))).offsets()).containsExactly(i);
    }
    assertThat(await(log.read(all(TOPIC))).messages()).as("there is room for both").hasSize(2);
    await(log.close());
  }

  @Test
  void aLogThatHasExpiredIsForgottenByItsShard() {
    TopicLog log = store("gone", Duration.ofSeconds(20));
    LogKeys keys = keys("gone");
    await(log.append(append(1, 1, "a")));
    redis("DEL", keys.log(TOPIC));
    String other = IntStream.range(0, 100_000).mapToObj(i -> "durable.t" + i).filter(topic -> TopicLog.shardOf(topic) == TopicLog.shardOf(TOPIC)).findFirst().orElseThrow();
    await(log.append(new Append(other, 1, 1, NOW, 77, BOUNDS, drafts("x"))));
    assertThat(redis("ZRANGE", keys.moved(TopicLog.shardOf(TOPIC)), "0", "-1")).extracting(Response::toString).containsExactly(other);
    await(log.close());
  }

  @Test
  void writersThatAreLongSilentAreForgottenWhereThereAreMany() {
    TopicLog log = store("writers", Duration.ofSeconds(20));
    for (int writer = 1; writer <= 70; writer++) {
      await(log.append(new Append(TOPIC, writer, 1, NOW + (writer <= 30 ? 0 : 70_000), 77, BOUNDS, drafts("x"))));
    }
    assertThat(redis("HLEN", keys("writers").all(TOPIC).get(5)).toInteger()).isEqualTo(40);
    Append again = new Append(TOPIC, 40, 1, NOW + 70_000, 77, BOUNDS, drafts("x"));
    assertThat(await(log.append(again)).offsets()).as("those who were there lately are known").containsExactly(40);
    await(log.close());
  }

  private static Append keyed(long writer, long number, long epoch, String key, String text) {
    return new Append(TOPIC, writer, number, NOW, epoch, BOUNDS, List.of(new Append.Draft(key, text.getBytes(StandardCharsets.UTF_8))));
  }

  private static LogKeys keys(String cluster) {
    return new LogKeys(cluster);
  }

  private static Response redis(String command, String... arguments) {
    RedisLink link = new RedisLink(vertx, redis.url(), Duration.ofSeconds(20));
    Request request = Request.cmd(Command.create(command));
    for (String argument : arguments) {
      request.arg(argument);
    }
    return await(link.send(request).eventually(link::close));
  }

  @Test
  void aReaderStaysWhereHeWasInALogThatGotMoreElsewhere() {
    RedisTopicLog log = (RedisTopicLog) stores.get(0);
    Appended told = await(log.append(append(1, 1, "a", "b", "c")));
    await(log.move(TopicLog.shardOf(TOPIC), List.of(new CursorMove(TOPIC, "device/tv", told.epoch(), 2)), NOW));
    LogImage elsewhere = new LogImage(TOPIC, 5, 0, 1, 1, NOW, BOUNDS, List.of(), List.of(), List.of());
    await(log.graft(elsewhere, 9, 1, 1, 1028, List.of(new Message(1, 1, NOW, 77, null, "d".getBytes(StandardCharsets.UTF_8)))));
    CursorSlice rest = await(log.read(on("device/tv")));
    assertThat(rest.cursor()).isEqualTo(new Cursor("device/tv", 1028, 2, NOW));
    assertThat(texts(rest.slice())).containsExactly("c", "d");
    await(log.anew(TopicLog.shardOf(TOPIC), new RedisTopicLog.Anew(2, 7, 6, 2052, false, 0, ShardPlace.UNKNOWN)));
    CursorSlice renamed = await(log.read(on("device/tv")));
    assertThat(renamed.slice().epoch()).isEqualTo(2056);
    assertThat(renamed.cursor()).isEqualTo(new Cursor("device/tv", 2056, 2, NOW));
    assertThat(await(log.move(TopicLog.shardOf(TOPIC), List.of(new CursorMove(TOPIC, "device/tv", told.epoch(), 3)), NOW))).as("what was said before, and comes late").containsExactly(-1);
  }

  @Test
  void oneThatComesBackEmptyHasNewEpochs() {
    TopicLog log = store("emptied", Duration.ofSeconds(2));
    Appended before = await(log.append(append(1, 1, "a")));
    redis.kill();
    assertThat(failureOf(log.append(append(1, 2, "b")))).isNotNull();
    redis.start();
    Appended after = await(stores.get(0).append(append(5, 1, "x")).compose(done -> store("emptied", Duration.ofSeconds(20)).append(
        new Append(TOPIC, 1, 2, NOW, 78, BOUNDS, drafts("b")))));
    assertThat(after.epoch()).isNotEqualTo(before.epoch());
    assertThat(after.lineage()).isNotEqualTo(before.lineage());
    assertThat(after.offsets()).containsExactly(1);
    await(log.close());
  }
}
