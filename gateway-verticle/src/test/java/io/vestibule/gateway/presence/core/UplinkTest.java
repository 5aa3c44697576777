package io.vestibule.gateway.presence.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.ownership.ShardKinds;
import io.vestibule.contract.presence.PresenceAnswers;
import io.vestibule.contract.presence.PresenceKey;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.PresenceStatements;
import io.vestibule.contract.presence.Statement.Here;
import io.vestibule.contract.presence.UserStatus;
import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.gateway.presence.TestRooms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UplinkTest {
  private static final int SHARDS = ShardKinds.PRESENCE.count();

  private final Uplink uplink = new Uplink("g", 1);
  private final List<PresenceStatements> sent = new ArrayList<>();
  private final List<String> to = new ArrayList<>();

  private long proceed(long nowMs) {
    return uplink.proceed(nowMs, (owner, message) -> {
      to.add(owner);
      sent.add(message);
    });
  }

  private PresenceStatements last() {
    return sent.get(sent.size() - 1);
  }

  private void answer(Outcome outcome, long nowMs) {
    uplink.answered(to.get(to.size() - 1), last(), new PresenceAnswers(last().shards().stream().map(s -> new ReplicaAnswer(outcome, 0)).toList()), nowMs);
  }

  private void state(String topic, String user) {
    uplink.state(new PresenceKey(topic, user), new Here(1, 1, UserStatus.ONLINE, null));
  }

  private static PresenceKey keyOf(PresenceStatements message) {
    return message.shards().get(0).update().changes().get(0).key();
  }

  @Test
  void anOwnerHearsOfAllItsShardsAlsoOfEmptyOnesAndAgainEveryTwoSeconds() {
    assertThat(proceed(0)).as("nobody to tell").isEqualTo(Uplink.BEAT_MS);
    uplink.ownersAre(shard -> Optional.of(shard % 2 == 0 ? "a" : "b"));
    proceed(0);
    assertThat(to).containsExactlyInAnyOrder("a", "b");
    assertThat(sent).allSatisfy(message -> assertThat(message.shards()).hasSize(SHARDS / 2).allSatisfy(shard -> {
      assertThat(shard.update().fresh()).isTrue();
      assertThat(shard.update().complete()).isTrue();
    }));
    for (int i = 0; i < 2; i++) {
      PresenceStatements message = sent.get(i);
      uplink.answered(to.get(i), message, new PresenceAnswers(message.shards().stream().map(s -> new ReplicaAnswer(Outcome.APPLIED, 0)).toList()), 5);
    }
    assertThat(proceed(1_999)).isEqualTo(Uplink.BEAT_MS);
    assertThat(sent).hasSize(2);
    proceed(2_000);
    assertThat(sent).hasSize(4);
    assertThat(last().shards()).hasSize(SHARDS / 2).allSatisfy(shard -> assertThat(shard.update().fresh()).isFalse());
  }

  @Test
  void oneMessageIsUnderWayAndWhatChangesMeanwhileGoesWithTheNext() {
    uplink.ownersAre(shard -> Optional.of("a"));
    proceed(0);
    state("x", "ann");
    state("y", "ben");
    proceed(10);
    assertThat(sent).hasSize(1);
    answer(Outcome.APPLIED, 12);
    assertThat(proceed(12)).isEqualTo(Uplink.GATHER_MS);
    assertThat(sent).hasSize(1);
    proceed(Uplink.GATHER_MS);
    assertThat(sent).hasSize(2);
    assertThat(last().shards().stream().mapToInt(shard -> shard.update().changes().size()).sum()).isEqualTo(2);
  }

  @Test
  void whatWasNotAnsweredIsSaidAgainAfterALongerAndLongerPause() {
    uplink.ownersAre(shard -> Optional.of("a"));
    long now = 0;
    for (long pause : new long[] {50, 100, 200, 400, 500, 500}) {
      proceed(now);
      int before = sent.size();
      uplink.failed("a", last(), now);
      assertThat(proceed(now)).isEqualTo(now + pause);
      proceed(now + pause - 1);
      assertThat(sent).hasSize(before);
      now += pause;
    }
    proceed(now);
    answer(Outcome.APPLIED, now);
    state("x", "ann");
    proceed(now + Uplink.GATHER_MS);
    uplink.failed("a", last(), now);
    assertThat(proceed(now + Uplink.GATHER_MS)).isEqualTo(now + 50);
    proceed(now + 50);
    assertThat(keyOf(last())).isEqualTo(new PresenceKey("x", "ann"));
  }

  @Test
  void aShardThatIsNotYetTheOwnersHoldsUpNoOther() {
    uplink.ownersAre(shard -> Optional.of("a"));
    proceed(0);
    int shard = ShardKinds.PRESENCE.shardOf("x");
    uplink.answered("a", last(), new PresenceAnswers(last().shards().stream().map(s -> s.number() == shard ? ReplicaAnswer.notMine() : new ReplicaAnswer(Outcome.APPLIED, 0)).toList()), 0);
    String other = List.of("y", "z", "w").stream().filter(topic -> ShardKinds.PRESENCE.shardOf(topic) != shard).findFirst().orElseThrow();
    state(other, "ann");
    proceed(20);
    assertThat(last().shards()).singleElement().satisfies(said -> assertThat(said.number()).isNotEqualTo(shard));
    answer(Outcome.APPLIED, 20);
    assertThat(proceed(49)).isEqualTo(50);
    proceed(50);
    assertThat(last().shards()).singleElement().satisfies(said -> assertThat(said.number()).isEqualTo(shard));
  }

  @Test
  void aNewOwnerIsToldEverythingAndTheAnswerOfTheOldOneMeansNothing() {
    uplink.ownersAre(shard -> Optional.of("a"));
    state("x", "ann");
    proceed(0);
    PresenceStatements first = last();
    uplink.ownersAre(shard -> Optional.of("b"));
    proceed(1);
    assertThat(to).containsExactly("a", "b");
    uplink.answered("a", first, new PresenceAnswers(first.shards().stream().map(s -> ReplicaAnswer.notMine()).toList()), 2);
    answer(Outcome.APPLIED, 3);
    proceed(100);
    assertThat(sent).as("the new one has all").hasSize(2);
    uplink.ownersAre(shard -> Optional.empty());
    state("x", "ben");
    proceed(200);
    assertThat(sent).hasSize(2);
  }

  @Test
  void muchIsSaidInMessagesOfBoundedSizeAndNoShardStarves() {
    TestRooms rooms = new TestRooms(1, 100, 10, new HashMap<>());
    uplink.ownersAre(shard -> Optional.of("a"));
    for (int i = 0; i < 20_000; i++) {
      state("t" + i % 100, "user-" + i);
    }
    long now = 0;
    for (int i = 0; i < 20; i++) {
      uplink.proceed(now, (owner, message) -> sent.add(message));
      PresenceStatements message = last();
      int bytes = message.shards().stream().flatMap(s -> s.update().changes().stream()).mapToInt(e -> PresenceKinds.STATEMENTS.weight(e.key(), e.value())).sum();
      assertThat(bytes).isLessThan(Uplink.MESSAGE_BYTES + 1_000);
      uplink.answered("a", message, rooms.hear(message), now);
      now += Uplink.GATHER_MS;
    }
    assertThat(rooms.statements()).hasSize(20_000);
    assertThat(uplink.size()).isEqualTo(20_000);
  }
}
