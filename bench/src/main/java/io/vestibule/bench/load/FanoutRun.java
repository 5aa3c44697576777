package io.vestibule.bench.load;

import io.netty.buffer.ByteBuf;
import io.vestibule.bench.client.Member;
import io.vestibule.bench.client.Swarm;
import io.vestibule.bench.client.Swarm.Opened;
import io.vestibule.bench.client.Tokens.TokenException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * One measured fan-out: opens subscribers and publishers, sends at a rate, waits for what is still under way, and reports. It blocks its
 * caller and ends in a bounded time whatever the server does.
 */
public final class FanoutRun {
  private static final long LEAD_NANOS = 50_000_000;
  private static final long SETTLED_NANOS = 200_000_000;
  private static final long SILENCE_NANOS = 2_000_000_000L;
  private static final long MOST_DRAIN_NANOS = 30_000_000_000L;

  /** Who wants to know how a run proceeds; called on the run's own thread. */
  public interface Observer {
    /** All connections are ready. */
    default void opened(FanoutReport.Connections connections) {}

    /** A second has passed: what was sent and delivered in it, and its latency (empty during the warm-up; nanoseconds). */
    default void second(int second, long sent, long delivered, Histogram latency) {}

    /** The warm-up is over: what is sent from now on is measured. */
    default void measuringBegins() {}

    /** The last measured delivery is in, or nothing more is to be expected. */
    default void measuringEnded() {}
  }

  private final FanoutPlan plan;
  private final Observer observer;
  private final Schedule schedule;
  private final int run = ThreadLocalRandom.current().nextInt();
  private final long epochNanos = System.nanoTime();
  private final List<Tally> tallies = new ArrayList<>();
  private final List<Subscriber> subscribers = new ArrayList<>();
  private final Map<String, Integer> refusals = new ConcurrentHashMap<>();
  private final Histogram latency = new Histogram(3);

  public FanoutRun(FanoutPlan plan, Observer observer) {
    this.plan = plan;
    this.observer = observer;
    this.schedule = Schedule.of(plan);
    for (int i = 0; i < plan.threads(); i++) {
      tallies.add(new Tally());
    }
  }

  /** Does it. */
  public FanoutReport run() throws InterruptedException, TokenException {
    Sender sender = null;
    FanoutReport.Connections connections;
    long measuringSince = 0;
    Map<String, Integer> dropped;
    try (var swarm = new Swarm(plan.target(), plan.threads())) {
      Opened listening = swarm.open(plan.connections(), this::subscriber);
      Opened publishing = swarm.open(plan.publishers(), (i, loop) -> new Member(plan.tokens().forUser(user("p", i)), null, refusals()));
      connections = connections(listening, publishing);
      observer.opened(connections);
      // With a publisher missing the schedule could not be kept, and with no subscriber there is nothing to measure.
      if (publishing.failed() == 0 && !listening.ready().isEmpty()) {
        long start = System.nanoTime() + LEAD_NANOS;
        sender = new Sender(publishing.ready(), schedule, plan, run, start, epochNanos);
        measuringSince = start + schedule.dueNanos(schedule.warmup()) - epochNanos;
        drive(sender, swarm, listening.ready().size(), start);
      }
      dropped = swarm.dropped();
    }
    return report(connections, dropped, sender, measuringSince);
  }

  private Member subscriber(int index, int loop) throws TokenException {
    var subscriber = new Subscriber(run, epochNanos, schedule, tallies.get(loop));
    subscribers.add(subscriber);
    return new Member(plan.tokens().forUser(user("s", index)), plan.topic(), subscriber);
  }

  private Member.Events refusals() {
    return new Member.Events() {
      @Override
      public void message(ByteBuf bytes, int from, int to) {
        // A publisher subscribes to nothing.
      }

      @Override
      public void error(String reason) {
        refusals.merge(reason, 1, Integer::sum);
      }
    };
  }

  private void drive(Sender sender, Swarm swarm, int listeners, long start) throws InterruptedException {
    var thread = new Thread(sender, "bench-sender");
    thread.setDaemon(true);
    thread.start();
    var pace = new Pace(start);
    try {
      boolean measuring = false;
      while (!sender.finished()) {
        if (!measuring && sender.sent() >= schedule.warmup()) {
          measuring = true;
          observer.measuringBegins();
        }
        if (swarm.live() == 0) {
          sender.stop();
        }
        pace.tick(sender);
        TimeUnit.MILLISECONDS.sleep(2);
      }
      if (!measuring) {
        observer.measuringBegins();
      }
      drain(sender, swarm, listeners, pace);
    } finally {
      sender.stop();
      thread.join(1000);
    }
  }

