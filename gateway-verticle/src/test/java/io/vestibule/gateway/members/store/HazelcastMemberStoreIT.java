package io.vestibule.gateway.members.store;

import static io.vestibule.cluster.TestCluster.await;
import static io.vestibule.cluster.TestCluster.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vestibule.cluster.ClusterNode;
import io.vestibule.cluster.Majority;
import io.vestibule.cluster.TestCluster;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.gateway.log.store.MinorityException;
import io.vestibule.gateway.members.core.Change;
import io.vestibule.gateway.members.core.Changed.Room;
import io.vestibule.gateway.members.core.Pair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HazelcastMemberStoreIT extends MemberStoreContract {
  private static final long MEMORY = 64L << 20;
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @AutoClose
  private static TestCluster grid = TestCluster.ofTwo("gateway");
  private static ClusterNode first = grid.node(0);
  private static ClusterNode second = grid.node(1);

  @BeforeEach
  void empty() {
    grid.settle();
    first.hazelcast().getMap(HazelcastSettings.MEMBERS_MAP).clear();
  }

  @Override
  protected List<MemberStore> stores() {
    return List.of(on(first, 1), on(second, 1));
  }

  @Override
  protected Vertx vertx() {
    return first.vertx();
  }

  private static MemberStore on(ClusterNode node, int expected) {
    return new HazelcastMemberStore(node.vertx(), node.hazelcast(), MEMORY, new Majority(expected), DEADLINE);
  }

  @Test
  void whatWasSaidOutlivesAMember() {
    ClusterNode third = grid.start("third", "gateway");
    TestCluster.eventually(() -> third.hazelcast().getPartitionService().getPartitions().stream()
        .filter(partition -> third.hazelcast().getCluster().getLocalMember().equals(partition.getOwner())).count() > 80);
    List<String> topics = IntStream.range(0, 100).mapToObj(i -> "conversation.t" + i).toList();
    for (String topic : topics) {
      await(on(third, 1).hint(MemberStore.shardOf("ann"), List.of(new Pair("ann", topic))));
      await(on(third, 1).change(new Change(topic, List.of("ann", "bob"), true, 1, 2, NOW)));
      await(on(first, 1).change(new Change(topic, List.of("bob"), false, 0, 0, NOW + 1)));
    }
    grid.kill(third);
    awaitTwo();
    assertThat(await(on(second, 1).hinted(MemberStore.shardOf("ann"), List.of("ann"))).get(0)).containsExactlyInAnyOrderElementsOf(topics);
    for (String topic : topics) {
      assertThat(await(on(second, 1).roster(topic)).keySet()).as(topic).containsExactly("ann");
    }
  }

  @Test
  void aMinorityNeitherChangesNorTells() {
    awaitTwo();
    MemberStore alone = on(first, 5);
    await(on(first, 1).change(new Change(TOPIC, List.of("ann"), true, 1, 2, NOW)));
    assertThat(failureOf(alone.change(new Change(TOPIC, List.of("bob"), true, 1, 2, NOW)))).isInstanceOf(MinorityException.class);
    assertThat(failureOf(alone.roster(TOPIC))).isInstanceOf(MinorityException.class);
    assertThat(failureOf(alone.hinted(0, List.of("ann")))).isInstanceOf(MinorityException.class);
    assertThat(failureOf(alone.hint(0, List.of(new Pair("ann", TOPIC))))).isInstanceOf(MinorityException.class);
    assertThat(await(on(second, 1).roster(TOPIC)).keySet()).containsExactly("ann");
  }

  private static void awaitTwo() {
    TestCluster.eventually(() -> Stream.of(first, second).allMatch(node -> node.hazelcast().getCluster().getMembers().size() == 2));
  }

  @Test
  void aShardHasItsShareOfTheMemory() {
    MemberStore small = new HazelcastMemberStore(first.vertx(), first.hazelcast(), MemberStore.SHARDS * 2_000L, new Majority(1), DEADLINE);
    List<Room> rooms = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rooms.add(await(small.change(new Change(TOPIC, List.of("user" + i), true, 1, 2, NOW))).room());
    }
    assertThat(rooms).startsWith(Room.DONE, Room.DONE, Room.DONE).endsWith(Room.FULL);
    assertThat(await(small.bytes(MemberStore.shardOf(TOPIC)))).as("what it says of itself").isBetween(1_000L, 2_500L).isEqualTo(await(stores().get(1).bytes(MemberStore.shardOf(TOPIC))));
    assertThat(await(small.roster(TOPIC))).hasSize((int) rooms.stream().filter(room -> room == Room.DONE).count());
    assertThat(await(small.change(new Change(TOPIC, List.of("user0"), true, 1, 2, NOW))).room()).as("it changes nothing").isEqualTo(Room.DONE);
    assertThat(await(small.hint(MemberStore.shardOf(TOPIC), List.of(new Pair("x".repeat(2_000), TOPIC))))).containsExactly(Room.FULL);
  }

  @Test
  void twoHalvesBecomeOne() {
    MembersEntry ours = new MembersEntry();
    ours.answer(new MembersCall.Tell(new Change(TOPIC, List.of("ann", "bob"), true, 1, 2, NOW), MEMORY));
    MembersEntry theirs = new MembersEntry();
    theirs.answer(new MembersCall.Tell(new Change(TOPIC, List.of("cid", "bob"), true, 1, 2, NOW), MEMORY));
    theirs.answer(new MembersCall.Tell(new Change(TOPIC, List.of("bob"), false, 1, 2, NOW + 5), MEMORY));
    byte[] roster = ours.joinedWith(theirs).answer(new MembersCall.Roster(TOPIC));
    assertThat(MembersAnswer.roster(roster).keySet()).containsExactlyInAnyOrder("ann", "cid");
  }
}
