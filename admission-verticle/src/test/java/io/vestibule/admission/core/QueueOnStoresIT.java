package io.vestibule.admission.core;

import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.admission.store.AdmissionStores;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.store.TestRedis;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The invariants of the waiting line over random histories, as in {@link QueuePropertyTest}, with the real stores: coordinators of two nodes take turns, and go on with what is stored. */
class QueueOnStoresIT {
  private static final int HISTORIES = 20;

  private static TestRedis redis;
  private static TestCluster grid;
  private static List<AdmissionStore> embedded;
  private static List<AdmissionStore> inRedis;

  @BeforeContainer
  static void start() {
    redis = new TestRedis(true).start();
    grid = new TestCluster();
    List<ClusterNode> nodes = List.of(grid.start("a"), grid.start("b"));
    grid.settle();
    var withRedis = new AdmissionStores(true, redis.url(), Duration.ofSeconds(10), "invariants", new Majority(1));
    embedded = nodes.stream().map(node -> AdmissionStores.embedded().create(node.vertx(), node)).toList();
    inRedis = nodes.stream().map(node -> withRedis.create(node.vertx(), node)).toList();
  }

  @AfterContainer
  static void stop() {
    embedded.forEach(store -> TestCluster.await(store.close()));
    inRedis.forEach(store -> TestCluster.await(store.close()));
    grid.close();
    redis.close();
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    return QueuePropertyTest.anyHistories();
  }

  @Property(tries = 60)
  void inTheMemoryOfTheCluster(@ForAll("histories") List<Step> history) {
    run(history, embedded);
  }

  @Property(tries = 60)
  void inRedis(@ForAll("histories") List<Step> history) {
    run(history, inRedis);
  }

  @Example
  void inTheMemoryOfTheClusterInLongHistories() {
    runLong(embedded);
  }

  @Example
  void inRedisInLongHistories() {
    runLong(inRedis);
  }

  private static void runLong(List<AdmissionStore> stores) {
    for (int history = 0; history < HISTORIES; history++) {
      long seed = ThreadLocalRandom.current().nextLong();
      try {
        run(QueuePropertyTest.history(new Random(seed)), stores);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void run(List<Step> history, List<AdmissionStore> stores) {
    QueuePropertyTest.run(history, Bug.NONE, new Books(stores, "q" + Long.toHexString(ThreadLocalRandom.current().nextLong())));
  }
}
