package io.vestibule.admission.store;

import static io.vestibule.admission.store.Records.connected;
import static io.vestibule.admission.store.Records.holder;
import static io.vestibule.admission.store.Records.waiting;
import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Prints the figures of docs/operations.md; runs only when asked, with {@code -Dfigures=true}. */
@EnabledIfSystemProperty(named = "figures", matches = "true")
class StoreFiguresIT {
  private static final int PLACES = 100_000;
  private static final int COMMITS = 500;

  @Test
  void print() {
    try (TestRedis redis = new TestRedis(false).start(); TestCluster grid = new TestCluster()) {
      ClusterNode node = grid.start("a");
      grid.start("b");
      System.out.printf("a waiting place %d bytes, a connected one %d bytes%n", RecordBytes.PLACE.encode(waiting("p")).length,
          RecordBytes.PLACE.encode(connected("p", 1)).length);
      commits("embedded", AdmissionStores.embedded().create(node.vertx(), node));
      AdmissionStore both = new AdmissionStores(true, redis.url(), Duration.ofSeconds(5), "figures", new Majority(1)).create(node.vertx(), node);
      commits("redis", both);
      writeBack(redis, both);
      RedisLink link = new RedisLink(node.vertx(), redis.url(), Duration.ofSeconds(20));
      long used = await(link.send(Request.cmd(Command.MEMORY).arg("USAGE").arg(new RedisKeys("figures").places("large")).arg("SAMPLES").arg(1000))).toLong();
      System.out.printf("redis: %d bytes a waiting place%n", used / PLACES);
      await(link.close());
      await(both.close());
    }
  }

  private static void commits(String name, AdmissionStore store) {
    await(store.open(name, 1));
    for (int size : new int[] {1, 100}) {
      long[] took = new long[COMMITS];
      for (int i = 0; i < 2 * COMMITS; i++) {
        int from = i * size;
        List<Write> writes = new ArrayList<>();
        IntStream.range(from, from + size).forEach(p -> {
          writes.add(new PutPlace(waiting(size + "p" + p)));
          writes.add(new TakeSlot(size * 1_000_000 + p, holder(size + "p" + p)));
        });
        long begun = System.nanoTime();
        await(store.commit(name, 1, writes));
        took[i % COMMITS] = System.nanoTime() - begun;
      }
      java.util.Arrays.sort(took);
      System.out.printf("%s: a commit of %d admissions takes %d us, p99 %d us%n", name, size, took[COMMITS / 2] / 1000, took[COMMITS * 99 / 100] / 1000);
    }
  }

  private static void writeBack(TestRedis redis, AdmissionStore store) {
    await(store.open("large", 1));
    for (int from = 0; from < PLACES; from += 1000) {
      await(store.commit("large", 1, IntStream.range(from, from + 1000).<Write>mapToObj(p -> new PutPlace(waiting("place-" + p))).toList()));
    }
    long opening = System.nanoTime();
    await(store.open("large", 2));
    System.out.printf("taking over %d places: %d ms%n", PLACES, (System.nanoTime() - opening) / 1_000_000);
    eventually(() -> store.condition().state().equals("ok"));
    redis.kill();
    await(store.commit("large", 2, List.of(new PutPlace(waiting("place-0")))));
    redis.start();
    long begun = System.nanoTime();
    eventually(() -> store.condition().state().equals("ok"));
    System.out.printf("writing %d places back: %d ms, with up to 1 s until redis is noticed%n", PLACES, (System.nanoTime() - begun) / 1_000_000);
  }
}
