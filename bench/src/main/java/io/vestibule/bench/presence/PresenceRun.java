package io.vestibule.bench.presence;

import io.vestibule.bench.client.Member;
import io.vestibule.bench.client.Pings;
import io.vestibule.bench.client.Swarm;
import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.presence.PresenceReport.Connected;
import io.vestibule.bench.presence.PresenceReport.Joins;
import io.vestibule.bench.presence.PresenceReport.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Members join rooms and watch them: what each watcher is told, how soon, and whether it knows in the end who is there. It blocks its caller and ends in a bounded time whatever the server does.
 */
public final class PresenceRun {
  /** What comes after all is known should be nothing; a few ticks of the server are waited for it. */
  private static final long SETTLED_NANOS = 500_000_000;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long GOODBYE_NANOS = 15_000_000_000L;

  /** Who wants to know how a run proceeds; called on the run's own thread. */
  public interface Observer {
    /** All connections that can be are ready, where not arriving. */
    default void connected(Connected connected) {}

    /** A second has passed: who has joined, watchers who know of everybody, and presence frames so far. */
    default void second(int second, int joined, int right, long frames, long bytes) {}

    /** The first join is sent next. */
    default void measuringBegins() {}

    /** Everybody has joined and every watcher knows it, or nothing more is to be expected. */
    default void measuringEnded() {}
  }

  private final PresencePlan plan;
  private final Observer observer;
  private final String prefix = "bench-" + Long.toHexString(System.nanoTime()) + "-";
  private final Arrivals arrivals;
  private final long[] digests;
  private final List<Attendee> attendees = new ArrayList<>();
  private final Map<String, Integer> faults = new ConcurrentHashMap<>();
  private final AtomicInteger joined = new AtomicInteger();
  private final AtomicInteger right = new AtomicInteger();
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Histogram told = new ConcurrentHistogram(3);
  private volatile boolean over;
  private volatile long lastJoined;
  private volatile long lastRight;
  private long begun;
  private int seconds;

  public PresenceRun(PresencePlan plan, Observer observer) {
    this.plan = plan;
    this.observer = observer;
    this.arrivals = new Arrivals(plan.rooms(), prefix);
    this.digests = IntStream.range(0, plan.rooms().count()).mapToLong(arrivals::digestOf).toArray();
  }

  /** Does it. */
  public PresenceReport run() throws InterruptedException, TokenException {
    Connected connected;
    Pings.Result pinged;
    try (Swarm swarm = new Swarm(plan.target(), plan.threads()); Pings pings = new Pings(plan.target())) {
      count(pings.open(plan.tokens(), prefix).failures());
      connected = plan.arriving() ? null : connect(swarm);
      observer.measuringBegins();
      pings.start();
      begun = System.nanoTime();
      if (plan.arriving()) {
        connected = connect(swarm);
      } else if (connected.ready() == connected.wanted()) {
        // With somebody missing there is no truth to be found out.
        join();
      }
      if (connected.ready() == connected.wanted()) {
        await(this::isDone, plan.patience().toNanos());
      }
      observer.measuringEnded();
      pinged = pings.finish();
      await(() -> false, SETTLED_NANOS);
      count(swarm.dropped());
      over = true;
      leave(swarm);
    }
    return report(connected, pinged);
  }

  private Connected connect(Swarm swarm) throws InterruptedException, TokenException {
    int wanted = plan.rooms().total();
    Swarm.Opened opened = swarm.open(wanted, (i, loop) -> {
      Attendee attendee = new Attendee(i, plan.rooms().roomOf(i), plan.watches(i), arrivals, new Foyer());
      attendees.add(attendee);
      return new Member(plan.tokens().forUser(arrivals.userOf(i)), null, attendee);
    });
    count(opened.failures());
    Connected connected = new Connected(wanted, opened.ready().size(), opened.perSecond());
    observer.connected(connected);
    return connected;
  }

