package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.TestRedis;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisTopicLogIT extends TopicLogContract {
  private static final long MEMORY = 64L << 20;

  private static TestRedis redis;
  private static Vertx vertx;

  private List<TopicLog> stores;

  @BeforeAll
  static void open() {
    redis = new TestRedis(false).start();
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() {
    await(vertx.close());
    redis.close();
  }

  @BeforeEach
  void empty() {
    String cluster = "test {" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + "}";
    stores = List.of(store(cluster, Duration.ofSeconds(20)), store(cluster, Duration.ofSeconds(20)));
  }

  private static TopicLog store(String cluster, Duration deadline) {
    return new RedisTopicLog(vertx, new RedisLink(vertx, redis.url(), deadline), cluster, MEMORY, deadline);
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
    await(hasty.append(append(1, 1, "a")));
    redis.freeze();
    try {
      assertThat(failureOf(hasty.append(append(1, 2, "b")))).isNotNull();
      assertThat(hasty.condition().state()).isEqualTo("down");
    } finally {
      redis.thaw();
    }
    Appended repeated = await(stores.get(0).append(append(1, 1, "x")).compose(done -> hasty.append(append(1, 2, "b"))));
    assertThat(repeated.offsets()).containsExactly(2);
    assertThat(texts(await(hasty.read(all(TOPIC))))).containsExactly("a", "b");
    assertThat(hasty.condition().state()).isEqualTo("ok");
    await(hasty.close());
  }

  @Test
  void anAppendThatAReplicaHasNotIsNotAcknowledgedAndIsDoneOnceAllTheSame() {
    Duration deadline = Duration.ofSeconds(5);
    RedisTopicLog.Replicas one = new RedisTopicLog.Replicas(1, Duration.ofMillis(200), new RedisLink(vertx, redis.url(), deadline));
    TopicLog careful = new RedisTopicLog(vertx, new RedisLink(vertx, redis.url(), deadline), one, "careful", MEMORY, deadline);
    assertThat(failureOf(careful.append(append(1, 1, "a")))).as("there is no replica").isInstanceOf(UnconfirmedException.class).hasMessage("0 of 1 replicas have it");
    assertThat(careful.condition()).isEqualTo(new TopicLog.Condition("down", "redis", "0 of 1 replicas have it"));
    try (TestRedis replica = TestRedis.replicaOf(redis).start()) {
      TestCluster.eventually(() -> careful.append(append(1, 1, "a")).map(true).otherwise(false).toCompletionStage().toCompletableFuture().join());
      assertThat(await(careful.append(append(1, 2, "b"))).offsets()).containsExactly(2);
      replica.freeze();
      Append keyed = new Append(TOPIC, 1, 3, NOW, 77, BOUNDS, List.of(new Append.Draft("key", new byte[] {'c'})));
      assertThat(failureOf(careful.append(keyed))).isInstanceOf(UnconfirmedException.class);
      assertThat(texts(await(careful.read(all(TOPIC))))).as("it is there, and reads do not wait").containsExactly("a", "b", "c");
      assertThat(failureOf(careful.append(keyed))).as("a repetition writes nothing, and is not taken for confirmed").isInstanceOf(UnconfirmedException.class);
      replica.thaw();
      Append again = new Append(TOPIC, 2, 1, NOW, 77, BOUNDS, keyed.messages());
      TestCluster.eventually(() -> careful.append(again).map(true).otherwise(false).toCompletionStage().toCompletableFuture().join());
      assertThat(await(careful.append(again)).offsets()).containsExactly(-3);
    }
    await(careful.close());
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