  private void drain(Sender sender, Swarm swarm, int listeners, Pace pace) throws InterruptedException {
    long expected = (long) sender.sent() * listeners;
    long began = System.nanoTime();
    long lastArrival = began;
    long before = delivered();
    boolean told = false;
    while (true) {
      long now = System.nanoTime();
      long arrived = delivered();
      if (arrived != before) {
        before = arrived;
        lastArrival = now;
      }
      boolean complete = arrived >= expected;
      if (complete && !told) {
        told = true;
        observer.measuringEnded();
      }
      // A duplicate may follow the last delivery that was waited for.
      long patience = complete ? SETTLED_NANOS : SILENCE_NANOS;
      if (now - lastArrival > patience || now - began > MOST_DRAIN_NANOS || swarm.live() == 0) {
        break;
      }
      pace.tick(sender);
      TimeUnit.MILLISECONDS.sleep(2);
    }
    if (!told) {
      observer.measuringEnded();
    }
  }

  private FanoutReport report(
      FanoutReport.Connections connections, Map<String, Integer> dropped, Sender sender, long measuringSince) {
    tallies.forEach(tally -> tally.drainLatency(latency));
    int[] sent = sender == null ? new int[plan.publishers()] : sender.sentByPublisher();
    long published = Arrays.stream(sent).sum();
    long delivered = delivered();
    long bytes = tallies.stream().mapToLong(Tally::bytes).sum();
    long lastMeasured = tallies.stream().mapToLong(Tally::lastMeasuredNanos).max().orElse(0);
    // Who never came up is counted as a failed connection, not as one that lost everything.
    List<Ledger> ledgers = subscribers.stream().filter(Subscriber::wasReady).map(Subscriber::ledger).toList();
    return new FanoutReport(
        connections, dropped, published, schedule.total() - published, new TreeMap<>(refusals),
        published * ledgers.size(), delivered,
        tallies.stream().mapToLong(Tally::measured).sum(), Math.max(0, lastMeasured - measuringSince) / 1e9,
        ledgers.stream().mapToLong(ledger -> ledger.lost(sent)).sum(),
        ledgers.stream().mapToLong(Ledger::duplicated).sum(),
        ledgers.stream().mapToLong(Ledger::reordered).sum(),
        subscribers.stream().mapToLong(Subscriber::foreign).sum(),
        delivered == 0 ? 0 : (double) bytes / delivered,
        new FanoutReport.Latency(micros(50), micros(99), micros(99.9), latency.getMaxValue() / 1e3));
  }

  private FanoutReport.Connections connections(Opened listening, Opened publishing) {
    var failures = new TreeMap<>(listening.failures());
    publishing.failures().forEach((reason, count) -> failures.merge(reason, count, Integer::sum));
    return new FanoutReport.Connections(plan.connections() + plan.publishers(),
        listening.ready().size() + publishing.ready().size(), listening.perSecond(), failures);
  }

  private String user(String kind, int index) {
    // Of one length in every run, because it comes back as the sender in each frame.
    return "bench-" + HexFormat.of().toHexDigits(run) + "-" + kind + index;
  }

  private long delivered() {
    return tallies.stream().mapToLong(Tally::delivered).sum();
  }

  private double micros(double percentile) {
    return latency.getTotalCount() == 0 ? 0 : latency.getValueAtPercentile(percentile) / 1e3;
  }

  /** Tells the observer what happened, once a second. */
  private final class Pace {
    private final long start;
    private int seconds;
    private long sentBefore;
    private long deliveredBefore;

    Pace(long start) {
      this.start = start;
    }

    void tick(Sender sender) {
      if (System.nanoTime() - start < (seconds + 1) * 1_000_000_000L) {
        return;
      }
      seconds++;
      var interval = new Histogram(3);
      tallies.forEach(tally -> tally.drainLatency(interval));
      latency.add(interval);
      long sent = sender.sent();
      long delivered = delivered();
      observer.second(seconds, sent - sentBefore, delivered - deliveredBefore, interval);
      sentBefore = sent;
      deliveredBefore = delivered;
    }
  }
}
