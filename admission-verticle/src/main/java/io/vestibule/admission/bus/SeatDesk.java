package io.vestibule.admission.bus;

import io.vertx.core.Future;
import io.vestibule.admission.core.QueueCore;
import io.vestibule.admission.core.QueueEffect.ForgetQueue;
import io.vestibule.admission.core.QueueEffect.SeatCall;
import io.vestibule.admission.core.QueueEffect.TakeSeat;
import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueEvent.Seat;
import io.vestibule.admission.core.QueueEvent.SeatAnswered;
import io.vestibule.admission.core.SeatChoice;
import io.vestibule.admission.core.SeatLedger;
import io.vestibule.admission.core.SeatLedger.Taken;
import io.vestibule.admission.store.FencedException;
import io.vestibule.admission.store.SeatStore;
import io.vestibule.contract.admission.SeatOrder;
import io.vestibule.contract.admission.SeatReport;
import io.vestibule.contract.admission.SeatReport.Offer;
import io.vestibule.contract.admission.SessionRef;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Where a queue that is not the only one asks whether a user may have one session more (decision 8). The count says yes at once where there is room. Where there is none, the coordinators of the other
 * queues in which the user has sessions are asked what could make room, one of them or this queue gives a session up, and the count is asked again.
 */
final class SeatDesk {
  /** How often it is looked whether the shards still know this queue. */
  static final long LOOK_MILLIS = 10_000;

  /** The most users for whom others are asked at once; more are told that nobody knows. */
  static final int MOST_PLEAS = 1_000;

  /** So often somebody else may make room, and another be faster. */
  private static final int MOST_ROUNDS = 3;

  private final Reign reign;
  private final Colleagues colleagues;
  private final QueueCore core;
  private final Listener listener;
  private final List<SeatLane> lanes;
  /** How often each was refused, of those who are asking. */
  private final Map<String, Integer> rounds = new HashMap<>();
  private long lookedMs;

  /** Who leads the queue. */
  interface Listener {
    /** The core is to hear this. */
    void hear(QueueEvent event);

    /** What follows from what it heard goes on its way. */
    void flush();

    /** A call to the count failed and is repeated. */
    void failed(Throwable thrown);

    /** Somebody else leads. */
    void fenced(FencedException thrown);
  }

  SeatDesk(Reign reign, Surroundings surroundings, QueueCore core, Listener listener, long nowMs) {
    this.reign = reign;
    this.colleagues = surroundings.colleagues();
    this.core = core;
    this.listener = listener;
    this.lookedMs = nowMs;
    this.lanes = reign.rules().manyQueues() ? IntStream.range(0, SeatLedger.SHARDS)
        .mapToObj(shard -> new SeatLane(new Shard(surroundings.seats(), shard), new Outcome(), surroundings.timers())).toList() : List.of();
  }

  /** What the core says to the count; {@link #flush} sends it. */
  void add(SeatCall call) {
    lane(call.user()).add(call);
  }

  /** Opens what is not open, and sends what has gathered. */
  void flush() {
    lanes.forEach(SeatLane::flush);
  }

  void tick(long nowMs) {
    if (nowMs - lookedMs >= LOOK_MILLIS) {
      lookedMs = nowMs;
      lanes.forEach(SeatLane::look);
    }
  }

  void end() {
    lanes.forEach(SeatLane::end);
  }

  /** What of a user could make room, told once what has ended is not counted any more. */
  void report(String user, Consumer<SeatReport> then) {
    if (lanes.isEmpty()) {
      then.accept(new SeatReport(core.offers(user)));
    } else {
      lane(user).after(() -> then.accept(new SeatReport(core.offers(user))));
    }
  }

  private SeatLane lane(String user) {
    return lanes.get(SeatLedger.shardOf(user));
  }

  private void refused(String user, List<String> others) {
    int round = rounds.merge(user, 1, Integer::sum);
    if (round > MOST_ROUNDS || rounds.size() > MOST_PLEAS) {
      answer(user, Seat.UNKNOWN, null);
      return;
    }
    Map<String, List<Offer>> offers = new HashMap<>();
    List<Future<Void>> asked = new ArrayList<>();
    for (String queue : others) {
      asked.add(offersOf(queue, user).map(found -> {
        offers.put(queue, found);
        return null;
      }));
    }
    // Who does not answer may have what would make room: that is not a no.
    Future.join(asked).onComplete(all -> choose(user, offers, round), thrown -> answer(user, Seat.UNKNOWN, null)).onComplete(any -> listener.flush());
  }

  /** What of a user another queue has to offer. One that its nodes are not configured with any more has nothing, and what it said is forgotten, or it would count for ever. */
  private Future<List<Offer>> offersOf(String queue, String user) {
    return colleagues.ask(new SeatOrder(queue, user, null, false)).map(SeatReport::offers).recover(thrown -> {
      if (thrown instanceof Failure failure && failure.reason() == ErrorReason.UNKNOWN_QUEUE) {
        add(new ForgetQueue(user, queue));
        return Future.succeededFuture(List.of());
      }
      return Future.failedFuture(thrown);
    });
  }

  private void choose(String user, Map<String, List<Offer>> offers, int round) {
    offers.put(reign.queue(), core.offers(user));
    Optional<SeatChoice.Chosen> chosen = SeatChoice.among(offers, reign.rules().replaceOldest());
    if (chosen.isEmpty()) {
      // Some may have ended just before they were asked for; where any would do, all that counts is on its way in or out.
      answer(user, (round == 1 || reign.rules().replaceOldest()) && offers.size() > 1 ? Seat.AGAIN : Seat.REFUSED, null);
    } else if (chosen.get().queue().equals(reign.queue())) {
      answer(user, Seat.REFUSED, chosen.get().offer().session());
    } else {
      Offer offer = chosen.get().offer();
      colleagues.ask(new SeatOrder(chosen.get().queue(), user, offer.session(), !offer.left()))
          .onComplete(done -> answer(user, Seat.AGAIN, null), thrown -> answer(user, Seat.UNKNOWN, null)).onComplete(any -> listener.flush());
    }
  }

  private void answer(String user, Seat seat, SessionRef instead) {
    if (seat != Seat.AGAIN) {
      rounds.remove(user);
    }
    listener.hear(new SeatAnswered(user, seat, instead));
  }

  private final class Outcome implements SeatLane.Outcome {
    @Override
    public void answered(TakeSeat take, Taken taken) {
      if (taken == null) {
        answer(take.user(), Seat.UNKNOWN, null);
      } else if (taken.granted()) {
        answer(take.user(), Seat.GRANTED, null);
      } else {
        refused(take.user(), taken.others());
      }
    }

    @Override
    public void told() {
      listener.flush();
    }

    @Override
    public void failed(Throwable thrown) {
      listener.failed(thrown);
    }

    @Override
    public void fenced(FencedException thrown) {
      listener.fenced(thrown);
    }
  }

  private final class Shard implements SeatLane.Shard {
    private final SeatStore store;
    private final int number;

    private Shard(SeatStore store, int number) {
      this.store = store;
      this.number = number;
    }

    @Override
    public Future<Map<String, Integer>> open() {
      return store.open(reign.queue(), reign.term(), number);
    }

    @Override
    public Future<List<Taken>> apply(List<SeatCall> calls) {
      return store.apply(reign.queue(), reign.term(), number, calls);
    }

    @Override
    public Set<String> users() {
      return core.seatedUsers(number);
    }

    @Override
    public int seats(String user) {
      return core.seats(user);
    }
  }
}
