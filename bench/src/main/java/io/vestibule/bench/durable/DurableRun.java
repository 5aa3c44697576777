package io.vestibule.bench.durable;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Connection;
import io.vestibule.bench.client.Member;
import io.vestibule.bench.client.Swarm;
import io.vestibule.bench.client.Tokens.TokenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Publishes to durable topics as fast as it is acknowledged, or at a rate, and judges what every subscriber got. It blocks its caller and ends in a bounded time whatever the server does. */
public final class DurableRun {
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final long ANSWER_NANOS = 10 * SECOND_NANOS;
  private static final long SILENCE_NANOS = 5 * SECOND_NANOS;
  private static final long SETTLED_NANOS = 200_000_000;
  private static final long GOODBYE_NANOS = 5 * SECOND_NANOS;

  /** Who wants to know how a run proceeds; called on the run's own thread. */
  public interface Observer {
    /** Connections that came up. */
    default void connected(int ready, int wanted) throws IOException, InterruptedException {}

    /** Some seconds have passed, mostly one: acknowledgements and deliveries in them, and how long acknowledgements took (empty during the warm-up; nanoseconds). */
    default void second(int second, long acknowledged, long delivered, Histogram acks) throws InterruptedException {}
  }

  private final DurablePlan plan;
  private final Observer observer;
  private final int run = ThreadLocalRandom.current().nextInt();
  private final long epochNanos = System.nanoTime();
  private final List<Truth> topics;
  private final List<Publisher> publishers = new ArrayList<>();
  private final List<Follower> followers = new ArrayList<>();
  private final List<Connection> opened = new ArrayList<>();
  private final Counts faults = new Counts();
  private final Counts refused = new Counts();
  private final Recorder acks = new Recorder(3);
  private final Recorder deliveries = new Recorder(3);
  private final Histogram allAcks = new Histogram(3);
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong measured = new AtomicLong();
  private final AtomicLong delivered = new AtomicLong();
  private volatile long measuredFrom = Long.MAX_VALUE;
  private volatile long measuredTo = Long.MAX_VALUE;
  private int seconds;
  private long acknowledgedBefore;
  private long deliveredBefore;

  public DurableRun(DurablePlan plan, Observer observer) {
    this.plan = plan;
    this.observer = observer;
    this.topics = IntStream.range(0, plan.topics()).mapToObj(i -> new Truth("durable.bench." + HexFormat.of().toHexDigits(run) + "." + i)).toList();
  }

  /** Does it. */
  public DurableReport run() throws IOException, InterruptedException, TokenException {
    List<Swarm> swarms = plan.site().targets().stream().map(target -> new Swarm(target, plan.threads())).toList();
    int ready;
    Site.Spent spent;
    try {
      ready = connect(swarms);
      observer.connected(ready, plan.connections());
      Site.Reading before = plan.site().reading().get();
      spent = before.since(before);
      // With somebody missing it would be another measurement.
      if (ready == plan.connections()) {
        spent = publish();
        settle(swarms);
      }
      swarms.forEach(swarm -> faults.addAll(swarm.dropped()));
      leave(swarms);
    } finally {
      swarms.forEach(Swarm::close);
    }
    return report(ready, spent);
  }

  private int connect(List<Swarm> swarms) throws InterruptedException, TokenException {
    for (int node = 0; node < swarms.size(); node++) {
      int first = node;
      int listeners = plan.site().shareOf(node, plan.topics() * plan.subscribers());
      Swarm.Opened listening = swarms.get(node).open(listeners, (i, loop) -> subscriber(i * swarms.size() + first));
      Swarm.Opened publishing = swarms.get(node).open(plan.site().shareOf(node, plan.publishers()), (i, loop) -> publisher(i * swarms.size() + first));
      opened.addAll(listening.ready());
      opened.addAll(publishing.ready());
      faults.addAll(listening.failures());
      faults.addAll(publishing.failures());
    }
    return opened.size();
  }

  private Member subscriber(int number) throws TokenException {
    // Those of one topic are on different nodes.
    Truth topic = topics.get(number / plan.subscribers());
    Follower follower = new Follower(run, List.of(topic), faults);
    followers.add(follower);
    return new Member(plan.site().tokens().forUser(user("s", number)), topic.topic(), new Reader(follower));
  }

  private Member publisher(int number) throws TokenException {
    Publisher publisher = new Publisher(number, run, plan.size(), topics, new Desk());
    publishers.add(publisher);
    return new Member(plan.site().tokens().forUser(user("p", number)), null, publisher);
  }

  private String user(String kind, int number) {
    return "bench-" + HexFormat.of().toHexDigits(run) + "-" + kind + number;
  }

