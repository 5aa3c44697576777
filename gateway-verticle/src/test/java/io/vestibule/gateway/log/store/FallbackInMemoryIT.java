package io.vestibule.gateway.log.store;

import io.vertx.core.Vertx;
import io.vestibule.gateway.log.core.StoreChoice.Phase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Two stores as one, where Redis was never there. */
class FallbackInMemoryIT extends TopicLogContract {
  private static TwoStores cluster;

  @BeforeAll
  static void open() {
    cluster = new TwoStores(2);
    cluster.open(TwoStores.NOWHERE);
    cluster.open(TwoStores.NOWHERE);
    cluster.awaitPhase(Phase.MEMORY);
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  @BeforeEach
  void empty() {
    cluster.kept().clear();
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
