package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.SetSeats;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.admission.core.SeatLedger.Taken;
import io.vestibule.admission.store.FencedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a queue tells one shard of the count, in order, one request under way; what comes meanwhile gathers for the next. A shard is opened first, and again after anything went wrong: then what it has is
 * compared with what the queue has, so nothing that was lost or done in secret stays wrong.
 */
final class SeatLane {
  /** The most calls in one request. */
  static final int MOST_CALLS = 2_000;

  /** With more waiting, no more is kept: the shard is opened anew. */
  static final int MOST_WAITING = 20_000;

  /** After so many attempts that failed whoever waits is told that nobody knows. */
  static final int MOST_ATTEMPTS = 3;

  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final Shard shard;
  private final Outcome outcome;
  private final Timers timers;
  private final Deque<Item> waiting = new ArrayDeque<>();
  private boolean opened;
  private boolean underWay;
  private boolean ended;
  private int failures;
  private Runnable pause = () -> {};

  /** The store, and the queue whose sessions are counted. */
  interface Shard {
    Future<Map<String, Integer>> open();

    Future<List<Taken>> apply(List<SeatCall> calls);

    /** The users of this shard that have sessions in the queue. */
    Set<String> users();

    /** How many sessions one has, without those that are asked for. */
    int seats(String user);
  }

  /** What comes of it. */
  interface Outcome {
    /** A question is answered; null: nobody knows. */
    void answered(TakeSeat take, Taken taken);

    /** All that was answered at once has been told. */
    void told();

    /** The store does not answer, or knows nothing of this queue. */
    void failed(Throwable thrown);

    /** Somebody else leads the queue. */
    void fenced(FencedException thrown);
  }

  /** A call, or whoever wants to know that everything before it is done. */
  private record Item(SeatCall call, Runnable passed) {}

  SeatLane(Shard shard, Outcome outcome, Timers timers) {
    this.shard = shard;
    this.outcome = outcome;
    this.timers = timers;
  }

  void add(SeatCall call) {
    if (waiting.size() >= MOST_WAITING && call instanceof SetSeats) {
      opened = false;
    } else {
      waiting.add(new Item(call, null));
    }
  }

  /** Calls back once everything so far is done. */
  void after(Runnable passed) {
    if (opened && !underWay && waiting.isEmpty()) {
      passed.run();
      return;
    }
    waiting.add(new Item(null, passed));
    flush();
  }

  void flush() {
    if (ended || underWay) {
      return;
    }
    if (!opened) {
      underWay = true;
      shard.open().onComplete(this::opened, this::failed);
    } else if (!waiting.isEmpty()) {
      apply();
    }
  }

  /** Sees whether the shard still knows the queue, if there is nothing else to say. */
  void look() {
    if (!ended && !underWay && opened && waiting.isEmpty()) {
      underWay = true;
      shard.apply(List.of()).onComplete(seen -> done(List.of(), seen), this::failed);
    }
  }

  void end() {
    ended = true;
    pause.run();
    waiting.clear();
  }

  private void opened(Map<String, Integer> counted) {
    underWay = false;
    if (ended) {
      return;
    }
    opened = true;
    failures = 0;
    Set<String> users = new HashSet<>(counted.keySet());
    users.addAll(shard.users());
    for (String user : users) {
      int seats = shard.seats(user);
      if (seats != counted.getOrDefault(user, 0)) {
        waiting.addFirst(new Item(new SetSeats(user, seats), null));
      }
    }
    flush();
  }

  private void apply() {
    List<Item> batch = new ArrayList<>();
    while (!waiting.isEmpty() && batch.size() < MOST_CALLS) {
      batch.add(waiting.poll());
    }
    underWay = true;
    shard.apply(batch.stream().map(Item::call).filter(call -> call != null).toList()).onComplete(taken -> done(batch, taken), thrown -> {
      for (int i = batch.size() - 1; i >= 0; i--) {
        waiting.addFirst(batch.get(i));
      }
      failed(thrown);
    });
  }

  private void done(List<Item> batch, List<Taken> taken) {
    underWay = false;
    if (ended) {
      return;
    }
    failures = 0;
    Iterator<Taken> next = taken.iterator();
    for (Item item : batch) {
      if (item.call() instanceof TakeSeat take) {
        outcome.answered(take, next.next());
      } else if (item.passed() != null) {
        item.passed().run();
      }
    }
    outcome.told();
    flush();
  }

  private void failed(Throwable thrown) {
    underWay = false;
    opened = false;
    if (ended) {
      return;
    }
    if (thrown instanceof FencedException fenced) {
      outcome.fenced(fenced);
      return;
    }
    outcome.failed(thrown);
    failures++;
    if (failures >= MOST_ATTEMPTS) {
      giveUp();
    }
    underWay = true;
    pause = timers.after(Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures - 1, 10)), () -> {
      underWay = false;
      flush();
    });
  }

  private void giveUp() {
    List<TakeSeat> questions = new ArrayList<>();
    waiting.removeIf(item -> item.call() instanceof TakeSeat take && questions.add(take));
    questions.forEach(take -> outcome.answered(take, null));
    outcome.told();
  }
}
