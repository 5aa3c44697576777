package io.vestibule.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.contract.presence.Statement;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OnlineUsersTest {
  private final OnlineUsers users = new OnlineUsers(1, new SeenLimits(1_000, 2));
  private final ShardRooms rooms = new ShardRooms(new RoomLimits(10, 1), 1, users);
  private final ReplicaSource<PresenceKey, Statement> gateway = new ReplicaSource<>(PresenceKinds.STATEMENTS, 1);

  private void tell() {
    while (gateway.isDue()) {
      var update = gateway.next(1_000).orElseThrow();
      gateway.answered(update, rooms.hear("g", update));
    }
  }

  private static Here here(int connections) {
    return new Here(connections, 1, UserStatus.ONLINE, null);
  }

  @Test
  void whoWasThereBeforeIsNotNewAndWhoGoesWasSeenLastWhenTheConnectionDropped() {
    PresenceKey ann = new PresenceKey("user.ann", "ann");
    rooms.gatewaysAre(Set.of("g"), true);
    gateway.put(ann, here(1));
    gateway.put(new PresenceKey("user.ann.mail", "ann"), here(1));
    gateway.put(new PresenceKey("room", "ann"), here(1));
    tell();
    users.inheritNothing();
    assertThat(users.edges(rooms, 10)).isEmpty();

    gateway.put(ann, here(0));
    tell();
    assertThat(users.edges(rooms, 20)).isEmpty();
    gateway.put(new PresenceKey("user.b~2Eob", "b.ob"), here(1));
    gateway.remove(ann);
    tell();
    assertThat(users.edges(rooms, 30)).containsExactlyInAnyOrder(new UserEdge("user.ann", "ann", false, 30, 20), new UserEdge("user.b~2Eob", "b.ob", true, 30, 0));
    gateway.remove(new PresenceKey("user.b~2Eob", "b.ob"));
    tell();
    assertThat(users.edges(rooms, 40)).containsExactly(new UserEdge("user.b~2Eob", "b.ob", false, 40, 40));
    assertThat(users.edges(rooms, 50)).isEmpty();
  }

  private void comesAndGoes(String user, long wentMs) {
    PresenceKey key = new PresenceKey("user." + user, user);
    gateway.put(key, here(1));
    tell();
    users.edges(rooms, wentMs - 1);
    assertThat(users.lastSeen(key.topic(), Map.of(), wentMs - 1)).isZero();
    gateway.remove(key);
    tell();
    users.edges(rooms, wentMs);
  }

  @Test
  void whenSomebodyWasSeenLastIsKeptForAWhileAndOfTheLastFew() {
    rooms.gatewaysAre(Set.of("g"), true);
    users.inheritNothing();
    users.colleaguesAre(Set.of("next"));
    comesAndGoes("ann", 100);
    comesAndGoes("ben", 200);
    assertThat(List.of(users.lastSeen("user.ann", Map.of(), 300), users.lastSeen("user.ben", Map.of(), 300), users.lastSeen("user.eve", Map.of(), 300))).containsExactly(100L, 200L, 0L);
    assertThat(users.lastSeen("user.ann", Map.of(), 1_100)).as("its time is over").isZero();
    comesAndGoes("ann", 400);
    comesAndGoes("cid", 500);
    assertThat(List.of(users.lastSeen("user.ann", Map.of(), 600), users.lastSeen("user.ben", Map.of(), 600), users.lastSeen("user.cid", Map.of(), 600))).as("the last two who went").containsExactly(400L, 0L, 500L);
    assertThat(users.copyFor("next").entries()).isEqualTo(users.said()).hasSize(2);
    comesAndGoes("dan", 1_450);
    assertThat(users.said()).containsOnlyKeys("user.cid", "user.dan");
    assertThat(users.copyFor("next").entries()).isEqualTo(users.said());
    assertThat(users.count()).isZero();
  }

  @Test
  void anOwnerGoesOnFromWhatWasSaidBeforeWheneverItLearnsOfIt() {
    rooms.gatewaysAre(Set.of("g"), true);
    gateway.put(new PresenceKey("user.stayed", "stayed"), here(1));
    gateway.put(new PresenceKey("user.came", "came"), here(1));
    tell();
    assertThat(users.edges(rooms, 10)).isEmpty();
    assertThat(users.isKnown()).isFalse();
    gateway.put(new PresenceKey("user.late", "late"), here(1));
    gateway.remove(new PresenceKey("user.came", "came"));
    tell();
    assertThat(users.edges(rooms, 20)).isEmpty();
    assertThat(users.inherit(Map.of("user.stayed", SaidUser.online("stayed"), "user.went", SaidUser.online("went"), "user.long", new SaidUser("long", 5), "user.late", new SaidUser("late", 6)))).isTrue();
    assertThat(users.edges(rooms, 30)).containsExactlyInAnyOrder(new UserEdge("user.went", "went", false, 30, 30), new UserEdge("user.late", "late", true, 30, 0));
    assertThat(users.said()).containsOnly(Map.entry("user.stayed", SaidUser.online("stayed")), Map.entry("user.late", SaidUser.online("late")),
        Map.entry("user.went", new SaidUser("went", 30)), Map.entry("user.long", new SaidUser("long", 5)));
    assertThat(users.count()).isEqualTo(2);
    assertThat(users.lastSeen("user.long", Map.of(), 40)).isEqualTo(5);
    assertThat(users.inherit(Map.of())).isFalse();
  }

  @Test
  void whereNobodyKnowsWhatWasSaidWhoIsFoundCountsForSaidAndWhoComesLaterDoesNot() {
    rooms.gatewaysAre(Set.of("g"), true);
    gateway.put(new PresenceKey("user.found", "found"), here(1));
    tell();
    assertThat(users.edges(rooms, 10)).isEmpty();
    gateway.put(new PresenceKey("user.late", "late"), here(1));
    tell();
    assertThat(users.edges(rooms, 20)).isEmpty();
    assertThat(users.inheritNothing()).isTrue();
    assertThat(users.edges(rooms, 30)).containsExactly(new UserEdge("user.late", "late", true, 30, 0));
    assertThat(users.count()).isEqualTo(2);
  }

  @Test
  void whatCannotBeAboutTheShardIsNotSound() {
    int shard = ShardKinds.PRESENCE.shardOf("t");
    assertThat(sound(shard, new PresenceKey("t", "u"), here(0))).isTrue();
    assertThat(sound(shard, PresenceKey.of("t"), new Statement.Watched())).isTrue();
    assertThat(sound(shard, PresenceKey.of("t"), null)).isTrue();
    assertThat(sound(shard, PresenceKey.of("t"), here(1))).isFalse();
    assertThat(sound(shard, new PresenceKey("t", "u"), new Statement.Watched())).isFalse();
    assertThat(sound(shard, new PresenceKey("t", "u"), here(-1))).isFalse();
    assertThat(sound(shard + 1, new PresenceKey("t", "u"), here(1))).isFalse();
  }

  private static boolean sound(int shard, PresenceKey key, Statement value) {
    return ShardRooms.isSound(shard, new ReplicaUpdate<>(1, 0, 0, 1, true, true, 0, List.of(new ReplicaUpdate.Entry<>(key, value))));
  }
}
