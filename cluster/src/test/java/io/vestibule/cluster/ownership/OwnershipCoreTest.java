package io.vestibule.cluster.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Random histories of joining, dying, freezing, differing views and a bad network; {@link SimulatedCluster} watches. */
class OwnershipCoreTest {
  private static final ShardKind KIND = new ShardKind("presence", "presence", 6);

  enum Deed { JOIN, KILL, FREEZE, THAW, MISINFORM, WRITE, PASS, PASS_LONG }

  record Step(Deed deed, int node, int millis) {}

  @Property(tries = 400)
  void whateverHappensTermsFenceAndCalmSettles(@ForAll("histories") List<Step> history, @ForAll long seed) {
    run(history, seed, true, SimulatedCluster.TIMINGS);
  }

  /** The suite must be able to fail: a store that raises without comparing lets two nodes hold one term. */
  @Test
  void aStoreThatDoesNotCompareIsFoundOut() {
    assertThatThrownBy(() -> runMany(false, SimulatedCluster.TIMINGS)).isInstanceOf(AssertionError.class);
  }

  /** And owners that never let their lease end are found out when they thaw. */
  @Test
  void anOwnerWithoutALeaseIsFoundOut() {
    OwnershipTimings forever = new OwnershipTimings(Duration.ofDays(1), Duration.ofMillis(1500), Duration.ofSeconds(2),
        Duration.ofMillis(200), Duration.ofSeconds(5));
    assertThatThrownBy(() -> runMany(true, forever)).isInstanceOf(AssertionError.class)
        .hasMessageContaining("counts itself as owner");
  }

