package io.vestibule.gateway.log.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.gateway.log.core.Append;
import io.vestibule.gateway.log.core.Lineage;
import io.vestibule.gateway.log.core.Message;
import io.vestibule.gateway.log.core.ShardLog;
import io.vestibule.gateway.log.core.Slice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HazelcastTopicLogIT extends TopicLogContract {
  private static final long MEMORY = 64L << 20;
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @AutoClose
  private static TestCluster grid = TestCluster.ofTwo("gateway");
  private static ClusterNode first = grid.node(0);
  private static ClusterNode second = grid.node(1);

  /** Behind a test that has killed a member partitions are on the move: one gets another owner, and a renewal that is repeated because its backup was late says that it was not done. */
  @BeforeEach
  void empty() {
    grid.settle();
    first.hazelcast().getMap(HazelcastSettings.LOGS_MAP).clear();
  }

  @Override
  protected List<TopicLog> stores() {
    return List.of(on(first), on(second));
  }

  @Override
  protected Vertx vertx() {
    return first.vertx();
  }

  private static TopicLog on(ClusterNode node) {
    return new HazelcastTopicLog(node.vertx(), node.hazelcast(), MEMORY, new Majority(1), DEADLINE);
  }

  /** Each topic has one append under way all the time while a member dies, so some are about to be answered, and are repeated. */
  @Test
  void whatWasAcknowledgedOutlivesAMember() {
    ClusterNode third = grid.start("third", "gateway");
    awaitItsShare(third);
    Map<String, Map<Long, String>> acknowledged = new ConcurrentHashMap<>();
    List<Future<Void>> writers = IntStream.range(0, 40)
        .mapToObj(topic -> write(on(topic % 2 == 0 ? first : second), "durable.topic" + topic, 1, acknowledged)).toList();
    TestCluster.eventually(() -> acknowledged.values().stream().mapToInt(Map::size).sum() > 400);
    kill(third);
    await(Future.all(writers));
    for (int topic = 0; topic < 40; topic++) {
      String name = "durable.topic" + topic;
      Slice slice = await(on(first).read(all(name)));
      Map<Long, String> stored = new HashMap<>();
      for (Message message : slice.messages()) {
        stored.put(message.offset(), new String(message.payload(), StandardCharsets.UTF_8));
      }
      assertThat(stored).as("%s", name).isEqualTo(acknowledged.get(name));
      assertThat(slice.head()).isEqualTo(200);
    }
  }

  private static Future<Void> write(TopicLog log, String topic, int number, Map<String, Map<Long, String>> acknowledged) {
    return log.append(new Append(topic, 1, number, NOW, 77, BOUNDS, drafts("text " + number))).compose(done -> {
      acknowledged.computeIfAbsent(topic, name -> new ConcurrentHashMap<>()).put(done.offsets()[0], "text " + number);
      return number == 200 ? Future.succeededFuture() : write(log, topic, number + 1, acknowledged);
    });
  }

  /** What was written, begun anew and repeated while it had a third of the shards. */
  @Test
  void aBackupIsWhatItsMemberHas() {
    ClusterNode heir = grid.start("heir", "gateway");
    awaitItsShare(heir);
    grid.settle();
    Map<String, Slice> before = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      String topic = "durable.t" + i;
      Append append = new Append(topic, 1, 1, NOW + i, 100 + i, BOUNDS, drafts("a" + i, "b" + i));
      long epoch = await(on(first).append(append)).epoch();
      if (i % 2 == 0) {
        assertThat(await(on(first).renew(topic, epoch, 3))).isTrue();
        await(on(second).append(new Append(topic, 1, 2, NOW + i, 100 + i, BOUNDS, drafts("c" + i))));
      }
      before.put(topic, await(on(first).read(all(topic))));
    }
    kill(heir);
    before.forEach((topic, slice) -> {
      Slice after = await(on(second).read(all(topic)));
      assertThat(after.epoch()).as("%s", topic).isEqualTo(slice.epoch());
      assertThat(after.began()).isEqualTo(slice.began());
      assertThat(after.head()).isEqualTo(slice.head());
      assertThat(texts(after)).isEqualTo(texts(slice));
      Append again = new Append(topic, 1, slice.head() == 3 ? 2 : 1, NOW, 1, BOUNDS, drafts("again"));
      assertThat(await(on(first).append(again)).offsets()[0]).as("a writer is known there too").isEqualTo(slice.head() == 3 ? 3 : 1);
    });
  }

  /** Whoever has just come has nothing yet. */
  private static void awaitItsShare(ClusterNode node) {
    TestCluster.eventually(() -> node.hazelcast().getPartitionService().getPartitions().stream()
        .filter(partition -> node.hazelcast().getCluster().getLocalMember().equals(partition.getOwner())).count() > 80);
  }

  /** Who joins while the others still count on a dead member is not let in before they do not. */
  private static void kill(ClusterNode node) {
    grid.kill(node);
    TestCluster.eventually(() -> Stream.of(first, second).allMatch(one -> one.hazelcast().getCluster().getMembers().size() == 2));
  }

  @Test
  void aShardHasItsShareOfTheMemory() {
    TopicLog small = new HazelcastTopicLog(first.vertx(), first.hazelcast(), 64 * 10_000L, new Majority(1), DEADLINE);
    for (int i = 1; i <= 40; i++) {
      await(small.append(append(1, i, "x".repeat(1_000))));
    }
    Slice slice = await(small.read(all(TOPIC)));
    assertThat(slice.head()).isEqualTo(40);
    assertThat(slice.messages()).hasSizeBetween(5, 9);
    assertThat(await(small.moved(TopicLog.shardOf(TOPIC), 0, 0, 10)).dropped()).isEqualTo(40 - slice.messages().size());
  }

  /** One that has lost sight of the others finds itself with their partitions, and with calls that were on their way. */
  @Test
  void aMinorityNeitherStoresNorTells() {
    awaitTwo();
    TopicLog alone = new HazelcastTopicLog(first.vertx(), first.hazelcast(), MEMORY, new Majority(5), DEADLINE);
    await(on(first).append(append(1, 1, "before")));
    assertThat(failureOf(alone.append(append(2, 1, "two of five")))).isInstanceOf(MinorityException.class);
    assertThat(failureOf(alone.read(all(TOPIC)))).isInstanceOf(MinorityException.class);
    assertThat(failureOf(alone.moved(TopicLog.shardOf(TOPIC), 0, 0, 10))).isInstanceOf(MinorityException.class);
    assertThat(failureOf(alone.renew(TOPIC, 77, 2))).isInstanceOf(MinorityException.class);
    ClusterNode third = grid.start("third", "gateway");
    TestCluster.eventually(() -> failureOf(alone.append(append(2, 2, "three of five"))) == null);
    grid.kill(third);
    awaitTwo();
    assertThat(failureOf(alone.append(append(2, 3, "two again")))).isInstanceOf(MinorityException.class);
    Slice slice = await(on(second).read(all(TOPIC)));
    assertThat(texts(slice)).as("also where it was the backup").containsExactly("before", "three of five");
  }

  /** Who asked has lost sight of somebody before it is answered, and the member that has the shard has not: what that has stored may have no backup, and be lost with it. */
  @Test
  void nothingIsBelievedByWhoHasLostSightOfSomebodyMeanwhile() {
    awaitTwo();
    awaitItsShare(second);
    Majority three = new Majority(3);
    TopicLog asks = new HazelcastTopicLog(first.vertx(), first.hazelcast(), MEMORY, three, DEADLINE);
    String topic = IntStream.range(0, 1_000).mapToObj(i -> "durable.far" + i).filter(HazelcastTopicLogIT::isWithSecond).findFirst().orElseThrow();
    Append append = new Append(topic, 1, 1, NOW, 77, BOUNDS, drafts("once"));
    TestCluster.eventually(() -> {
      Quorum shaken = new Quorum();
      shaken.standing(three, 3, System.nanoTime());
      first.hazelcast().getUserContext().put(Quorum.KEY, shaken);
      assertThat(failureOf(asks.append(append))).isInstanceOf(MinorityException.class);
      // Else the other was not called for so long that it has stored nothing, because it may have been frozen.
      return await(on(second).read(all(topic))).head() == 1;
    });
    TestCluster.eventually(() -> failureOf(asks.append(append)) == null);
    assertThat(texts(await(on(second).read(all(topic))))).as("repeated, it is done once").containsExactly("once");
  }

  private static boolean isWithSecond(String topic) {
    return second.hazelcast().getCluster().getLocalMember().equals(second.hazelcast().getPartitionService().getPartition("shard/" + TopicLog.shardOf(topic)).getOwner());
  }

  private static void awaitTwo() {
    TestCluster.eventually(() -> Stream.of(first, second).allMatch(node -> node.hazelcast().getCluster().getMembers().size() == 2));
  }

  @Test
  void twoHalvesBecomeOne() {
    ShardEntry ours = new ShardEntry(new ShardLog(1));
    ours.answer(new ShardCall.Add(append(1, 1, "ours"), 1, MEMORY));
    ShardEntry theirs = new ShardEntry(new ShardLog(2));
    theirs.answer(new ShardCall.Add(append(2, 1, "theirs"), 2, MEMORY));
    ShardEntry both = ours.joinedWith(theirs);
    Slice joined = ShardAnswer.slice(both.answer(new ShardCall.Read(all(TOPIC))));
    assertThat(texts(joined)).containsExactly("ours", "theirs");
    assertThat(joined.epoch()).isNotEqualTo(77);
    long lineage = ShardAnswer.moved(both.answer(new ShardCall.Look(1, 0, 10, 3))).lineage();
    assertThat(lineage).as("versions of neither mean anything in it").isNotIn(1L, 2L, 3L);
    assertThat(Lineage.beganEmpty(lineage)).as("what is in it may be known").isFalse();
  }
}
