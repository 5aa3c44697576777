package io.vestibule.admission.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.SetSeats;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.admission.core.SeatLedger.Taken;
import io.vestibule.admission.store.FencedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeatLaneTest {
  private static final Taken YES = new Taken(true, List.of());

  private final HandTimers timers = new HandTimers();
  private final Map<String, Integer> there = new HashMap<>();
  private final Map<String, Integer> counted = new HashMap<>();
  private final List<List<SeatCall>> requests = new ArrayList<>();
  private final Deque<Promise<List<Taken>>> open = new ArrayDeque<>();
  private final List<String> told = new ArrayList<>();
  private int openings;
  private boolean broken;
  private final SeatLane lane = new SeatLane(new Shard(), new Outcome(), timers);

  private final class Shard implements SeatLane.Shard {
    @Override
    public Future<Map<String, Integer>> open() {
      openings++;
      return broken ? Future.failedFuture("away") : Future.succeededFuture(Map.copyOf(counted));
    }

    @Override
    public Future<List<Taken>> apply(List<SeatCall> calls) {
      requests.add(calls);
      open.add(Promise.promise());
      return open.peekLast().future();
    }

    @Override
    public Set<String> users() {
      return there.keySet();
    }

    @Override
    public int seats(String user) {
      return there.getOrDefault(user, 0);
    }
  }

  private final class Outcome implements SeatLane.Outcome {
    @Override
    public void answered(TakeSeat take, Taken taken) {
      told.add(take.user() + " " + (taken == null ? "unknown" : taken.granted()));
    }

    @Override
    public void told() {
      told.add("told");
    }

    @Override
    public void failed(Throwable thrown) {
      told.add("failed");
    }

    @Override
    public void fenced(FencedException thrown) {
      told.add("fenced");
    }
  }

  private static TakeSeat take(String user) {
    return new TakeSeat(user, 1, 3);
  }

  @Test
  void whatIsCountedIsComparedFirstAndThenCallsGoTogether() {
    there.put("kept", 2);
    there.put("missed", 1);
    counted.put("kept", 2);
    counted.put("gone", 1);
    lane.add(take("a"));
    lane.flush();
    assertThat(requests.get(0)).containsExactlyInAnyOrder(new SetSeats("missed", 1), new SetSeats("gone", 0), take("a")).endsWith(take("a"));
    lane.add(take("b"));
    lane.add(new SetSeats("a", 0));
    lane.flush();
    assertThat(requests).as("one under way").hasSize(1);
    open.poll().complete(List.of(YES));
    assertThat(told).containsExactly("a true", "told");
    assertThat(requests.get(1)).containsExactly(take("b"), new SetSeats("a", 0));
  }

  @Test
  void afterAFailureItIsOpenedAnewAndTheCallsAreRepeatedInTheirOrder() {
    lane.add(take("a"));
    lane.add(new SetSeats("b", 2));
    lane.flush();
    lane.add(new SetSeats("a", 0));
    open.poll().fail("late");
    assertThat(openings).isEqualTo(1);
    counted.put("a", 1);
    timers.pass(1_000);
    assertThat(openings).isEqualTo(2);
    assertThat(requests.get(1)).as("what was done in secret is undone").containsExactly(new SetSeats("a", 0), take("a"), new SetSeats("b", 2), new SetSeats("a", 0));
    open.poll().complete(List.of(YES));
    assertThat(told).containsExactly("failed", "a true", "told");
  }

  @Test
  void whoWaitsTooLongIsToldThatNobodyKnows() {
    broken = true;
    lane.add(take("a"));
    lane.add(new SetSeats("b", 1));
    lane.flush();
    for (int i = 0; i < SeatLane.MOST_ATTEMPTS; i++) {
      timers.pass(1_000);
    }
    assertThat(told).startsWith("failed", "failed", "failed", "a unknown", "told").doesNotContain("a true");
    broken = false;
    timers.pass(1_000);
    assertThat(requests.get(0)).containsExactly(new SetSeats("b", 1));
  }

  @Test
  void whoWantsToKnowHearsWhenAllBeforeIsDone() {
    lane.flush();
    lane.after(() -> told.add("at once"));
    lane.add(new SetSeats("a", 1));
    lane.after(() -> told.add("after a"));
    assertThat(told).containsExactly("at once");
    open.poll().complete(List.of());
    assertThat(told).startsWith("at once", "after a");
  }

  @Test
  void whatDoesNotFitIsComparedInstead() {
    lane.flush();
    lane.add(take("first"));
    lane.flush();
    for (int i = 0; i <= SeatLane.MOST_WAITING; i++) {
      lane.add(new SetSeats("u" + i, 1));
    }
    there.put("u" + SeatLane.MOST_WAITING, 1);
    open.poll().complete(List.of(YES));
    assertThat(openings).isEqualTo(2);
    assertThat(requests.get(1)).hasSize(SeatLane.MOST_CALLS).startsWith(new SetSeats("u" + SeatLane.MOST_WAITING, 1));
  }

  @Test
  void aNewerCoordinatorEndsIt() {
    lane.add(take("a"));
    lane.flush();
    open.poll().fail(new FencedException("q", 1, 2));
    lane.end();
    timers.pass(10_000);
    assertThat(told).containsExactly("fenced");
    assertThat(requests).hasSize(1);
  }
}
