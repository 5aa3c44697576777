package io.vestibule.bench.line;

import io.vestibule.bench.client.Member;
import io.vestibule.bench.client.Swarm;
import io.vestibule.bench.client.Tokens.TokenException;
import io.vestibule.bench.line.LineReport.Joined;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * One measured line: takes all slots, lets people join behind them, frees slots at a rate, and sees who is let in when. It blocks its caller, ends in a bounded
 * time whatever the server does, and leaves nobody behind in the queue of a server that works.
 */
public final class LineRun {
  /** Sockets that are open and have not joined yet; a server permits that for some seconds only. */
  private static final int BATCH = 1000;
  private static final long LEAD_NANOS = 50_000_000;
  private static final long SETTLED_NANOS = 300_000_000;
  private static final long SILENCE_NANOS = 10_000_000_000L;
  private static final long GOODBYE_NANOS = 5_000_000_000L;

  /** Who wants to know how a run proceeds; called on the run's own thread. */
  public interface Observer {
    /** The house is full, and people wait: slots are freed when this returns. */
    default void joined(Joined holders, Joined http, Joined sockets) throws InterruptedException {}

    /** A second has passed: slots that were freed and waiters that were let in so far, and the latency of this second (nanoseconds). */
    default void second(int second, int freed, int admitted, Histogram latency) {}
  }

  private final LinePlan plan;
  private final Observer observer;
  private final Books books;
  private final String run = Long.toHexString(System.nanoTime());
  private final List<Person> people = new ArrayList<>();
  private final ConcurrentLinkedQueue<Person> inside = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> faults = new ConcurrentHashMap<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger holding = new AtomicInteger();
  private final Desk desk = new Desk();
  private volatile long lastJoined;
  private volatile long begun;
  private int seconds;

  public LineRun(LinePlan plan, Observer observer) {
    this.plan = plan;
    this.observer = observer;
    this.books = new Books(plan.capacity(), plan.waiters(), plan.leaves());
  }

  /** Does it. */
  public LineReport run() throws InterruptedException, TokenException {
    Joined holders;
    Joined http = new Joined(plan.httpJoins(), 0, 0);
    Joined sockets = new Joined(plan.waiters(), 0, 0);
    double freedPerSecond = 0;
    try (var swarm = new Swarm(plan.target(), plan.threads())) {
      holders = arrive(swarm, plan.capacity(), "h", holding::get);
      // With a slot left or a waiter missing there is no line to be measured.
      if (holders.complete()) {
        http = joinOverHttp();
        sockets = arrive(swarm, plan.waiters(), "w", waiting::get);
        observer.joined(holders, http, sockets);
        if (sockets.complete() && alone()) {
          freedPerSecond = freeSlots();
          settle();
          begun = 0;
        }
      }
      books.close();
      sayGoodbye();
    }
    return new LineReport(plan.capacity(), holders, sockets, http, plan.leaves(), freedPerSecond, books.result(), new TreeMap<>(faults));
  }

  private Joined joinOverHttp() throws TokenException {
    try (var joins = new HttpJoins(plan, faults)) {
      return joins.run(run);
    }
  }

  /** Opens sockets and lets all of a batch join at once; the time of opening does not count. */
  private Joined arrive(Swarm swarm, int wanted, String kind, IntSupplier came) throws InterruptedException, TokenException {
    long nanos = 0;
    for (int from = 0; from < wanted; from += BATCH) {
      List<Person> batch = new ArrayList<>();
      for (int i = from; i < Math.min(wanted, from + BATCH); i++) {
        batch.add(new Person(kind.equals("w") ? i : -1, plan.tokens().forUser("bench-" + run + "-" + kind + i), plan.queue(), desk));
      }
      people.addAll(batch);
      Swarm.Opened opened = swarm.open(batch.size(), (i, loop) -> new Member(null, null, batch.get(i)));
      opened.failures().forEach((reason, count) -> faults.merge(reason, count, Integer::sum));
      if (opened.failed() > 0) {
        break;
      }
      int expected = from + batch.size();
      long start = System.nanoTime();
      lastJoined = start;
      batch.forEach(Person::join);
      await(() -> came.getAsInt() >= expected || !faults.isEmpty(), () -> lastJoined, plan.target().handshakeTimeout().toNanos());
      nanos += lastJoined - start;
      if (came.getAsInt() < expected) {
        break;
      }
    }
    return new Joined(wanted, came.getAsInt(), came.getAsInt() / (Math.max(1, nanos) / 1e9));
  }

