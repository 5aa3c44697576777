package io.vestibule.presence.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.cluster.replica.ReplicaSource;
import io.vestibule.contract.presence.PresenceKinds;
import io.vestibule.contract.presence.SaidUser;
import io.vestibule.presence.core.PresenceLimits;
import io.vestibule.presence.core.RoomLimits;
import io.vestibule.presence.core.SeenLimits;
import java.util.BitSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InheritanceTest {
  private static final int SHARD = 3;
  private static final PresenceLimits LIMITS = new PresenceLimits(new RoomLimits(10, 1), SeenLimits.NONE);
  private static final PresenceLimits REMEMBERING = new PresenceLimits(new RoomLimits(10, 1), new SeenLimits(1_000, 10));

  private final Inheritance inheritance = new Inheritance();

  /** The owner with a term says that somebody is online. */
  private void hear(long term, String user) {
    hear(term, SaidUser.online(user));
  }

  private void hear(long term, SaidUser user) {
    var source = new ReplicaSource<>(PresenceKinds.SAID, term << 20);
    source.put("user." + user.user(), user);
    inheritance.heard("owner-" + term, SHARD, source.next(1_000).orElseThrow());
  }

  private Reign own(long term, boolean alone) {
    return own(LIMITS, term, alone);
  }

  private Reign own(PresenceLimits limits, long term, boolean alone) {
    Reign reign = Reign.begin(limits, term);
    reign.rooms().gatewaysAre(Set.of(), true);
    inheritance.begun(SHARD, reign, alone, false);
    return reign;
  }

  @Test
  void theLatestOwnerCounts() {
    hear(4, "ann");
    Reign first = own(5, false);
    assertThat(first.users().said()).containsOnlyKeys("user.ann");
    assertThat(first.users().edges(first.rooms(), 1)).singleElement().satisfies(edge -> assertThat(edge.online()).isFalse());
    inheritance.ended(SHARD);
    Reign again = own(6, false);
    assertThat(again.users().inheritNothing()).as("waits no more").isFalse();
    assertThat(again.users().said()).isEmpty();
    inheritance.ended(SHARD);
    hear(7, "bob");
    assertThat(own(8, false).users().said()).containsOnlyKeys("user.bob");
  }

  @Test
  void whoLearnsItLateLearnsItOnce() {
    Reign reign = own(5, false);
    assertThat(reign.users().isKnown()).isFalse();
    hear(6, "later");
    assertThat(inheritance.passOn(SHARD)).as("what a later owner says was not before").isFalse();
    Inheritance other = new Inheritance();
    Reign young = Reign.begin(LIMITS, 5);
    other.begun(SHARD, young, false, false);
    var source = new ReplicaSource<>(PresenceKinds.SAID, 4L << 20);
    source.put("user.ann", SaidUser.online("ann"));
    other.heard("owner-4", SHARD, source.next(1_000).orElseThrow());
    assertThat(other.passOn(SHARD)).isTrue();
    assertThat(other.passOn(SHARD)).isFalse();
    assertThat(young.users().said()).containsOnlyKeys("user.ann");
  }

  /** It was frozen, for instance, and what it has said itself is not the last word. */
  @Test
  void whoOwnsItAgainWaitsForWhatTheOneInBetweenHasSaid() {
    hear(3, "ann");
    own(4, false);
    inheritance.ended(SHARD);
    Reign again = own(6, false);
    assertThat(again.users().isKnown()).isFalse();
    hear(5, "bob");
    assertThat(inheritance.passOn(SHARD)).isTrue();
    assertThat(again.users().said()).containsOnlyKeys("user.bob");
    inheritance.ended(SHARD);

    Reign silent = own(9, false);
    assertThat(silent.users().isKnown()).isFalse();
    BitSet touched = new BitSet();
    for (int beat = 0; beat < 10; beat++) {
      inheritance.beat(touched);
    }
    assertThat(touched.get(SHARD)).isTrue();
    assertThat(silent.users().said()).as("the latest that is known").containsOnlyKeys("user.bob");
  }

  @Test
  void whenSomebodyWasSeenLastIsKnownBeforeAllIsThatWasSaid() {
    hear(3, new SaidUser("ann", 700));
    Reign reign = own(REMEMBERING, 5, false);
    reign.users().edges(reign.rooms(), 800);
    assertThat(reign.users().isKnown()).as("waits for what the owner with term 4 has said").isFalse();
    assertThat(inheritance.lastSeen(SHARD, "user.ann", 800)).isEqualTo(700);
    assertThat(inheritance.lastSeen(SHARD, "user.ann", 1_700)).as("its time is over").isZero();
    assertThat(inheritance.lastSeen(SHARD, "user.bob", 800)).isZero();
    hear(4, new SaidUser("ann", 750));
    assertThat(inheritance.passOn(SHARD)).isTrue();
    assertThat(inheritance.lastSeen(SHARD, "user.ann", 800)).isEqualTo(750);
    reign.users().edges(reign.rooms(), 800);
    inheritance.ended(SHARD);
    assertThat(inheritance.lastSeen(SHARD, "user.ann", 800)).as("not its shard").isZero();
    Reign again = own(REMEMBERING, 7, false);
    assertThat(again.users().isKnown()).isFalse();
    assertThat(inheritance.lastSeen(SHARD, "user.ann", 800)).as("as it has said itself").isEqualTo(750);
  }

  @Test
  void whoTookItWhileCutOffLearnsWhatTheOtherHasSaidWhateverTheTerm() {
    Reign before = own(4, true);
    before.users().edges(before.rooms(), 1);
    inheritance.ended(SHARD);
    Reign reign = Reign.begin(LIMITS, 5);
    reign.rooms().gatewaysAre(Set.of(), true);
    inheritance.begun(SHARD, reign, true, true);
    assertThat(reign.users().edges(reign.rooms(), 2)).isEmpty();
    assertThat(reign.users().isKnown()).as("waits").isFalse();
    hear(5, "ann");
    assertThat(inheritance.passOn(SHARD)).isTrue();
    assertThat(reign.users().said()).containsOnlyKeys("user.ann");
  }

  @Test
  void nobodyWaitsForEverAndWhoHasLostAShardTellsOfItForAWhile() {
    BitSet touched = new BitSet();
    Reign reign = own(5, false);
    for (int beat = 0; beat < 10; beat++) {
      inheritance.beat(touched);
    }
    assertThat(touched.get(SHARD)).isTrue();
    reign.users().edges(reign.rooms(), 1);
    assertThat(reign.users().isKnown()).isTrue();
    Reign again = own(6, true);
    assertThat(again.users().inheritNothing()).as("goes on from its own").isFalse();
    inheritance.colleaguesAre(Set.of("next"));
    assertThat(inheritance.latest(SHARD).copyFor("next")).as("has said nothing yet").isNull();
    again.users().edges(again.rooms(), 2);
    inheritance.ended(SHARD);
    inheritance.colleaguesAre(Set.of("next"));
    inheritance.beat(touched);
    assertThat(inheritance.latest(SHARD).copyFor("next")).isNotNull();
    for (int beat = 0; beat < 10; beat++) {
      inheritance.beat(touched);
    }
    assertThat(inheritance.latest(SHARD)).isNull();
  }
}