  private static void runMany(boolean storeCompares, OwnershipTimings timings) {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<Step> history = random.ints(60, 0, Deed.values().length)
          .mapToObj(deed -> new Step(Deed.values()[deed], random.nextInt(8), random.nextInt(4000))).toList();
      run(history, seed, storeCompares, timings);
    }
  }

  private static void run(List<Step> history, long seed, boolean storeCompares, OwnershipTimings timings) {
    SimulatedCluster cluster = new SimulatedCluster(KIND, seed, storeCompares, timings);
    cluster.join();
    cluster.join();
    for (Step step : history) {
      switch (step.deed()) {
        case JOIN -> cluster.join();
        case KILL -> cluster.kill(step.node());
        case FREEZE -> cluster.freeze(step.node());
        case THAW -> cluster.thaw(step.node());
        case MISINFORM -> cluster.misinform(step.node(), step.millis());
        case WRITE -> cluster.write();
        case PASS -> cluster.advance(step.millis());
        case PASS_LONG -> cluster.advance(step.millis() * 4L);
      }
      cluster.advance(50);
    }
    cluster.settle();
    cluster.checkSettled();
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Deed> deeds = Arbitraries.of(Deed.class);
    return Combinators.combine(deeds, Arbitraries.integers().between(0, 7), Arbitraries.integers().between(0, 4000))
        .as(Step::new).list().ofMaxSize(80);
  }

  @Test
  void aSingleNodeTakesAllItsShardsInTwoRoundTrips() {
    SimulatedCluster cluster = new SimulatedCluster(KIND, 1, true, SimulatedCluster.TIMINGS);
    cluster.join();
    cluster.settle();
    cluster.checkSettled();
  }

  @Test
  void aStoreThatForgotDoesNotMakeATermFall() {
    OwnershipCore core = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    var read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.NodesChanged(List.of("me")), 0).get(0);
    Term old = new Term(41, "other");
    var raise = (OwnershipEffect.RaiseTerm) core.execute(new OwnershipEvent.TermRead(0, read.ticket(), old), 1).get(0);
    assertThat(raise.claimed()).isEqualTo(new Term(42, "me"));
    var effects = core.execute(new OwnershipEvent.TermRaised(0, raise.ticket(), raise.claimed()), 2);
    assertThat(effects.get(0)).isEqualTo(new OwnershipEffect.Acquired(0, 42));

    var renew = (OwnershipEffect.Renew) effects.get(1);
    assertThat(core.execute(new OwnershipEvent.TermsSeen(renew.ticket(), java.util.Map.of(0, Term.NONE)), 3))
        .containsExactly(new OwnershipEffect.Lost(0, 42));
    long later = Duration.ofSeconds(1).toNanos();
    read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.Tick(), later).get(0);
    raise = (OwnershipEffect.RaiseTerm) core.execute(new OwnershipEvent.TermRead(0, read.ticket(), Term.NONE), later).get(0);
    assertThat(raise.claimed()).isEqualTo(new Term(43, "me"));
  }

  @Test
  void aThawedOwnerFindsItsLeaseOverBeforeAnythingElse() {
    OwnershipCore core = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    var read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.NodesChanged(List.of("me")), 0).get(0);
    var raise = (OwnershipEffect.RaiseTerm) core.execute(new OwnershipEvent.TermRead(0, read.ticket(), Term.NONE), 0).get(0);
    core.execute(new OwnershipEvent.TermRaised(0, raise.ticket(), raise.claimed()), 0);
    assertThat(core.isCurrent(0, 1, Duration.ofSeconds(5).toNanos())).isTrue();

    long thawed = Duration.ofSeconds(20).toNanos();
    assertThat(core.isCurrent(0, 1, thawed)).isFalse();
    assertThat(core.execute(new OwnershipEvent.NodesChanged(List.of("me")), thawed)).first()
        .isEqualTo(new OwnershipEffect.Lost(0, 1));
  }

  /** Both halves of a partition gave the same term, and the other's was used first. */
  @Test
  void aTermThatIsDisputedIsFollowedByAHigherOne() {
    OwnershipCore core = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    var read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.NodesChanged(List.of("me")), 0).get(0);
    var raise = (OwnershipEffect.RaiseTerm) core.execute(new OwnershipEvent.TermRead(0, read.ticket(), new Term(41, "other")), 0).get(0);
    core.execute(new OwnershipEvent.TermRaised(0, raise.ticket(), raise.claimed()), 0);
    assertThat(core.execute(new OwnershipEvent.Disputed(0, 41, 42), 1)).as("another reign").isEmpty();
    assertThat(core.execute(new OwnershipEvent.Disputed(0, 42, 42), 1)).containsExactly(new OwnershipEffect.Lost(0, 42));
    assertThat(core.execute(new OwnershipEvent.Disputed(0, 42, 42), 1)).isEmpty();
    long later = Duration.ofSeconds(1).toNanos();
    read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.Tick(), later).get(0);
    raise = (OwnershipEffect.RaiseTerm) core.execute(new OwnershipEvent.TermRead(0, read.ticket(), new Term(42, "me")), later).get(0);
    assertThat(raise.claimed()).isEqualTo(new Term(43, "me"));
  }

  /** What the term is to fence outlives the half of the cluster that had written to it with a higher one. */
  @Test
  void aHigherTermThatTheStoreOfTermsHasNeverHeardOfIsSurpassed() {
    OwnershipCore core = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    own(core, 0, new Term(41, "other"));
    assertThat(core.execute(new OwnershipEvent.Disputed(0, 42, 57), 1)).containsExactly(new OwnershipEffect.Lost(0, 42));
    assertThat(own(core, Duration.ofSeconds(1).toNanos(), new Term(42, "me"))).isEqualTo(new Term(58, "me"));
  }

  /** Whose lease is over, or whose turn it is not any more, takes nothing back. */
  @Test
  void whoeverWasDeposedDoesNotFightBack() {
    OwnershipCore frozen = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    own(frozen, 0, Term.NONE);
    long thawed = Duration.ofSeconds(20).toNanos();
    assertThat(frozen.execute(new OwnershipEvent.Disputed(0, 1, 2), thawed)).containsExactly(new OwnershipEffect.Lost(0, 1));
    assertThat(frozen.execute(new OwnershipEvent.NodesChanged(List.of("you")), thawed + 1)).isEmpty();
    assertThat(frozen.execute(new OwnershipEvent.Tick(), 2 * thawed)).isEmpty();

    OwnershipCore succeeded = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    own(succeeded, 0, Term.NONE);
    assertThat(succeeded.execute(new OwnershipEvent.NodesChanged(List.of("you")), 1)).containsExactly(new OwnershipEffect.Lost(0, 1));
    assertThat(succeeded.execute(new OwnershipEvent.Disputed(0, 1, 2), 2)).isEmpty();
    assertThat(succeeded.execute(new OwnershipEvent.Tick(), thawed)).isEmpty();
  }

  /** As two halves of a cluster would, that write to one Redis; after a long reign a dispute is a new one. */
  @Test
  void disputesThatFollowEachOtherHaveLongerAndLongerPauses() {
    OwnershipCore core = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    long now = 0;
    Term mine = own(core, now, Term.NONE);
    long pause = 0;
    for (int i = 0; i < 8; i++) {
      long lost = now;
      core.execute(new OwnershipEvent.Disputed(0, mine.number(), mine.number() + 1), lost);
      now = claimsAt(core, lost);
      pause = now - lost;
      mine = own(core, now, mine);
    }
    assertThat(mine.number()).isEqualTo(17);
    assertThat(pause).isBetween(Duration.ofMillis(2_500).toNanos(), Duration.ofMillis(5_100).toNanos());
    long later = now + Duration.ofSeconds(5).toNanos();
    for (; later < now + Duration.ofSeconds(25).toNanos(); later += Duration.ofSeconds(1).toNanos()) {
      for (OwnershipEffect effect : core.execute(new OwnershipEvent.Tick(), later)) {
        if (effect instanceof OwnershipEffect.Renew renew) {
          core.execute(new OwnershipEvent.TermsSeen(renew.ticket(), java.util.Map.of(0, mine)), later);
        }
      }
    }
    core.execute(new OwnershipEvent.Disputed(0, mine.number(), mine.number() + 1), later);
    assertThat(claimsAt(core, later) - later).isLessThanOrEqualTo(Duration.ofMillis(300).toNanos());
  }

  /** When the next attempt begins; it is left unanswered. */
  private static long claimsAt(OwnershipCore core, long since) {
    long now = since;
    while (!(core.state(0) instanceof ShardState.Reading)) {
      now += Duration.ofMillis(50).toNanos();
      core.execute(new OwnershipEvent.Tick(), now);
    }
    return now;
  }

  /** Takes the shard, and says with which term. */
  private static Term own(OwnershipCore core, long now, Term stored) {
    List<OwnershipEffect> effects = core.state(0) instanceof ShardState.Unowned ? core.execute(new OwnershipEvent.NodesChanged(List.of("me")), now)
        : core.execute(new OwnershipEvent.Tick(), now);
    long ticket = core.state(0) instanceof ShardState.Reading reading ? reading.ticket() : effects.size();
    var raise = (OwnershipEffect.RaiseTerm) core.execute(new OwnershipEvent.TermRead(0, ticket, stored), now).get(0);
    core.execute(new OwnershipEvent.TermRaised(0, raise.ticket(), raise.claimed()), now);
    return raise.claimed();
  }

  /** As when the store takes no claim of a minority: after many failures the pauses are long. */
  @Test
  void whoeverComesEndsThePauseAfterAFailure() {
    OwnershipCore core = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    long now = 0;
    var read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.NodesChanged(List.of("me")), now).get(0);
    for (int failures = 0; failures < 8; failures++) {
      core.execute(new OwnershipEvent.StoreFailed(0, read.ticket()), now);
      now += Duration.ofSeconds(5).toNanos();
      read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.Tick(), now).get(0);
    }
    core.execute(new OwnershipEvent.StoreFailed(0, read.ticket()), now);
    assertThat(core.execute(new OwnershipEvent.Tick(), now + 1)).isEmpty();
    assertThat(core.execute(new OwnershipEvent.NodesChanged(List.of("me", "you")), now + 2)).hasSize(Rendezvous.choose("queue", 0, List.of("me", "you"))
        .filter("me"::equals).isPresent() ? 1 : 0);
    assertThat(core.execute(new OwnershipEvent.NodesChanged(List.of("me")), now + 3)).hasOnlyElementsOfType(OwnershipEffect.ReadTerm.class);
  }

  @Test
  void nothingIsHeldAfterTheEnd() {
    OwnershipCore core = new OwnershipCore(new ShardKind("queue", "admission", 1), "me", SimulatedCluster.TIMINGS);
    var read = (OwnershipEffect.ReadTerm) core.execute(new OwnershipEvent.NodesChanged(List.of("me")), 0).get(0);
    var raise = (OwnershipEffect.RaiseTerm) core.execute(new OwnershipEvent.TermRead(0, read.ticket(), Term.NONE), 0).get(0);
    core.execute(new OwnershipEvent.TermRaised(0, raise.ticket(), raise.claimed()), 0);
    assertThat(core.execute(new OwnershipEvent.Stopped(), 1)).containsExactly(new OwnershipEffect.Lost(0, 1));
    assertThat(core.execute(new OwnershipEvent.NodesChanged(List.of("me")), 2)).isEmpty();
    assertThat(core.owned()).isZero();
  }
}
