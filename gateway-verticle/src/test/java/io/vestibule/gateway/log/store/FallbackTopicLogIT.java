package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.eventually;
import static io.vestibule.cluster.TestCluster.failureOf;
import static io.vestibule.cluster.store.TestRedis.inTime;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vestibule.cluster.store.RedisLink;
import io.vestibule.cluster.store.TestRedis;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Appended;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.LogBounds;
import io.vestibule.gateway.log.core.Moved;
import io.vestibule.gateway.log.core.OvertakenException;
import io.vestibule.gateway.log.core.Slice;
import io.vestibule.gateway.log.core.StoreChoice.Phase;
import io.vestibule.gateway.log.core.StoreChoice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Redis goes and comes, and nothing that was acknowledged is gone. */
class FallbackTopicLogIT {
  private static final String TOPIC = TopicLogContract.TOPIC;
  private static final String UNTOUCHED = "durable.untouched";

  private static Append append(String topic, long writer, long number, long epoch, String key, String text) {
    return new Append(topic, writer, number, TopicLogContract.NOW, epoch, TopicLogContract.BOUNDS, List.of(new Append.Draft(key, text.getBytes())));
  }

  @Test
  void goesOnInMemoryAndBringsEverythingBack() {
    try (TestRedis redis = new TestRedis(true).start(); TwoStores cluster = new TwoStores(2)) {
      FallbackTopicLog one = cluster.open(redis.url());
      FallbackTopicLog two = cluster.open(redis.url());
      cluster.awaitPhase(Phase.REDIS);
      Appended first = await(inTime(() -> one.append(append(TOPIC, 1, 1, 101, "k1", "before"))));
      await(inTime(() -> two.append(append(UNTOUCHED, 2, 1, 201, null, "untouched"))));
      assertThat(one.condition().state()).isEqualTo("ok");

      redis.kill();
      Append repeated = append(TOPIC, 1, 2, 103, "k2", "meanwhile");
      assertThat(failureOf(one.append(repeated))).isNotNull();
      assertThat(one.condition().state()).isEqualTo("down");
      cluster.awaitPhase(Phase.MEMORY);
      assertThat(one.condition()).isEqualTo(new TopicLog.Condition("degraded", "memory", "redis is lost, the memory of the cluster counts"));
      Appended meanwhile = await(one.append(repeated));
      assertThat(meanwhile.epoch()).isEqualTo(103);
      assertThat(meanwhile.offsets()).containsExactly(1);
      assertThat(Lineage.beganEmpty(meanwhile.lineage())).isTrue();
      for (int i = 2; i <= 300; i++) {
        await(two.append(append(TOPIC, 2, i, 105, "m" + i, "text " + i)));
      }
      Append late = append("durable.new", 9, 1, 107, null, "new");
      await(one.append(late));

      redis.start();
      cluster.awaitPhase(Phase.REDIS);
      assertThat(cluster.choice().owed()).isEmpty();
      assertThat(cluster.brought).hasValue(301);
      assertThat(cluster.kept().keySet()).isEmpty();
      assertThat(one.condition().state()).isEqualTo("ok");
      Slice back = await(inTime(() -> two.read(TopicLogContract.all(TOPIC))));
      assertThat(back.epoch()).isNotIn(0L, first.epoch(), meanwhile.epoch());
      assertThat(back.epoch() % 2).as("it goes on from what others held").isZero();
      List<String> texts = TopicLogContract.texts(back);
      assertThat(texts).hasSize(301).startsWith("before", "meanwhile", "text 2").endsWith("text 300");
      assertThat(back.messages().get(300).offset()).isEqualTo(301);
      Slice untouched = await(inTime(() -> one.read(TopicLogContract.all(UNTOUCHED))));
      assertThat(untouched.epoch()).as("nobody missed anything of it").isEqualTo(201);
      assertThat(TopicLogContract.texts(untouched)).containsExactly("untouched");
      Moved moved = await(inTime(() -> one.moved(TopicLog.shardOf(TOPIC), first.lineage(), 1, 100)));
      assertThat(Lineage.beganEmpty(moved.lineage())).as("what is in it may be known").isFalse();
      assertThat(moved.heads()).anySatisfy(head -> assertThat(head.epoch()).isEqualTo(back.epoch()));

      assertThat(await(inTime(() -> two.append(append(TOPIC, 3, 1, 109, "m7", "again")))).offsets()).as("a message is known by its id").containsExactly(-8);
      assertThat(failureOf(inTime(() -> one.append(late)))).as("what was done elsewhere is not done again").isInstanceOf(OvertakenException.class);
      assertThat(await(inTime(() -> two.append(append(TOPIC, 2, 301, 111, null, "after")))).offsets()).containsExactly(302);
    }
  }

