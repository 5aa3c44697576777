package io.vestibule.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TimerWheelTest {
  private static final long TICK = 10;
  private static final int SLOTS = 8;
  private static final int THINGS = 12;

  private static final class Thing extends TimerWheel.Node {
    private final int name;

    Thing(int name) {
      this.name = name;
    }

    boolean isScheduled() {
      return scheduled();
    }
  }

  /** What a test does: with a thing now, or with another thing when one comes due. */
  private record Step(Kind kind, int thing, int other, long ms) {}

  private enum Kind { SCHEDULE, CANCEL, ADVANCE, ON_DUE_RESCHEDULE, ON_DUE_CANCEL_OTHER, ON_DUE_SCHEDULE_OTHER }

  @Provide
  Arbitrary<List<Step>> histories() {
    // Mostly short pauses; some that last several turns of the wheel.
    Arbitrary<Long> ms = Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(4, Arbitraries.longs().between(0, 3 * TICK)), net.jqwik.api.Tuple.of(2, Arbitraries.longs().between(0, SLOTS * TICK)),
        net.jqwik.api.Tuple.of(1, Arbitraries.longs().between(0, 5 * SLOTS * TICK)));
    Arbitrary<Integer> thing = Arbitraries.integers().between(0, THINGS - 1);
    return Combinators.combine(Arbitraries.of(Kind.class), thing, thing, ms).as(Step::new).list().ofMaxSize(80);
  }

  @Property(tries = 3_000)
  void itDoesWhatASortedListDoes(@ForAll("histories") List<Step> history) {
    long now = 1_000;
    TimerWheel<Thing> wheel = new TimerWheel<>(TICK, SLOTS, now);
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < THINGS; i++) {
      things.add(new Thing(i));
    }
    Map<Integer, Long> dueAt = new HashMap<>();
    Map<Integer, Step> onDue = new HashMap<>();
    long tick = now / TICK;
    for (Step step : history) {
      switch (step.kind) {
        case SCHEDULE -> schedule(wheel, things, dueAt, step.thing, now + step.ms - TICK, tick);
        case CANCEL -> {
          wheel.cancel(things.get(step.thing));
          dueAt.remove(step.thing);
        }
        case ADVANCE -> {
          now += step.ms;
          long target = now / TICK;
          long at = now;
          wheel.advance(now, thing -> {
            assertThat(thing.isScheduled()).isFalse();
            assertThat(dueAt).as("due once, and not when it was cancelled").containsKey(thing.name);
            assertThat(dueAt.remove(thing.name)).as("not before its time").isLessThanOrEqualTo(target);
            Step then = onDue.remove(thing.name);
            if (then != null) {
              if (then.kind == Kind.ON_DUE_CANCEL_OTHER) {
                wheel.cancel(things.get(then.other));
                dueAt.remove(then.other);
              } else {
                // Later than now, as every user of the wheel does it.
                int whom = then.kind == Kind.ON_DUE_RESCHEDULE ? thing.name : then.other;
                schedule(wheel, things, dueAt, whom, at + TICK + then.ms, target);
              }
            }
          });
          tick = Math.max(tick, target);
          assertThat(dueAt.values()).as("none is left behind").allMatch(due -> due > target);
        }
        default -> onDue.put(step.thing, step);
      }
      for (Thing thing : things) {
        assertThat(thing.isScheduled()).isEqualTo(dueAt.containsKey(thing.name));
      }
    }
  }

  private static void schedule(TimerWheel<Thing> wheel, List<Thing> things, Map<Integer, Long> dueAt, int thing, long dueMs, long tick) {
    wheel.schedule(things.get(thing), dueMs);
    dueAt.put(thing, Math.max(tick + 1, (dueMs + TICK - 1) / TICK));
  }

  @Example
  void whatAHandlerThrowsComesOutAndBreaksNothing() {
    TimerWheel<Thing> wheel = new TimerWheel<>(TICK, SLOTS, 0);
    List<Thing> things = List.of(new Thing(0), new Thing(1), new Thing(2));
    things.forEach(thing -> wheel.schedule(thing, TICK));
    List<Integer> due = new ArrayList<>();
    assertThatThrownBy(() -> wheel.advance(TICK, thing -> {
      due.add(thing.name);
      if (thing.name == 1) {
        throw new IllegalStateException("one");
      }
    })).hasMessage("one");
    assertThat(due).containsExactly(0, 1);
    wheel.schedule(things.get(0), 2 * TICK);
    wheel.advance(20 * TICK, thing -> due.add(thing.name));
    assertThat(due).containsExactlyInAnyOrder(0, 1, 2, 0);
  }
}
