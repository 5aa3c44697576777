package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vestibule.admission.store.AdmissionStore;
import io.vestibule.admission.store.MemoryAdmissionStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The invariants of the waiting line over random histories, against a model that takes one step after the other ({@link World}). Whatever does not hold says the number that it has in the
 * design; {@link QueueOnStoresIT} runs the same on both real stores, where it takes fewer tries.
 *
 * <table><caption>Where each is looked at, and which deliberate bugs of {@link Bug} it finds</caption>
 * <tr><td>1</td><td>{@link Audit#promised}, {@link Audit#taking}, {@code World.admitted}</td><td>SLOTS_COUNT_WHEN_THEY_ARE_USED</td></tr>
 * <tr><td>2</td><td>{@link Audit#once}, {@link Audit#issued}, {@code Step.resume}</td><td>A_TOKEN_IS_GIVEN_AGAIN</td></tr>
 * <tr><td>3</td><td>{@link Audit#put}</td><td>THE_CLOCK_IS_READ_EACH_MINUTE</td></tr>
 * <tr><td>4</td><td>{@link Audit#put}</td><td>THE_TERM_STAYS</td></tr>
 * <tr><td>5</td><td>{@link Audit#inOrder}</td><td>CREDIT_COUNTS_TWICE</td></tr>
 * <tr><td>6</td><td>{@link Ranks#told}, with the reason</td><td>RANKS_BEGIN_WITH_2, POSITIONS_RISE_WITHOUT_A_REASON, THE_REASON_IS_ANOTHER</td></tr>
 * <tr><td>7</td><td>{@code World.inTime}, on the virtual clock; how long a takeover takes: {@code TakeoverPropertyTest}</td><td>THE_LAST_SLOT_IS_SPARED, THE_INFLOW_IS_A_THIRD</td></tr>
 * <tr><td>8</td><td>{@code Step.resume}, {@code Step.move}</td><td>GRACE_IS_SHORT</td></tr>
 * <tr><td>9</td><td>{@link Audit#freed}, {@link Audit#settled}, {@link #end}, {@link Books}, {@code Step.joinAgain}</td><td>SLOTS_ARE_FREED_TWICE, JOINING_AGAIN_GOES_TO_THE_END, a store that
 *     forgets</td></tr>
 * <tr><td>10</td><td>{@link Audit#drained}: what the core owns of it. That a node which drains lets nobody in is its gateway's ({@code DrainIT})</td><td>SESSIONS_GO_WHERE_NOBODY_ASKED</td></tr>
 * </table>
 */
class QueuePropertyTest {

  @Property(tries = 500)
  void theInvariantsHoldWhateverHappens(@ForAll("histories") List<Step> history) {
    run(history, Bug.NONE, null);
  }

  /** Long histories, the same each time; they reach every kind of thing that can happen to somebody. */
  @Example
  void theInvariantsHoldInLongHistories() {
    Map<String, Long> seen = new TreeMap<>();
    for (int seed = 0; seed < Integer.getInteger("histories", 300); seed++) {
      World world = null;
      try {
        world = run(history(new Random(seed)), Bug.NONE, null);
      } catch (AssertionError e) {
        throw new AssertionError("history " + seed, e);
      }
      world.seen.forEach((what, count) -> seen.merge(what, count, Long::sum));
    }
    assertThat(seen).allSatisfy((what, count) -> assertThat(count).as(what).isPositive());
    assertThat(seen).containsKeys("resume_failed_used", "resume_failed_too_soon", "resume_failed_too_many_attempts", "resume_failed_expired", "resume_failed_revoked");
  }

  /** The suite can fail: each deliberate bug is found, by the invariant that it breaks. */
  @Property
  void whatIsWrongIsFound(@ForAll Bug bug) {
    if (bug != Bug.NONE) {
      assertThat(IntStream.range(0, 400).anyMatch(seed -> isFound(seed, bug, null, bug.invariant))).as("%s is found", bug).isTrue();
    }
  }

  /** And a store that now and then keeps a slot which was given back. */
  @Example
  void aStoreThatForgetsIsFound() {
    var forgetful = new MemoryAdmissionStore() {
      private int freed;

      @Override
      public synchronized Future<List<QueueEvent.SlotHeld>> commit(String queue, long term, List<QueueEffect.Write> writes) {
        return super.commit(queue, term, writes.stream().filter(write -> !(write instanceof QueueEffect.FreeSlot) || ++freed % 20 > 0).toList());
      }
    };
    List<AdmissionStore> two = List.of(forgetful, forgetful);
    assertThat(IntStream.range(0, 50).anyMatch(seed -> isFound(seed, Bug.NONE, new Books(two, "q" + seed), 9))).isTrue();
  }

  private static boolean isFound(int seed, Bug bug, Books books, int invariant) {
    try {
      run(history(new Random(seed)), bug, books);
      return false;
    } catch (AssertionError found) {
      return String.valueOf(found.getMessage()).contains("invariant " + invariant + ":");
    }
  }

  static List<Step> history(Random random) {
    List<Step> steps = new ArrayList<>();
    Step.Kind[] kinds = Step.Kind.values();
    for (int i = 0; i < 200; i++) {
      steps.add(new Step(kinds[random.nextInt(kinds.length)], random.nextInt(12), random.nextInt(24)));
    }
    return steps;
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    return anyHistories();
  }

  static Arbitrary<List<Step>> anyHistories() {
    Arbitrary<Step> step = Combinators.combine(Arbitraries.of(Step.Kind.class), Arbitraries.integers().between(0, 11), Arbitraries.integers().between(0, 23)).as(Step::new);
    return step.list().ofMinSize(1).ofMaxSize(150);
  }

  static World run(List<Step> history, Bug bug, Books books) {
    World world = new World(history.get(0).who() % 2 == 0, bug, books);
    history.forEach(step -> step.in(world));
    end(world);
    return world;
  }

  /** When everybody is gone and all times have run out, nothing is left, here or in the store. */
  private static void end(World world) {
    world.prompt = true;
    world.crashAfter = -1;
    world.say();
    world.clients.forEach(client -> client.holder = null);
    world.now += Reporting.SETTLED_MS;
    world.hear(new QueueEvent.Alive(Set.of()));
    world.exorcise();
    for (int i = 0; i < 5; i++) {
      world.now += 400_000;
      world.hear(new QueueEvent.Tick());
    }
    assertThat(world.store.places).isEmpty();
    assertThat(world.store.slots).isEmpty();
    QueueStatus status = world.core.status(world.now);
    assertThat(status.waiting() + status.away() + status.admitted() + status.connected() + status.grace() + status.sessions()).isZero();
    assertThat(status.byGateway()).isEmpty();
    world.note();
  }
}
