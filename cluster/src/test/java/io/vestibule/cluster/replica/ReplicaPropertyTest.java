package io.vestibule.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.contract.replica.ReplicaAnswer;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.contract.replica.ReplicaUpdate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Whatever the way does to updates and answers, a copy ends as its source is, and its listener hears each difference once. */
class ReplicaPropertyTest {
  /** Whatever can happen; {@code which} and {@code value} choose a key, a message, a value. */
  private enum Event { PUT, REMOVE, TALK, SEND, BEAT, ARRIVE, ARRIVE_AND_STAY, LOSE, ANSWER, ANSWER_IN_TIME, FORGET, COPY_LOST, NEW_SOURCE, RIVAL }

  private record Step(Event event, int which, int value) {}

  @Property(tries = 3_000)
  void aCopyEndsAsItsSource(@ForAll("steps") List<Step> steps) {
    Scene scene = new Scene();
    steps.forEach(scene::happen);
    scene.calmDown();
    assertThat(scene.copy.entries()).isEqualTo(scene.source.entries());
    assertThat(scene.copy.isWhole()).isTrue();
  }

  @Test
  void aSilentDifferenceIsFoundByTheNextBeat() {
    var source = new ReplicaSource<>(Numbers.KIND, 1);
    var copy = new ReplicaCopy<>(Numbers.KIND, 0, (key, before, now) -> { });
    source.put(1, 1);
    tell(source, copy);
    copy.apply(new ReplicaUpdate<>(1, 0, 1, 2, false, false, 0, List.of(new ReplicaUpdate.Entry<>(1, 2))));
    var lost = new ReplicaUpdate<Integer, Integer>(1, 0, 2, 2, false, true, 0, List.of());

    assertThat(copy.entries()).isEqualTo(Map.of(1, 2));
    assertThat(copy.apply(lost).outcome()).isEqualTo(Outcome.WHOLE_WANTED);
    source.restart();
    tell(source, copy);
    tell(source, copy);
    tell(source, copy);

    assertThat(copy.divergences()).isPositive();
    assertThat(copy.entries()).isEqualTo(Map.of(1, 1));
  }

  /** Two that were given the same life, in the halves of a partition, and have said as much: the second is not taken for the first. */
  @Test
  void whoeverHasTheSameLifeAsAnotherMustSurpassIt() {
    var copy = new ReplicaCopy<>(Numbers.KIND, 0, (key, before, now) -> { });
    var first = new ReplicaSource<>(Numbers.KIND, 7);
    first.put(1, 1);
    tell("first", first, copy);
    var second = new ReplicaSource<>(Numbers.KIND, 7);
    second.put(1, 2);
    int told = 0;
    for (; second.outlived().isEmpty(); told++) {
      assertThat(told).isLessThan(10);
      tell("second", second, copy);
    }
    assertThat(told).as("a moment's refusal says nothing").isGreaterThan(2);
    assertThat(second.outlived()).hasValue(7);
    assertThat(copy.entries()).isEqualTo(Map.of(1, 1));
    var third = new ReplicaSource<>(Numbers.KIND, 8);
    third.put(1, 2);
    tell("second", third, copy);
    assertThat(copy.entries()).isEqualTo(Map.of(1, 2));
    tell("first", first, copy);
    tell("first", first, copy);
    assertThat(first.outlived()).as("it may be right yet").isEmpty();
    assertThat(third.outlived()).isEmpty();
  }

  private static void tell(String writer, ReplicaSource<Integer, Integer> source, ReplicaCopy<Integer, Integer> copy) {
    ReplicaUpdate<Integer, Integer> update = source.beat(100).orElseThrow();
    source.answered(update, copy.apply(writer, update));
  }

