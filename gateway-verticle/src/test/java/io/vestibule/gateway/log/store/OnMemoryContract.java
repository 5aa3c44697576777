package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What every store of logs must do, of those that stand on another one: here on one in this JVM's memory. */
abstract class OnMemoryContract extends TopicLogContract {
  private static Vertx vertx;

  final MemoryTopicLog memory = new MemoryTopicLog(vertx);

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() {
    await(vertx.close());
  }

  @Override
  protected Vertx vertx() {
    return vertx;
  }
}
