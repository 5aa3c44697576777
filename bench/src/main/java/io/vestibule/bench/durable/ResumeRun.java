package io.vestibule.bench.durable;

import io.vestibule.bench.client.Member;
import io.vestibule.bench.client.Pings;
import io.vestibule.bench.client.Swarm;
import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens.TokenException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Cuts all connections at once while messages are published, lets everybody come back, and judges what each got. It blocks its caller and ends in a bounded time whatever the server does. */
public final class ResumeRun {
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long ANSWER_NANOS = 10 * SECOND_NANOS;
  /** So that there is something to come back to, and what was subscribed to is saved with the session. */
  private static final long BEFORE_NANOS = 3 * SECOND_NANOS;
  private static final long AFTER_NANOS = 2 * SECOND_NANOS;
  private static final long SETTLED_NANOS = 500_000_000;
  private static final long GOODBYE_NANOS = 5 * SECOND_NANOS;

  /** Who wants to know how a run proceeds; called on the run's own thread. */
  public interface Observer {
    /** Connections that are subscribed to all their topics. */
    default void subscribed(int ready, int wanted) {}

    /** A second has passed since the cut: who is back, and who is current. */
    default void second(int second, long back, long current, long acknowledged) {}
  }

  private final ResumePlan plan;
  private final Observer observer;
  private final int run = ThreadLocalRandom.current().nextInt();
  private final long epochNanos = System.nanoTime();
  private final List<Truth> topics;
  private final List<Returner> returners = new ArrayList<>();
  private final List<Publisher> publishers = new ArrayList<>();
  private final List<Swarm> swarms = new ArrayList<>();
  private final Hall hall = new Hall();
  private final Counts faults = new Counts();
  private final Counts retries = new Counts();
  private final Counts refused = new Counts();
  private final Histogram back = new ConcurrentHistogram(3);
  private final Histogram current = new ConcurrentHistogram(3);
  private final Histogram live = new ConcurrentHistogram(3);
  private final AtomicInteger subscribed = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();
  private volatile long cutNanos = Long.MAX_VALUE;
  private volatile boolean over;

  public ResumeRun(ResumePlan plan, Observer observer) {
    this.plan = plan;
    this.observer = observer;
    this.topics = IntStream.range(0, plan.topics()).mapToObj(i -> new Truth("durable.bench." + HexFormat.of().toHexDigits(run) + "." + i)).toList();
  }

  /** Does it. */
  public ResumeReport run() throws InterruptedException, TokenException {
    List<Pings> pings = new ArrayList<>();
    Storm storm = new Storm(new Site.Spent(0, 0, 0, 0, 0), List.of());
    try {
      for (Target target : plan.site().targets()) {
        swarms.add(new Swarm(target, plan.threads()));
        pings.add(new Pings(target));
      }
      connect(pings);
      observer.subscribed(subscribed.get(), plan.connections());
      // With somebody missing it would be another storm.
      if (subscribed.get() == plan.connections() && publishers.size() == plan.publishers()) {
        storm = storm(pings);
      }
      over = true;
      swarms.forEach(swarm -> faults.addAll(swarm.dropped()));
      leave();
    } finally {
      swarms.forEach(Swarm::close);
      pings.forEach(Pings::close);
    }
    return report(storm);
  }

  private record Storm(Site.Spent spent, List<Pings.Result> pinged) {}

  private void connect(List<Pings> pings) throws InterruptedException, TokenException {
    for (int node = 0; node < swarms.size(); node++) {
      int first = node;
      faults.addAll(swarms.get(node).open(plan.site().shareOf(node, plan.connections()), (i, loop) -> returner(i * swarms.size() + first)).failures());
      faults.addAll(swarms.get(node).open(plan.site().shareOf(node, plan.publishers()), (i, loop) -> publisher(i * swarms.size() + first)).failures());
      faults.addAll(pings.get(node).open(plan.site().tokens(), user("n", node)).failures());
    }
    await(() -> subscribed.get() == plan.connections(), ANSWER_NANOS, subscribed::get);
    returners.sort((a, b) -> Integer.compare(a.number(), b.number()));
  }

  private Member returner(int number) throws TokenException {
    Follower follower = new Follower(run, plan.topicsOf(number).stream().map(topics::get).toList(), faults);
    Returner returner = new Returner(number, follower, hall);
    returners.add(returner);
    return new Member(plan.site().tokens().forUser(user("r", number)), null, returner);
  }

  private Member publisher(int number) throws TokenException {
    Publisher publisher = new Publisher(number, run, plan.size(), topics, hall);
    publishers.add(publisher);
    return new Member(plan.site().tokens().forUser(user("p", number)), null, publisher);
  }

  private String user(String kind, int number) {
    return "bench-" + HexFormat.of().toHexDigits(run) + "-" + kind + number;
  }

