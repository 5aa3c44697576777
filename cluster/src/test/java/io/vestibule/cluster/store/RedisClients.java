package io.vestibule.cluster.store;

import io.vertx.core.Vertx;
import io.vestibule.cluster.TestCluster;
import java.time.Duration;

/** A real redis-server that runs, and a Vert.x for clients of it; both end with this. */
public final class RedisClients implements AutoCloseable {
  public final TestRedis redis;
  public final Vertx vertx = Vertx.vertx();

  /** @param durable whether the server has everything again after a restart, or nothing */
  public RedisClients(boolean durable) {
    redis = new TestRedis(durable).start();
  }

  public RedisLink link(Duration deadline) {
    return new RedisLink(vertx, redis.url(), deadline);
  }

  @Override
  public void close() {
    try {
      TestCluster.await(vertx.close());
    } finally {
      redis.close();
    }
  }
}
