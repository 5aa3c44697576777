package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;

import io.vertx.core.Vertx;
import io.vestibule.cluster.store.TestRedis;
import io.vestibule.gateway.log.core.StoreChoice.Phase;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.AfterEach;

/** Two stores as one, while Redis is there. */
class FallbackOnRedisIT extends TopicLogContract {
  private static TestRedis redis;
  private static TwoStores cluster;

  @BeforeAll
  static void open() {
    redis = new TestRedis(false).start();
    cluster = new TwoStores(2);
  }

  @AfterAll
  static void close() {
    cluster.close();
    redis.close();
  }

  @BeforeEach
  void begin() {
    String keys = Long.toHexString(ThreadLocalRandom.current().nextLong());
    cluster.nodes.forEach(node -> cluster.logs.add(cluster.open(node, keys, redis.url(), TwoStores.DEADLINE)));
    cluster.awaitPhase(Phase.REDIS);
  }

  @AfterEach
  void leave() {
    cluster.logs.forEach(log -> await(log.close()));
    cluster.logs.clear();
  }

  @Override
  protected List<TopicLog> stores() {
    return List.copyOf(cluster.logs);
  }

  @Override
  protected Vertx vertx() {
    return cluster.nodes.get(0).vertx();
  }
}