  private Storm storm(List<Pings> pings) throws InterruptedException {
    List<Pings.Result> pinged = new ArrayList<>();
    Site.Spent spent;
    try (Pace pace = new Pace(publishers, plan.rate(), epochNanos)) {
      long begun = System.nanoTime();
      await(() -> System.nanoTime() - begun > BEFORE_NANOS && topics.stream().allMatch(topic -> topic.acks() > 0), ANSWER_NANOS, acknowledged::get);
      Site.Reading before = plan.site().reading().get();
      pings.forEach(Pings::start);
      cutNanos = System.nanoTime() - epochNanos;
      returners.forEach(Returner::cut);
      await(() -> cut.get() == plan.connections(), ANSWER_NANOS, cut::get);
      IntStream.range(0, plan.connections()).forEach(i -> hall.comeBack(i, Math.max(0, cutNanos + plan.dueNanos(i) - hall.now())));
      await(() -> current.getTotalCount() == plan.connections(), plan.patience().toNanos(), () -> back.getTotalCount() + current.getTotalCount());
      spent = plan.site().reading().get().since(before);
      for (Pings some : pings) {
        pinged.add(some.finish());
      }
      await(() -> false, AFTER_NANOS, () -> 0);
    }
    publishers.forEach(Publisher::stop);
    await(() -> publishers.stream().allMatch(publisher -> publisher.unanswered() == 0), ANSWER_NANOS, acknowledged::get);
    long quiet = hall.arrivals.get();
    for (long since = System.nanoTime(); System.nanoTime() - since < SETTLED_NANOS; TimeUnit.MILLISECONDS.sleep(5)) {
      if (hall.arrivals.get() > quiet) {
        quiet = hall.arrivals.get();
        since = System.nanoTime();
      }
    }
    return new Storm(spent, pinged);
  }

  /** Waits until it is done, or has not proceeded for so long. */
  private void await(BooleanSupplier done, long patienceNanos, LongSupplier progress) throws InterruptedException {
    long before = -1;
    for (long since = System.nanoTime(); !done.getAsBoolean() && System.nanoTime() - since < patienceNanos; TimeUnit.MILLISECONDS.sleep(2)) {
      if (progress.getAsLong() > before) {
        before = progress.getAsLong();
        since = System.nanoTime();
      }
      hall.tell();
    }
  }

  private void leave() throws InterruptedException {
    returners.forEach(Returner::leave);
    publishers.forEach(Publisher::leave);
    for (long begin = System.nanoTime(); swarms.stream().anyMatch(swarm -> swarm.live() > 0) && System.nanoTime() - begin < GOODBYE_NANOS; ) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private ResumeReport report(Storm storm) {
    Histogram pingTimes = new Histogram(3);
    storm.pinged.forEach(result -> pingTimes.add(result.times()));
    ResumeReport.Pinged pinged = new ResumeReport.Pinged(storm.pinged.stream().mapToLong(Pings.Result::sent).sum(), storm.pinged.stream().mapToLong(Pings.Result::unanswered).sum(), pingTimes);
    Verdict verdict = returners.stream().map(Returner::verdict).reduce(Verdict.CLEAN, Verdict::plus);
    return new ResumeReport(plan, subscribed.get(), back, current, missed.get(), retries.all(), acknowledged.get(), refused.all(), live, pinged, verdict, storm.spent, faults.all());
  }

  private final class Hall implements Returner.Crowd, Publisher.Desk {
    private final AtomicLong arrivals = new AtomicLong();
    private int seconds;

    @Override
    public long now() {
      return System.nanoTime() - epochNanos;
    }

    private void tell() {
      if (now() - cutNanos >= (seconds + 1) * SECOND_NANOS) {
        seconds++;
        observer.second(seconds, back.getTotalCount(), current.getTotalCount(), acknowledged.get());
      }
    }

    @Override
    public void subscribed() {
      subscribed.incrementAndGet();
    }

    @Override
    public void cut() {
      cut.incrementAndGet();
    }

    private void comeBack(int number, long nanos) {
      Swarm swarm = swarms.get(plan.nodeAfter(number));
      int there = number / swarms.size();
      Runnable attempt = () -> swarm.reopen(there, returners.get(number).returning());
      if (nanos == 0) {
        attempt.run();
      } else {
        swarm.schedule(there, attempt, TimeUnit.NANOSECONDS.toMillis(nanos));
      }
    }

    @Override
    public void failed(int number, String reason) {
      retries.add(reason);
      comeBack(number, plan.retry().toNanos());
    }

    @Override
    public void back(long nowNanos) {
      back.recordValue(nowNanos - cutNanos);
    }

    @Override
    public void current(long nowNanos, long some) {
      missed.addAndGet(some);
      current.recordValue(nowNanos - cutNanos);
    }

    @Override
    public void live(long nanos) {
      arrivals.incrementAndGet();
      if (cutNanos != Long.MAX_VALUE) {
        live.recordValue(Math.max(0, nanos));
      }
    }

    @Override
    public void acknowledged(long dueNanos, long nowNanos) {
      acknowledged.incrementAndGet();
    }

    @Override
    public void refused(String reason) {
      refused.add(reason);
    }

    @Override
    public void fault(String what) {
      faults.add(what);
    }

    @Override
    public boolean isOver() {
      return over;
    }
  }
}