  private void join() throws InterruptedException {
    for (int i = 0; i < attendees.size(); i++) {
      long due = plan.joinRate() == 0 ? begun : begun + (long) (i / plan.joinRate() * 1e9);
      while (System.nanoTime() < due) {
        tell();
        TimeUnit.NANOSECONDS.sleep(Math.min(1_000_000, Math.max(1, due - System.nanoTime())));
      }
      attendees.get(i).join();
    }
  }

  /** Whoever only hangs up keeps his slot for a while, and the next round needs it. */
  private void leave(Swarm swarm) throws InterruptedException {
    attendees.forEach(Attendee::leave);
    for (long begin = System.nanoTime(); swarm.live() > 0 && System.nanoTime() - begin < GOODBYE_NANOS; ) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private boolean isDone() {
    return joined.get() == plan.rooms().total() && right.get() == plan.totalWatchers();
  }

  /** Waits until it is done, or nobody new has joined or learnt of everybody for so long, or nobody was told anything. */
  private void await(BooleanSupplier done, long patienceNanos) throws InterruptedException {
    long before = -1;
    for (long since = System.nanoTime(); !done.getAsBoolean() && System.nanoTime() - since < patienceNanos; ) {
      long progress = joined.get() + (long) right.get();
      if (progress > before) {
        before = progress;
        since = System.nanoTime();
      }
      tell();
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private void tell() {
    if (System.nanoTime() - begun >= (seconds + 1) * SECOND_NANOS) {
      seconds++;
      observer.second(seconds, joined.get(), right.get(), frames.get(), bytes.get());
    }
  }

  private void count(Map<String, Integer> some) {
    some.forEach((what, times) -> faults.merge(what, times, Integer::sum));
  }

  private PresenceReport report(Connected connected, Pings.Result pinged) {
    Histogram all = new Histogram(3);
    all.add(told);
    List<long[]> inOrder = IntStream.range(0, plan.rooms().count()).mapToObj(arrivals::inOrder).toList();
    attendees.forEach(attendee -> attendee.lags(inOrder.get(attendee.room()), all));
    List<Attendee> watching = attendees.stream().filter(Attendee::watches).toList();
    Traffic traffic = new Traffic(frames.get(), watching.stream().mapToLong(Attendee::stateBytes).sum(), watching.stream().mapToLong(Attendee::diffBytes).sum(),
        watching.stream().mapToLong(Attendee::diffBytes).max().orElse(0));
    Joins joins = new Joins(joined.get(), Math.max(0, lastJoined - begun) / 1e9, isDone() ? (Math.max(lastJoined, lastRight) - begun) / 1e9 : Double.NaN);
    return new PresenceReport(plan.rooms(), plan.totalWatchers(), connected, joins, all, traffic,
        new PresenceReport.Pings(pinged.sent(), pinged.unanswered(), pinged.times()), Double.NaN, right.get(), new TreeMap<>(faults));
  }

  private final class Foyer implements Attendee.Hall {
    @Override
    public void ready(Attendee attendee) {
      if (plan.arriving()) {
        attendee.join();
      }
    }

    @Override
    public void joined() {
      lastJoined = System.nanoTime();
      joined.incrementAndGet();
    }

    @Override
    public void told(int size, boolean isRight, boolean wasRight) {
      frames.incrementAndGet();
      bytes.addAndGet(size);
      if (isRight != wasRight) {
        lastRight = System.nanoTime();
        right.addAndGet(isRight ? 1 : -1);
      }
    }

    @Override
    public void learnt(long nanos) {
      told.recordValue(Math.max(0, nanos));
    }

    @Override
    public boolean isRight(Picture picture, int room) {
      return picture.isOf(plan.rooms().members(), digests[room]);
    }

    @Override
    public void fault(String what) {
      faults.merge(what, 1, Integer::sum);
    }

    @Override
    public boolean isOver() {
      return over;
    }
  }
}