  private static void tell(ReplicaSource<Integer, Integer> source, ReplicaCopy<Integer, Integer> copy) {
    ReplicaUpdate<Integer, Integer> update = source.beat(100).orElseThrow();
    source.answered(update, copy.apply(update));
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Event> event = Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.of(Event.PUT, Event.TALK)), Tuple.of(3, Arbitraries.of(Event.values())));
    Arbitrary<Step> step = Combinators.combine(event, Arbitraries.integers().between(0, 11), Arbitraries.integers().between(0, 3)).as(Step::new);
    return step.list().ofMaxSize(120);
  }

  /** A source, a copy, and a way between them that does what it likes. */
  private static final class Scene {
    private static final int PART = 2;
    private static final String SOURCE = "source";

    private long life = 1;
    private long latestLife;
    private String latestWriter;
    private int rivals;
    private long copies;
    private ReplicaSource<Integer, Integer> source = new ReplicaSource<>(Numbers.KIND, life);
    private final Map<Integer, Integer> told = new HashMap<>();
    private ReplicaCopy<Integer, Integer> copy = copy();
    private final List<ReplicaUpdate<Integer, Integer>> onTheWay = new ArrayList<>();
    private final List<ReplicaUpdate<Integer, Integer>> old = new ArrayList<>();
    private ReplicaUpdate<Integer, Integer> underWay;
    private ReplicaAnswer answer;

    private ReplicaCopy<Integer, Integer> copy() {
      told.clear();
      latestLife = 0;
      latestWriter = null;
      return new ReplicaCopy<>(Numbers.KIND, copies++, (key, before, now) -> {
        assertThat(told.get(key)).isEqualTo(before);
        assertThat(now).isNotEqualTo(before);
        if (now == null) {
          told.remove(key);
        } else {
          told.put(key, now);
        }
      });
    }

    void happen(Step step) {
      switch (step.event) {
        case PUT -> source.put(step.which, step.value);
        case REMOVE -> source.remove(step.which);
        case TALK -> talk();
        case SEND -> send(source.next(PART));
        case BEAT -> send(source.beat(PART));
        case ARRIVE -> arrive(step.which, true);
        case ARRIVE_AND_STAY -> arrive(step.which, false);
        case LOSE -> pick(step.which).ifPresent(onTheWay::remove);
        case ANSWER -> pickOld(step.which).ifPresent(update -> source.answered(update, new ReplicaAnswer(Outcome.APPLIED, 0)));
        case ANSWER_IN_TIME -> answerInTime();
        case FORGET -> forget();
        case COPY_LOST -> copy = copy();
        case NEW_SOURCE -> replaceSource(life + 1);
        case RIVAL -> rival(step.which, life + step.value);
      }
      assertThat(told).isEqualTo(copy.entries());
      // The numbers find every hole; the digest is for what should not be.
      assertThat(copy.divergences()).isZero();
    }

    private void send(Optional<ReplicaUpdate<Integer, Integer>> next) {
      next.ifPresent(update -> {
        underWay = update;
        answer = null;
        onTheWay.add(update);
      });
    }

    /** An update that arrives and is answered, and may come again later. */
    private void talk() {
      send(source.beat(PART));
      if (underWay != null && answer == null) {
        answer = arrive(SOURCE, underWay);
      }
      answerInTime();
    }

    private ReplicaAnswer arrive(String writer, ReplicaUpdate<Integer, Integer> update) {
      ReplicaAnswer said = copy.apply(writer, update);
      assertThat(said.outcome() == Outcome.NOT_MINE).isEqualTo(update.life() < latestLife || update.life() == latestLife && !writer.equals(latestWriter));
      if (said.outcome() == Outcome.APPLIED) {
        latestLife = update.life();
        latestWriter = writer;
      }
      return said;
    }

    private void arrive(int which, boolean once) {
      pick(which).ifPresent(update -> {
        ReplicaAnswer said = arrive(SOURCE, update);
        if (update == underWay) {
          answer = said;
        }
        if (once) {
          onTheWay.remove(update);
        }
      });
    }

    /** A late answer to something that is not under way any more. */
    private Optional<ReplicaUpdate<Integer, Integer>> pickOld(int which) {
      return old.isEmpty() ? Optional.empty() : Optional.of(old.get(which % old.size()));
    }

    private void answerInTime() {
      if (underWay != null && answer != null) {
        source.answered(underWay, answer);
        old.add(underWay);
        underWay = null;
      }
    }

    private void forget() {
      if (underWay != null) {
        source.unanswered(underWay);
        old.add(underWay);
        underWay = null;
      }
    }

    /** One of whom the source has never heard speaks, and dies. */
    private void rival(int which, long rivalLife) {
      var rival = new ReplicaSource<>(Numbers.KIND, rivalLife);
      rival.put(which, 9);
      String writer = "rival-" + rivals++;
      for (int i = 0; i <= which % 3; i++) {
        ReplicaUpdate<Integer, Integer> update = rival.beat(PART).orElseThrow();
        rival.answered(update, arrive(writer, update));
      }
    }

    private void replaceSource(long with) {
      life = with;
      ReplicaSource<Integer, Integer> next = new ReplicaSource<>(Numbers.KIND, life);
      source.entries().forEach((key, value) -> {
        if (value != 0) {
          next.put(key, value);
        }
      });
      source = next;
      underWay = null;
      old.clear();
    }

    private Optional<ReplicaUpdate<Integer, Integer>> pick(int which) {
      return onTheWay.isEmpty() ? Optional.empty() : Optional.of(onTheWay.get(which % onTheWay.size()));
    }

    /** The way is good from now on, but for what is still on it. */
    void calmDown() {
      onTheWay.forEach(update -> copy.apply(SOURCE, update));
      onTheWay.clear();
      forget();
      int surpassed = 0;
      for (int round = 0; round < 40; round++) {
        ReplicaUpdate<Integer, Integer> update = source.beat(PART).orElseThrow();
        source.answered(update, copy.apply(SOURCE, update));
        assertThat(told).isEqualTo(copy.entries());
        if (source.outlived().isPresent()) {
          replaceSource(source.outlived().getAsLong() + 1);
          surpassed++;
        }
      }
      assertThat(surpassed).as("once is enough").isLessThanOrEqualTo(1);
    }
  }
}
