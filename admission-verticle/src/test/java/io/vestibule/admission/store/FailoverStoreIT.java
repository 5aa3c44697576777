package io.vestibule.admission.store;

import static io.vestibule.admission.store.Records.connected;
import static io.vestibule.admission.store.Records.holder;
import static io.vestibule.admission.store.Records.waiting;
import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.admission.core.QueueEffect.DropPlace;
import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.PutQueue;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueRecord;
import io.vestibule.admission.store.AdmissionStore.Condition;
import io.vestibule.admission.store.AdmissionStore.Image;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FailoverStoreIT extends AdmissionStoreContract {
  private static final String CLUSTER = "failover {test}";

  private static TestRedis redis;
  private static TestCluster grid;
  private static ClusterNode first;
  private static List<AdmissionStore> stores;
  private static RedisLink link;

  /** A Redis that keeps nothing: the hard case. */
  @BeforeAll
  static void start() {
    redis = new TestRedis(false).start();
    grid = TestCluster.ofTwo();
    first = grid.node(0);
    stores = List.of(store(first, redis, Duration.ofSeconds(5)), store(grid.node(1), redis, Duration.ofSeconds(5)));
    link = new RedisLink(first.vertx(), redis.url(), Duration.ofSeconds(20));
  }

  @AfterAll
  static void stop() {
    await(Future.all(stores.stream().map(AdmissionStore::close).toList()).compose(closed -> link.close()));
    grid.close();
    redis.close();
  }

  @Override
  protected List<AdmissionStore> stores() {
    return stores;
  }

  @Override
  protected Vertx vertx() {
    return first.vertx();
  }

  @Test
  void whatIsStoredIsInRedisToo() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(connected("p", 1)), new TakeSlot(1, holder("p")), new PutQueue(new QueueRecord(4, 5, true)))));
    assertThat(inRedis(queue)).isEqualTo(new Image(List.of(connected("p", 1)), Map.of(1, holder("p")), new QueueRecord(4, 5, true)));
    eventually(() -> {
      Condition now = a().condition();
      return now.state().equals("ok") && now.durability().equals("redis");
    });
  }

  @Test
  void withRedisGoneItGoesOnAndWritesBackWhatAnEmptyRedisDoesNotHave() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(connected("p", 1)), new TakeSlot(1, holder("p")), new PutPlace(waiting("q")))));
    redis.kill();
    try {
      assertThat(await(a().commit(queue, 1, List.of(new PutPlace(waiting("r")), new DropPlace("q"), new TakeSlot(2, holder("r")))))).isEmpty();
      assertThat(a().condition().state()).isEqualTo("degraded");
      assertThat(a().condition().durability()).isEqualTo("memory");
      // Somebody else takes over meanwhile, and finds everything.
      Image taken = await(b().open(queue, 2));
      assertThat(taken.places()).containsExactlyInAnyOrder(connected("p", 1), waiting("r"));
      assertThat(taken.slots()).isEqualTo(Map.of(1, holder("p"), 2, holder("r")));
      assertThat(failureOf(a().commit(queue, 1, List.of(new PutPlace(waiting("late")))))).isInstanceOf(FencedException.class);
      await(b().commit(queue, 2, List.of(new FreeSlot(2, holder("r")), new PutPlace(waiting("s")))));
    } finally {
      redis.start();
    }
    eventually(() -> b().condition().state().equals("ok"));
    assertThat(inRedis(queue).places()).containsExactlyInAnyOrder(connected("p", 1), waiting("r"), waiting("s"));
    assertThat(inRedis(queue).slots()).isEqualTo(Map.of(1, holder("p")));
    await(b().commit(queue, 2, List.of(new DropPlace("s"))));
    assertThat(inRedis(queue).places()).hasSize(2);
  }

  /** Where people are in and nobody comes or goes, nothing is written for hours. */
  @Test
  void aRedisThatLostAQueueWhichNobodyWritesToGetsItBack() {
    aQueueIsTorn(queue + "-torn");
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(connected("p", 1)), new TakeSlot(1, holder("p")))));
    eventually(() -> a().condition().state().equals("ok"));
    redis.kill();
    try {
      eventually(() -> a().condition().state().equals("degraded"));
    } finally {
      redis.start();
    }
    eventually(() -> inRedis(queue).slots().equals(Map.of(1, holder("p"))));
    eventually(() -> a().condition().state().equals("ok"));
    // It was away for so short a time that only what it has tells.
    redis.kill();
    redis.start();
    eventually(() -> inRedis(queue).slots().equals(Map.of(1, holder("p"))));
    eventually(() -> a().condition().state().equals("ok"));
  }

  /** A part of its journal is lost while something is on the way to it: nothing can be brought to Redis any more, and that must not be waited for. */
  private void aQueueIsTorn(String torn) {
    await(a().open(torn, 1));
    await(a().commit(torn, 1, List.of(new PutPlace(connected("p", 1)))));
    allIsInItsParts(torn, 2);
    losePartOf("p", torn);
    await(a().commit(torn, 2, List.of(new PutPlace(connected("p", 2)))));
  }

  /** A queue that is opened anew is copied to Redis, from its parts, behind all that is on the way to them. */
  private void allIsInItsParts(String of, long term) {
    await(a().open(of, term));
    eventually(() -> a().condition().state().equals("ok"));
  }

  private static void losePartOf(String place, String of) {
    first.hazelcast().getMap(HazelcastSettings.ADMISSION_MAP).delete("part/" + JournalCalls.partOf(place) + "/" + of);
  }

  /** As when the nodes of a cluster start together, and a queue changes hands while its first owner reads it. */
  @Test
  void whoIsOvertakenWhileItReadsDoesNotTakeRedisForGone() {
    var incarnation = new Incarnation(new JournalGrid(first.vertx(), first.hazelcast(), Duration.ofSeconds(5)), () -> Future.failedFuture("it is known"));
    await(a().open(queue + "-before", 1));
    var newer = new RedisAdmissionStore(first.vertx(), link, CLUSTER, incarnation, Duration.ofSeconds(5));
    await(newer.open(queue, 2));
    eventually(() -> a().condition().state().equals("ok"));
    assertThat(failureOf(a().open(queue, 1))).isInstanceOf(FencedException.class);
    assertThat(a().condition().state()).isEqualTo("ok");
  }

  @Test
  void aRedisThatHangsHoldsUpOneCommitAndNoMore() {
    AdmissionStore hasty = store(first, redis, Duration.ofMillis(500));
    eventually(() -> isDone(hasty.open(queue, 1)));
    await(hasty.commit(queue, 1, List.of(new PutPlace(waiting("p", 0)))));
    redis.freeze();
    try {
      for (int i = 1; i <= 50; i++) {
        await(hasty.commit(queue, 1, List.of(new PutPlace(waiting("p", i)), new PutPlace(waiting("p" + i)))));
      }
      assertThat(hasty.condition().state()).isEqualTo("degraded");
    } finally {
      redis.thaw();
    }
    eventually(() -> hasty.condition().state().equals("ok"));
    assertThat(inRedis(queue).places()).hasSize(51).contains(waiting("p", 50));
    await(hasty.close());
  }

  @Test
  void whatIsWrittenWhileItIsWrittenBackIsNotMissed() {
    await(a().open(queue, 1));
    Map<Integer, String> held = new HashMap<>();
    for (int i = 0; i < 10; i++) {
      int from = i * 1000;
      await(a().commit(queue, 1, IntStream.range(from, from + 1000).<Write>mapToObj(p -> new PutPlace(waiting("p" + p))).toList()));
    }
    redis.kill();
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("x")))));
    redis.start();
    AtomicLong order = new AtomicLong();
    eventually(() -> {
      long n = order.incrementAndGet();
      int slot = (int) (n % 5);
      String next = "p" + n;
      List<Write> writes = new ArrayList<>();
      if (held.containsKey(slot)) {
        writes.add(new FreeSlot(slot, holder(held.get(slot))));
      }
      writes.add(new TakeSlot(slot, holder(next)));
      writes.add(new PutPlace(waiting("x", n)));
      writes.add(new DropPlace(next));
      assertThat(await(a().commit(queue, 1, writes))).isEmpty();
      held.put(slot, next);
      return n > 20 && a().condition().state().equals("ok");
    });
    Image mirrored = inRedis(queue);
    Image journal = await(b().open(queue, 2));
    assertThat(mirrored.places()).containsExactlyInAnyOrderElementsOf(journal.places()).contains(waiting("x", order.get()));
    assertThat(mirrored.slots()).isEqualTo(journal.slots()).hasSize(5);
  }

  /** All nodes stop and start again: their memory is gone, and their terms begin at 1. */
  @Test
  void aClusterThatBeginsAnewHasWhatIsInRedis() {
    try (TestRedis own = new TestRedis(true).start()) {
      try (TestCluster before = new TestCluster()) {
        AdmissionStore store = store(before.start("a"), own, Duration.ofSeconds(5));
        await(store.open(queue, 40));
        await(store.commit(queue, 40, List.of(new PutPlace(connected("p", 1)), new TakeSlot(1, holder("p")), new PutQueue(new QueueRecord(9, 9, false)))));
        await(store.close());
      }
      own.kill();
      try (TestCluster after = new TestCluster()) {
        ClusterNode node = after.start("a");
        AdmissionStore store = store(node, own, Duration.ofSeconds(1));
        assertThat(failureOf(store.open(queue, 1))).isNotInstanceOf(FencedException.class);
        assertThat(store.condition().state()).isEqualTo("down");
        own.start();
        eventually(() -> isDone(store.open(queue, 1)));
        Image image = await(store.open(queue, 1));
        assertThat(image).isEqualTo(new Image(List.of(connected("p", 1)), Map.of(1, holder("p")), new QueueRecord(9, 9, false)));
        await(store.commit(queue, 1, List.of(new PutPlace(waiting("q")))));
        eventually(() -> store.condition().state().equals("ok"));
        // And now the memory has the whole, so Redis may go.
        own.kill();
        assertThat(await(store.open(queue, 2)).places()).hasSize(2);
        await(store.close());
      }
    }
  }

  /** More nodes died at once than there are backups. */
  @Test
  void whatTheMemoryLostIsReadFromRedis() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(connected("p", 1)), new TakeSlot(1, holder("p")))));
    losePartOf("p", queue);
    Image image = await(b().open(queue, 2));
    assertThat(image.places()).containsExactly(connected("p", 1));
    assertThat(image.slots()).isEqualTo(Map.of(1, holder("p")));
  }

  /** What the queue began with was read in pieces, the last of which waits in the journal's head until the next commit; what was in a part before that is lost with it all the same. */
  @Test
  void aPartThatIsLostWhileTheLastPieceWaitsIsReadFromRedis() {
    List<Write> many = IntStream.range(0, 3000).<Write>mapToObj(p -> new PutPlace(waiting("p" + p))).toList();
    await(a().open(queue, 1));
    await(a().commit(queue, 1, many));
    losePartOf("p0", queue);
    assertThat(await(a().open(queue, 2)).places()).as("read from Redis").hasSize(many.size());
    losePartOf("p0", queue);
    assertThat(await(b().open(queue, 3)).places()).hasSize(many.size());
  }

  /** What the queue began with was read from Redis and waits in the journal's head until the next commit; the one who takes over writes it back. */
  @Test
  void whatWasReadFromRedisAndIsWrittenBackKeepsItsSlots() {
    await(a().open(queue, 1));
    QueueRecord record = new QueueRecord(4, 5, true);
    await(a().commit(queue, 1, List.of(new PutPlace(connected("p", 1)), new TakeSlot(1, holder("p")), new PutPlace(waiting("q")), new PutQueue(record))));
    losePartOf("p", queue);
    await(b().open(queue, 2));
    await(a().open(queue, 3));
    eventually(() -> a().condition().state().equals("ok"));
    Image image = inRedis(queue);
    assertThat(image.places()).containsExactlyInAnyOrder(connected("p", 1), waiting("q"));
    assertThat(image.slots()).isEqualTo(Map.of(1, holder("p")));
    assertThat(image.queue()).isEqualTo(record);
  }

  /** The majority writes there, and whoever sees only a minority would overwrite that with what it remembers. */
  @Test
  void aMinorityLeavesRedisAlone() {
    AtomicInteger asked = new AtomicInteger();
    AtomicBoolean minority = new AtomicBoolean(true);
    var journal = new HazelcastAdmissionStore(first.vertx(), first.hazelcast(), Duration.ofSeconds(5));
    var incarnation = new Incarnation(new JournalGrid(first.vertx(), first.hazelcast(), Duration.ofSeconds(5)), () -> Future.failedFuture("it is known"));
    var mirror = new RedisAdmissionStore(first.vertx(), new RedisLink(first.vertx(), redis.url(), Duration.ofSeconds(5)), CLUSTER, incarnation, Duration.ofSeconds(5));
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("p")))));
    var cutOff = new FailoverStore(first.vertx(), journal, mirror, Duration.ofSeconds(10), () -> {
      asked.incrementAndGet();
      return minority.get();
    });
    await(cutOff.open(queue, 2));
    await(cutOff.commit(queue, 2, List.of(new PutPlace(waiting("q")))));
    eventually(() -> asked.get() > 2);
    assertThat(inRedis(queue).places()).containsExactly(waiting("p"));
    assertThat(cutOff.condition().state()).isEqualTo("degraded");
    minority.set(false);
    eventually(() -> cutOff.condition().state().equals("ok"));
    assertThat(inRedis(queue).places()).containsExactlyInAnyOrder(waiting("p"), waiting("q"));
    await(cutOff.close());
  }

  private static Image inRedis(String queue) {
    RedisQueue reader = new RedisQueue(link, new RedisKeys(CLUSTER), queue, 0, 0, "", new AtomicLong());
    Future<List<StoredWrite>> content = reader.read().recover(again -> reader.read());
    return new ImageBuilder(queue).add(await(content)).build();
  }

  private static AdmissionStore store(ClusterNode node, TestRedis server, Duration timeout) {
    return new AdmissionStores(true, server.url(), timeout, CLUSTER, new Majority(1)).create(node.vertx(), node);
  }
}
