package io.vestibule.admission.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The invariants of the waiting line over random histories; {@link Audit} has them one by one. */
class QueuePropertyTest {

  @Property(tries = 1_000)
  void theInvariantsHoldWhateverHappens(@ForAll("histories") List<Step> history) {
    run(history, used -> new Slots());
  }

  /** Long histories, the same each time; they reach every kind of thing that can happen to somebody. */
  @Example
  void theInvariantsHoldInLongHistories() {
    Map<String, Long> seen = new TreeMap<>();
    for (int seed = 0; seed < Integer.getInteger("histories", 500); seed++) {
      World world = null;
      try {
        world = run(history(new Random(seed)), used -> new Slots());
      } catch (AssertionError e) {
        throw new AssertionError("history " + seed, e);
      }
      world.seen.forEach((what, count) -> seen.merge(what, count, Long::sum));
    }
    assertThat(seen).allSatisfy((what, count) -> assertThat(count).as(what).isPositive());
    assertThat(seen).containsKeys("resume_failed_used", "resume_failed_too_soon", "resume_failed_too_many_attempts", "resume_failed_expired", "resume_failed_revoked");
  }

  /** The suite can fail: a slot that counts when it is used, not when it is promised, is found. */
  @Example
  void slotsThatCountWhenTheyAreUsedAreFound() {
    assertThat(isFound(used -> new Slots() {
      @Override
      boolean hasRoom() {
        return capacity() == 0 || used.getAsInt() < capacity();
      }
    })).isTrue();
  }

  private static boolean isFound(Function<IntSupplier, Slots> bug) {
    for (int seed = 0; seed < 200; seed++) {
      try {
        run(history(new Random(seed)), bug);
      } catch (AssertionError expected) {
        return true;
      }
    }
    return false;
  }

  private static List<Step> history(Random random) {
    List<Step> steps = new ArrayList<>();
    Step.Kind[] kinds = Step.Kind.values();
    for (int i = 0; i < 200; i++) {
      steps.add(new Step(kinds[random.nextInt(kinds.length)], random.nextInt(12), random.nextInt(24)));
    }
    return steps;
  }

  @Provide
  Arbitrary<List<Step>> histories() {
    Arbitrary<Step> step = Combinators.combine(Arbitraries.of(Step.Kind.class), Arbitraries.integers().between(0, 11), Arbitraries.integers().between(0, 23)).as(Step::new);
    return step.list().ofMinSize(1).ofMaxSize(150);
  }

  private static World run(List<Step> history, Function<IntSupplier, Slots> slots) {
    World world = new World(history.get(0).who() % 2 == 0, slots);
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
    world.store.slots.values().removeIf(holder -> holder.place().startsWith("ghost"));
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