  @Test
  void whatRedisTookWithoutSayingSoIsThereOnce() {
    try (TestRedis redis = new TestRedis(true).start(); TwoStores cluster = new TwoStores(1)) {
      FallbackTopicLog log = cluster.open(redis.url());
      cluster.awaitPhase(Phase.REDIS);
      await(inTime(() -> log.append(append(TOPIC, 1, 1, 101, null, "a"))));
      redis.freeze();
      Append unsure = append(TOPIC, 1, 2, 103, null, "b");
      assertThat(failureOf(log.append(unsure))).isNotNull();
      cluster.awaitPhase(Phase.MEMORY);
      await(log.append(unsure));
      await(log.append(append(TOPIC, 1, 3, 103, null, "c")));
      redis.thaw();
      cluster.awaitPhase(Phase.REDIS);
      assertThat(TopicLogContract.texts(await(inTime(() -> log.read(TopicLogContract.all(TOPIC)))))).containsExactly("a", "b", "c");
    }
  }

  @Test
  void aRedisThatComesBackEmptyGetsWhatWasKept() {
    try (TestRedis redis = new TestRedis(false).start(); TwoStores cluster = new TwoStores(1)) {
      FallbackTopicLog log = cluster.open(redis.url());
      cluster.awaitPhase(Phase.REDIS);
      await(inTime(() -> log.append(append(TOPIC, 1, 1, 101, null, "lost"))));
      redis.kill();
      cluster.awaitPhase(Phase.MEMORY);
      await(log.append(append(TOPIC, 1, 2, 103, null, "kept")));
      redis.start();
      cluster.awaitPhase(Phase.REDIS);
      Slice slice = await(inTime(() -> log.read(TopicLogContract.all(TOPIC))));
      assertThat(TopicLogContract.texts(slice)).containsExactly("kept");
      assertThat(slice.epoch()).isNotIn(101L, 103L);
    }
  }

  /** As a replica that lacked the last writes: what others have at a place there is not given away again, though nobody published to the topic meanwhile. */
  @Test
  void aRedisThatComesBackOlderGoesOnInOtherEpochs() {
    try (TestRedis redis = new TestRedis(true).start(); TwoStores cluster = new TwoStores(1)) {
      FallbackTopicLog log = cluster.open(redis.url());
      cluster.awaitPhase(Phase.REDIS);
      Appended first = await(inTime(() -> log.append(append(TOPIC, 1, 1, 101, null, "a"))));
      byte[] then = redis.file();
      await(inTime(() -> log.append(append(TOPIC, 1, 2, 101, null, "lost"))));
      redis.kill();
      cluster.awaitPhase(Phase.MEMORY);
      redis.restore(then);
      redis.start();
      cluster.awaitPhase(Phase.REDIS);
      Appended next = await(inTime(() -> log.append(append(TOPIC, 1, 3, 103, null, "b"))));
      assertThat(next.epoch()).isNotEqualTo(first.epoch());
      assertThat(next.offsets()).containsExactly(2);
      Slice slice = await(inTime(() -> log.read(TopicLogContract.all(TOPIC))));
      assertThat(TopicLogContract.texts(slice)).containsExactly("a", "b");
      assertThat(slice.began()).isEqualTo(1);
    }
  }

  @Test
  void aNodeThatAloneDoesNotReachRedisNeitherGoesOnAloneNorTakesTheOthersWithIt() {
    try (TestRedis redis = new TestRedis(false).start(); TwoStores cluster = new TwoStores(2)) {
      FallbackTopicLog well = cluster.open(redis.url());
      FallbackTopicLog cut = cluster.open(TwoStores.NOWHERE);
      cluster.awaitPhase(Phase.REDIS);
      eventually(() -> well.choice().votes().values().stream().sorted().toList().equals(List.of(false, true)));
      await(inTime(() -> well.append(append(TOPIC, 1, 1, 101, null, "a"))));
      assertThat(failureOf(cut.append(append(TOPIC, 2, 1, 103, null, "b")))).isNotNull();
      assertThat(cut.condition().state()).isEqualTo("down");
      assertThat(well.choice().term()).isZero();
      redis.kill();
      cluster.awaitPhase(Phase.MEMORY);
      assertThat(await(cut.append(append(TOPIC, 2, 2, 103, null, "b"))).offsets()).containsExactly(1);
      assertThat(TopicLogContract.texts(await(well.read(TopicLogContract.all(TOPIC))))).containsExactly("b");
    }
  }