  private boolean alone() {
    boolean alone = books.lineUp();
    if (!alone) {
      faults.merge("others stand in this queue, or positions are not those of a line", 1, Integer::sum);
    }
    return alone;
  }

  /** An open loop: a slot is due to be freed at its time, whatever became of those before, as long as anybody is in. */
  private double freeSlots() throws InterruptedException {
    begun = System.nanoTime() + LEAD_NANOS;
    long last = begun;
    for (int leave = 0; leave < plan.leaves(); leave++) {
      long due = begun + (long) (leave / plan.leavesPerSecond() * 1e9);
      await(() -> System.nanoTime() >= due, () -> due, 0);
      await(() -> !inside.isEmpty(), () -> due, SILENCE_NANOS);
      Person next = inside.poll();
      if (next == null || next.isGone()) {
        faults.merge(next == null ? "nobody was left in" : "somebody who was in is gone", 1, Integer::sum);
        break;
      }
      last = System.nanoTime();
      books.leaves(next.number(), last);
      next.leave();
    }
    return books.freed() < 2 ? 0 : (books.freed() - 1) / ((last - begun) / 1e9);
  }

  /** Waits for those for whom there is a slot, and then for what should not come. */
  private void settle() throws InterruptedException {
    int[] before = {-1};
    long[] since = {System.nanoTime()};
    await(() -> {
      if (books.admitted() != before[0]) {
        before[0] = books.admitted();
        since[0] = System.nanoTime();
      }
      return books.admitted() >= books.freed();
    }, () -> since[0], SILENCE_NANOS);
    long complete = System.nanoTime();
    await(() -> false, () -> complete, SETTLED_NANOS);
  }

  /** Those in line first, so that nobody is let in by those who leave. */
  private void sayGoodbye() throws InterruptedException {
    Set<Person> in = new HashSet<>(inside);
    List<Person> outside = people.stream().filter(person -> !in.contains(person)).toList();
    for (Collection<Person> group : List.of(outside, in)) {
      long now = System.nanoTime();
      group.stream().filter(person -> !person.isGone()).forEach(Person::leave);
      await(() -> group.stream().allMatch(Person::isGone), () -> now, GOODBYE_NANOS);
    }
  }

  private void await(BooleanSupplier done, LongSupplier since, long patienceNanos) throws InterruptedException {
    while (!done.getAsBoolean()) {
      long now = System.nanoTime();
      if (patienceNanos > 0 && now - since.getAsLong() > patienceNanos) {
        return;
      }
      if (begun != 0 && now - begun >= (seconds + 1) * 1_000_000_000L) {
        seconds++;
        observer.second(seconds, books.freed(), books.admitted(), books.recent());
      }
      TimeUnit.MICROSECONDS.sleep(200);
    }
  }

  private final class Desk implements Person.Desk {
    @Override
    public void queued(Person person, long position) {
      if (person.number() < 0) {
        // Holders may have to wait for the inflow, but not once they are in.
        if (inside.contains(person)) {
          refused("put back in the line");
        }
      } else if (books.queued(person.number(), position)) {
        lastJoined = System.nanoTime();
        waiting.incrementAndGet();
      }
    }

    @Override
    public void admitted(Person person, long nanos) {
      if (person.number() < 0) {
        books.holderIn();
        inside.add(person);
        lastJoined = nanos;
        holding.incrementAndGet();
      } else if (books.admitted(person.number(), nanos)) {
        inside.add(person);
        if (begun == 0) {
          refused("let in though no slot was free");
        }
      }
    }

    @Override
    public void refused(String reason) {
      faults.merge(reason, 1, Integer::sum);
    }

    @Override
    public void dropped(String reason) {
      faults.merge("dropped: " + reason, 1, Integer::sum);
    }
  }
}
