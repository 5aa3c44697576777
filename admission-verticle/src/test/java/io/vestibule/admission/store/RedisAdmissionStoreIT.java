package io.vestibule.admission.store;

import static io.vestibule.admission.store.Records.holder;
import static io.vestibule.admission.store.Records.waiting;
import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vestibule.admission.core.QueueEffect.DropPlace;
import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueEvent.SlotHeld;
import io.vestibule.cluster.store.RedisClients;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RedisAdmissionStoreIT extends AdmissionStoreContract {
  @AutoClose
  private static RedisClients clients = new RedisClients(true);
  private static TestRedis redis = clients.redis;
  private static Vertx vertx = clients.vertx;
  private static List<AdmissionStore> stores = List.of(store(1, Duration.ofSeconds(20)), store(1, Duration.ofSeconds(20)));

  @AfterAll
  static void leave() {
    await(Future.all(stores.stream().map(AdmissionStore::close).toList()));
  }

  @Override
  protected List<AdmissionStore> stores() {
    return stores;
  }

  @Override
  protected Vertx vertx() {
    return vertx;
  }

  @Test
  void itComesBackByItselfWhenRedisDoes() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("p")), new TakeSlot(0, holder("p")))));
    redis.kill();
    Throwable lost = failureOf(a().commit(queue, 1, List.of(new PutPlace(waiting("q")))));
    assertThat(lost).isNotInstanceOf(FencedException.class);
    assertThat(a().condition().state()).isEqualTo("down");
    redis.start();
    eventually(() -> isDone(a().commit(queue, 1, List.of(new PutPlace(waiting("r"))))));
    assertThat(a().condition().state()).isEqualTo("ok");
    assertThat(await(b().open(queue, 2)).places()).contains(waiting("p"), waiting("r"));
  }

  @Test
  void aRedisThatHangsIsGivenUpAtTheDeadlineAndWhatItDoesLaterIsOvertaken() {
    AdmissionStore hasty = store(1, Duration.ofSeconds(1));
    eventually(() -> isDone(hasty.open(queue, 1)));
    eventually(() -> isDone(hasty.commit(queue, 1, List.of(new PutPlace(waiting("p", 1))))));
    redis.freeze();
    long begun = System.nanoTime();
    try {
      assertThat(failureOf(hasty.commit(queue, 1, List.of(new PutPlace(waiting("p", 2)))))).isInstanceOf(TimeoutException.class);
      assertThat(failureOf(hasty.commit(queue, 1, List.of(new PutPlace(waiting("p", 3)))))).isInstanceOf(TimeoutException.class);
    } finally {
      redis.thaw();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
    eventually(() -> isDone(hasty.commit(queue, 1, List.of(new PutPlace(waiting("p", 4)), new DropPlace("x")))));
    // One more goes through everything that was left in the sockets of the connections that were given up.
    eventually(() -> isDone(hasty.commit(queue, 1, List.of(new PutPlace(waiting("q"))))));
    assertThat(await(b().open(queue, 2)).places()).containsExactlyInAnyOrder(waiting("p", 4), waiting("q"));
    await(hasty.close());
  }

  /** The bytes of a command that was given up may lie in a socket until others are done. */
  @Test
  void aRunThatComesLateIsIgnoredAndOneThatComesTwiceIsDoneOnce() {
    RedisLink link = new RedisLink(vertx, redis.url(), Duration.ofSeconds(20));
    RedisQueue now = reign(link, 10);
    await(now.open());
    List<StoredWrite> take = StoredWrite.of(List.of(new TakeSlot(0, holder("p")), new PutPlace(waiting("p", 2))));
    assertThat(await(now.commit(take))).isEmpty();
    RedisQueue late = reign(link, 5);
    assertThat(failureOf(late.commit(StoredWrite.of(List.of(new PutPlace(waiting("p", 1))))))).hasMessageContaining("a later call");
    RedisQueue twice = reign(link, 12);
    List<StoredWrite> other = StoredWrite.of(List.of(new TakeSlot(0, holder("q")), new FreeSlot(0, holder("p"))));
    List<StoredWrite> refused = await(twice.commit(other));
    assertThat(await(reign(link, 12).commit(other))).usingRecursiveComparison().isEqualTo(refused);
    assertThat(refused).hasSize(1);
    assertThat(await(b().open(queue, 2)).places()).containsExactly(waiting("p", 2));
    assertThat(await(b().open(queue, 2)).slots()).isEmpty();
    await(link.close());
  }

  private RedisQueue reign(RedisLink link, long numbers) {
    return new RedisQueue(link, new RedisKeys("test"), queue, 1, 1, "owner", new AtomicLong(numbers));
  }

  @Test
  void aRedisThatForgotIsNotMistakenForAnEmptyQueue() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("p")))));
    RedisLink link = new RedisLink(vertx, redis.url(), Duration.ofSeconds(20));
    await(link.send(Request.cmd(Command.FLUSHALL)));
    assertThat(failureOf(a().commit(queue, 1, List.of(new PutPlace(waiting("q")))))).isInstanceOf(JournalLostException.class);
    await(a().open(queue, 2));
    await(link.send(Request.cmd(Command.SCRIPT).arg("FLUSH")));
    assertThat(await(a().commit(queue, 2, List.of(new PutPlace(waiting("q")))))).isEmpty();
    await(link.close());
  }

  /** It was restored from a copy that is some seconds old. */
  @Test
  void aRedisThatWentBackInTimeIsNoticed() {
    await(a().open(queue, 1));
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("p")))));
    RedisLink link = new RedisLink(vertx, redis.url(), Duration.ofSeconds(20));
    String fence = new RedisKeys("test").fence(queue);
    String number = await(link.send(Request.cmd(Command.HGET).arg(fence).arg("number"))).toString();
    await(a().commit(queue, 1, List.of(new PutPlace(waiting("q")))));
    await(link.send(Request.cmd(Command.HSET).arg(fence).arg("number").arg(number)));
    assertThat(failureOf(a().commit(queue, 1, List.of(new PutPlace(waiting("r")))))).isInstanceOf(JournalLostException.class);
    await(link.close());
  }

  /** Terms begin at 1 again when the whole cluster was stopped; Redis has still the old ones. */
  @Test
  void aClusterThatBeginsAnewIsNotFencedByTheOneBefore() {
    await(a().open(queue, 57));
    await(a().commit(queue, 57, List.of(new PutPlace(waiting("p")))));
    AdmissionStore anew = store(2, Duration.ofSeconds(20));
    assertThat(await(anew.open(queue, 1)).places()).containsExactly(waiting("p"));
    assertThat(failureOf(a().commit(queue, 57, List.of(new PutPlace(waiting("q")))))).isInstanceOf(FencedException.class);
    // No term of the life before is above those of the new one: to fight for it would be without end.
    assertThat(failureOf(a().open(queue, 58))).isInstanceOfSatisfying(FencedException.class, refused -> {
      assertThat(refused.toSurpass()).isZero();
      assertThat(refused).hasMessageContaining("a later life of the cluster, 2 and not 1");
    });
    await(anew.close());
  }

  @Test
  void aLargeCommitGoesInSeveralRunsAndTellsOfEachSlotThatWasRefused() {
    await(a().open(queue, 1));
    List<Write> mine = IntStream.range(0, 1000).<Write>mapToObj(i -> new TakeSlot(i, holder("p" + i))).toList();
    assertThat(await(a().commit(queue, 1, mine))).isEmpty();
    List<Write> others = new ArrayList<>();
    IntStream.range(0, 1000).forEach(i -> {
      others.add(new TakeSlot(i, holder("q" + i)));
      others.add(new PutPlace(waiting("q" + i)));
    });
    assertThat(await(a().commit(queue, 1, others)))
        .containsExactlyElementsOf(IntStream.range(0, 1000).mapToObj(i -> new SlotHeld(i, holder("p" + i))).toList());
    assertThat(await(b().open(queue, 2)).places()).hasSize(1000);
  }

  private static AdmissionStore store(long incarnation, Duration deadline) {
    return new RedisAdmissionStore(vertx, new RedisLink(vertx, redis.url(), deadline), "test", () -> Future.succeededFuture(incarnation), deadline);
  }
}