  @Test
  void redisRefusesWhatComesFromATermThatIsOver() {
    try (TestRedis redis = new TestRedis(false).start(); TwoStores cluster = new TwoStores(1)) {
      RedisTopicLog earlier = new RedisTopicLog(cluster.nodes.get(0).vertx(), new RedisLink(cluster.nodes.get(0).vertx(), redis.url(), TwoStores.TIMEOUT), cluster.name, TwoStores.MEMORY,
          TwoStores.TIMEOUT);
      earlier.fence(() -> 57);
      await(inTime(() -> earlier.append(append(TOPIC, 1, 1, 101, null, "a"))));
      FallbackTopicLog log = cluster.open(redis.url());
      cluster.awaitPhase(Phase.REDIS);
      eventually(() -> isDone(log.append(append(TOPIC, 2, 1, 103, null, "b"))));
      assertThat(log.choice().term()).as("a later life of the cluster").isEqualTo(60);
      assertThat(failureOf(inTime(() -> earlier.append(append(TOPIC, 1, 2, 101, null, "c"))))).isInstanceOf(StoreLeftException.class);
      assertThat(TopicLogContract.texts(await(inTime(() -> log.read(TopicLogContract.all(TOPIC)))))).containsExactly("a", "b");
      await(earlier.close());
    }
  }

  /** What it has is a copy, and the others may have gone on; that they are dead it cannot know. */
  @Test
  void whoIsLeftAloneOfThreeAcknowledgesNothing() {
    try (TwoStores cluster = new TwoStores(3, 3)) {
      FallbackTopicLog log = cluster.open(TwoStores.NOWHERE);
      cluster.open(TwoStores.NOWHERE);
      cluster.open(TwoStores.NOWHERE);
      cluster.awaitPhase(Phase.MEMORY);
      await(log.append(append(TOPIC, 1, 1, 101, null, "a")));
      cluster.kill(2);
      eventually(() -> isDone(log.append(append(TOPIC, 1, 2, 101, null, "b"))));
      cluster.kill(1);
      eventually(() -> log.condition().state().equals("down"));
      assertThat(log.condition().detail()).isEqualTo("it cannot be found out which store counts");
      for (int i = 3; i < 6; i++) {
        assertThat(failureOf(log.append(append(TOPIC, 1, i, 101, null, "c")))).isInstanceOf(StoreLeftException.class);
        assertThat(failureOf(log.read(TopicLogContract.all(TOPIC)))).isInstanceOf(StoreLeftException.class);
      }
    }
  }

  /** Redis has dropped it since, so that nothing there would tell that it is the same. */
  @Test
  void whatIsLeftInAHalfThatWasAwayIsNotBroughtAgain() {
    try (TestRedis redis = new TestRedis(true).start(); TwoStores cluster = new TwoStores(2, 3)) {
      FallbackTopicLog log = cluster.open(redis.url());
      cluster.open(redis.url());
      cluster.awaitPhase(Phase.REDIS);
      redis.kill();
      cluster.awaitPhase(Phase.MEMORY);
      await(log.append(narrow(1, "old")));
      String key = "fallback/" + cluster.choice().term() + "/" + TopicLog.shardOf(TOPIC);
      ShardEntry away = cluster.kept().get(key);
      StoreChoice then = cluster.choice();
      redis.start();
      cluster.awaitPhase(Phase.REDIS);
      for (int i = 2; i <= 4; i++) {
        Append next = narrow(i, "new " + i);
        await(inTime(() -> log.append(next)));
      }
      Slice before = await(inTime(() -> log.read(TopicLogContract.all(TOPIC))));
      assertThat(TopicLogContract.texts(before)).containsExactly("new 3", "new 4");

      cluster.kept().put(key, away);
      cluster.meet(then);
      eventually(() -> !cluster.kept().containsKey(key));
      cluster.awaitPhase(Phase.REDIS);
      Slice after = await(inTime(() -> log.read(TopicLogContract.all(TOPIC))));
      assertThat(TopicLogContract.texts(after)).containsExactly("new 3", "new 4");
      assertThat(after.epoch()).isEqualTo(before.epoch());
      assertThat(cluster.choice().owed()).isEmpty();
    }
  }

  private static Append narrow(long number, String text) {
    return new Append(TOPIC, 1, number, TopicLogContract.NOW, 101, new LogBounds(2, 3_600_000, 0), List.of(new Append.Draft(null, text.getBytes())));
  }

  private static boolean isDone(Future<?> call) {
    return call.map(true).otherwise(false).toCompletionStage().toCompletableFuture().join();
  }
}
