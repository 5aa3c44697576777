package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEffect.Answer;
import io.vestibule.admission.core.QueueEffect.DropPlace;
import io.vestibule.admission.core.QueueEffect.FreeSlot;
import io.vestibule.admission.core.QueueEffect.TakeSlot;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueEvent.SlotHeld;
import io.vestibule.admission.core.QueueEvent.SlotTaken;
import io.vestibule.admission.core.SlotHolder;
import io.vestibule.admission.store.FencedException;
import io.vestibule.contract.admission.AdmissionAnswer.Done;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private static final SlotHolder ANN = new SlotHolder("p1", "ann");
  private static final SlotHolder BOB = new SlotHolder("p2", "bob");

  private final Scene scene = new Scene();

  /** A store that a test answers by hand, and a leader that writes down what it hears. */
  private static final class Scene implements GroupCommit.Leader {
    private final HandTimers timers = new HandTimers();
    private final List<List<Write>> attempts = new ArrayList<>();
    private final List<Promise<List<SlotHeld>>> underWay = new ArrayList<>();
    private final List<Long> said = new ArrayList<>();
    private final List<QueueEvent> slots = new ArrayList<>();
    private final Map<QueueEvent, List<QueueEffect>> reactions = new HashMap<>();
    private final List<String> deposed = new ArrayList<>();
    private final GroupCommit commits = new GroupCommit(this::commit, this, timers, timers.clock());
    private int failures;
    private boolean current = true;

    private Future<List<SlotHeld>> commit(List<Write> writes) {
      attempts.add(List.copyOf(writes));
      Promise<List<SlotHeld>> promise = Promise.promise();
      underWay.add(promise);
      return promise.future();
    }

    private void decide(QueueEffect... effects) {
      commits.add(List.of(effects));
      commits.flush();
    }

    private void store(SlotHeld... refused) {
      underWay.remove(0).complete(List.of(refused));
    }

    private void fail(Throwable thrown) {
      underWay.remove(0).fail(thrown);
    }

    @Override
    public boolean isCurrent() {
      return current;
    }

    @Override
    public void say(QueueEffect effect) {
      said.add(((Answer) effect).ref());
    }

    @Override
    public void spoken() {
      // Notices are of no interest here.
    }

    @Override
    public List<QueueEffect> stored(List<Write> writes, List<QueueEvent> became, long millis) {
      slots.addAll(became);
      return became.stream().flatMap(event -> reactions.getOrDefault(event, List.of()).stream()).toList();
    }

    @Override
    public void failed(Throwable thrown, int attempt) {
      failures++;
    }

    @Override
    public void fenced(FencedException thrown) {
      deposed(thrown.getMessage());
    }

    @Override
    public void deposed(String why) {
      deposed.add(why);
      commits.end();
    }
  }

  private static Answer answer(long ref) {
    return new Answer(ref, new Done());
  }

  private static Write write(String place) {
    return new DropPlace(place);
  }

  @Test
  void anAnswerWaitsForItsWrites() {
    scene.decide(write("a"), answer(1));
    assertThat(scene.said).isEmpty();
    scene.store();
    assertThat(scene.said).containsExactly(1L);
  }

  @Test
  void whatNeedsNoWriteIsSaidAtOnceUnlessSomethingIsUnderWay() {
    scene.decide(answer(1));
    assertThat(scene.said).containsExactly(1L);
    scene.decide(write("a"), answer(2));
    scene.decide(answer(3));
    assertThat(scene.said).containsExactly(1L);
    scene.store();
    assertThat(scene.said).containsExactly(1L, 2L, 3L);
  }

  @Test
  void oneCommitIsUnderWayAndTheRestGathersForTheNext() {
    scene.decide(write("a"), answer(1));
    scene.decide(write("b"), answer(2));
    scene.decide(write("c"), answer(3));
    assertThat(scene.attempts).containsExactly(List.of(write("a")));
    scene.store();
    assertThat(scene.attempts).containsExactly(List.of(write("a")), List.of(write("b"), write("c")));
    assertThat(scene.said).containsExactly(1L);
    scene.store();
    assertThat(scene.said).containsExactly(1L, 2L, 3L);
    assertThat(scene.attempts).hasSize(2);
  }

  @Test
  void aFailedCommitIsRepeatedAsItIs() {
    scene.decide(write("a"), answer(1));
    scene.fail(new IllegalStateException("perhaps done"));
    scene.decide(write("b"), answer(2));
    scene.timers.pass(10_000);
    assertThat(scene.attempts).containsExactly(List.of(write("a")), List.of(write("a")));
    assertThat(scene.said).isEmpty();
    scene.store();
    assertThat(scene.said).containsExactly(1L);
    scene.store();
    assertThat(scene.said).containsExactly(1L, 2L);
    assertThat(scene.failures).isEqualTo(1);
    assertThat(scene.timers.waiting()).as("no timer is left").isZero();
  }

  @Test
  void aLateAnswerMeansNothing() {
    scene.decide(write("a"), answer(1));
    scene.timers.pass(GroupCommit.LATE_MILLIS + 1_000);
    assertThat(scene.attempts).hasSize(2);
    Promise<List<SlotHeld>> late = scene.underWay.remove(0);
    late.complete(List.of());
    assertThat(scene.said).as("the repetition is not answered yet").isEmpty();
    scene.store();
    assertThat(scene.said).containsExactly(1L);
  }

  @Test
  void aFenceEndsIt() {
    scene.decide(write("a"), answer(1));
    scene.decide(write("b"), answer(2));
    scene.fail(new FencedException("q", 1, 2));
    assertThat(scene.deposed).hasSize(1);
    scene.timers.pass(60_000);
    assertThat(scene.attempts).hasSize(1);
    assertThat(scene.said).isEmpty();
  }

  @Test
  void whoWokeUpTooLateSaysNothingThoughItIsStored() {
    scene.decide(write("a"), answer(1));
    scene.current = false;
    scene.store();
    assertThat(scene.said).isEmpty();
    assertThat(scene.deposed).hasSize(1);
  }

  @Test
  void itIsNotRepeatedForEverByWhoDoesNotLeadAnyMore() {
    scene.decide(write("a"), answer(1));
    scene.current = false;
    scene.fail(new IllegalStateException("away"));
    scene.timers.pass(60_000);
    assertThat(scene.attempts).hasSize(1);
    assertThat(scene.deposed).hasSize(1);
  }

  @Test
  void whatBecameOfTheSlotsIsHeardInOrderAndFollowsBehindWhatGathered() {
    TakeSlot first = new TakeSlot(0, ANN);
    TakeSlot second = new TakeSlot(1, BOB);
    SlotHeld held = new SlotHeld(0, new SlotHolder("p9", "eve"));
    scene.reactions.put(held, List.of(write("reaction"), answer(3)));
    scene.reactions.put(new SlotTaken(1, BOB), List.of(answer(4)));
    scene.decide(first, second, answer(1));
    scene.decide(write("between"), answer(2));
    scene.store(held);
    assertThat(scene.slots).containsExactly(held, new SlotTaken(1, BOB));
    assertThat(scene.attempts.get(1)).containsExactly(write("between"), write("reaction"));
    scene.store();
    assertThat(scene.said).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aSlotThatChangedHandsInARepeatedGroupWasGivenToBoth() {
    scene.decide(new TakeSlot(0, ANN), new FreeSlot(0, ANN), new TakeSlot(0, BOB));
    scene.store(new SlotHeld(0, BOB));
    assertThat(scene.slots).containsExactly(new SlotTaken(0, ANN), new SlotTaken(0, BOB));
  }

  @Test
  void aCommitIsNotLargerThanTheStoreCanTake() {
    for (int i = 0; i <= GroupCommit.MOST_WRITES; i++) {
      scene.commits.add(List.of(write("p" + i), answer(i)));
    }
    scene.commits.flush();
    assertThat(scene.attempts.get(0)).hasSize(GroupCommit.MOST_WRITES);
    scene.store();
    assertThat(scene.said).hasSize(GroupCommit.MOST_WRITES);
    assertThat(scene.attempts.get(1)).hasSize(1);
  }

  /** Any mixture of decisions and of good, failed and late commits: all is stored and said once, in order, and nothing before it is stored. */
  @Property(tries = 300)
  void orderIsKeptWhateverTheStoreDoes(@ForAll @Size(max = 60) List<@IntRange(min = 0, max = 5) Integer> steps) {
    Scene any = new Scene();
    List<Long> expected = new ArrayList<>();
    List<Write> decided = new ArrayList<>();
    List<Write> stored = new ArrayList<>();
    long ref = 0;
    for (int step : steps) {
      if (step <= 2) {
        if (step > 0) {
          decided.add(write("p" + ref));
          any.commits.add(List.of(write("p" + ref)));
        }
        any.decide(answer(ref));
        expected.add(ref++);
      } else if (!any.underWay.isEmpty() && step == 3) {
        stored.addAll(any.attempts.get(any.attempts.size() - 1));
        any.store();
      } else if (!any.underWay.isEmpty() && step == 4) {
        any.fail(new IllegalStateException("away"));
        any.timers.pass(1_000);
      } else if (!any.underWay.isEmpty()) {
        any.underWay.clear();
        any.timers.pass(GroupCommit.LATE_MILLIS + 1_000);
      }
      assertThat(any.underWay).hasSizeLessThanOrEqualTo(1);
      assertThat(any.said).isEqualTo(expected.subList(0, any.said.size()));
      long unsaid = ref - any.said.size();
      assertThat(unsaid).isGreaterThanOrEqualTo(decided.size() - stored.size() > 0 ? 1 : 0);
    }
    while (!any.underWay.isEmpty()) {
      stored.addAll(any.attempts.get(any.attempts.size() - 1));
      any.store();
    }
    assertThat(any.said).isEqualTo(expected);
    assertThat(stored).isEqualTo(decided);
  }
}