  private Site.Spent publish() throws InterruptedException {
    long begun = System.nanoTime();
    Pace pace = plan.rate() > 0 ? new Pace(publishers, plan.rate(), epochNanos) : null;
    try {
      if (pace == null) {
        publishers.forEach(publisher -> publisher.start(plan.window()));
      }
      await(() -> System.nanoTime() - begun >= plan.warmup().toNanos(), Long.MAX_VALUE, begun);
      Site.Reading before = plan.site().reading().get();
      measuredFrom = now();
      long to = System.nanoTime() + plan.duration().toNanos();
      await(() -> System.nanoTime() >= to, Long.MAX_VALUE, begun);
      measuredTo = now();
      Site.Spent spent = plan.site().reading().get().since(before);
      publishers.forEach(Publisher::stop);
      return spent;
    } finally {
      if (pace != null) {
        pace.close();
      }
    }
  }

  /** Waits for what is still under way. */
  private void settle(List<Swarm> swarms) throws InterruptedException {
    long begun = System.nanoTime();
    await(() -> publishers.stream().allMatch(publisher -> publisher.unanswered() == 0) || swarms.stream().allMatch(swarm -> swarm.live() == 0), ANSWER_NANOS, begun);
    long before = -1;
    long expected = topics.stream().mapToLong(Truth::head).sum() * plan.subscribers();
    for (long since = System.nanoTime(); System.nanoTime() - since < SILENCE_NANOS && delivered.get() < expected; TimeUnit.MILLISECONDS.sleep(5)) {
      if (delivered.get() > before) {
        before = delivered.get();
        since = System.nanoTime();
      }
    }
    // A duplicate may follow the last delivery that was waited for.
    TimeUnit.NANOSECONDS.sleep(SETTLED_NANOS);
  }

  private void await(BooleanSupplier done, long patienceNanos, long begun) throws InterruptedException {
    for (long since = System.nanoTime(); !done.getAsBoolean() && System.nanoTime() - since < patienceNanos; TimeUnit.MILLISECONDS.sleep(2)) {
      if (System.nanoTime() - begun >= (seconds + 1) * SECOND_NANOS && patienceNanos == Long.MAX_VALUE) {
        tell((int) ((System.nanoTime() - begun) / SECOND_NANOS));
      }
    }
  }

  private void tell(int second) throws InterruptedException {
    seconds = second;
    Histogram interval = acks.getIntervalHistogram();
    allAcks.add(interval);
    long acknowledgedNow = acknowledged.get();
    long deliveredNow = delivered.get();
    observer.second(second, acknowledgedNow - acknowledgedBefore, deliveredNow - deliveredBefore, interval);
    acknowledgedBefore = acknowledgedNow;
    deliveredBefore = deliveredNow;
  }

  private void leave(List<Swarm> swarms) throws InterruptedException {
    opened.forEach(Connection::leave);
    for (long begin = System.nanoTime(); swarms.stream().anyMatch(swarm -> swarm.live() > 0) && System.nanoTime() - begin < GOODBYE_NANOS; ) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private DurableReport report(int ready, Site.Spent spent) {
    allAcks.add(acks.getIntervalHistogram());
    double measuredSeconds = measuredTo == Long.MAX_VALUE ? plan.duration().toNanos() / 1e9 : (measuredTo - measuredFrom) / 1e9;
    return new DurableReport(plan, ready, measuredSeconds, measured.get(), publishers.stream().mapToLong(Publisher::unanswered).sum(), refused.all(), allAcks,
        deliveries.getIntervalHistogram(), delivered.get(), followers.stream().map(Follower::verdict).reduce(Verdict.CLEAN, Verdict::plus), spent, faults.all());
  }

  private long now() {
    return System.nanoTime() - epochNanos;
  }

  private boolean isMeasured(long nanos) {
    return nanos >= measuredFrom && nanos < measuredTo;
  }

  private final class Desk implements Publisher.Desk {
    @Override
    public long now() {
      return DurableRun.this.now();
    }

    @Override
    public void acknowledged(long dueNanos, long nowNanos) {
      acknowledged.incrementAndGet();
      if (isMeasured(nowNanos)) {
        measured.incrementAndGet();
      }
      if (isMeasured(dueNanos)) {
        acks.recordValue(Math.max(0, nowNanos - dueNanos));
      }
    }

    @Override
    public void refused(String reason) {
      refused.add(reason);
    }

    @Override
    public void fault(String what) {
      faults.add(what);
    }
  }

  private final class Reader implements Member.Events {
    private final Follower follower;

    Reader(Follower follower) {
      this.follower = follower;
    }

    @Override
    public void message(ByteBuf bytes, int from, int to) {
      long due = follower.message(bytes, from, to);
      if (due >= 0) {
        delivered.incrementAndGet();
        if (isMeasured(due)) {
          deliveries.recordValue(Math.max(0, now() - due));
        }
      }
    }

    @Override
    public void frame(String type, ByteBuf bytes, int from, int to) {
      if (type.equals("gap")) {
        faults.add("gap");
      }
    }

    @Override
    public void error(String reason) {
      faults.add("error " + reason);
    }
  }
}
