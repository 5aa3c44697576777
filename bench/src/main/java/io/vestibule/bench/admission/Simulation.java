package io.vestibule.bench.admission;

import io.vestibule.admission.core.QueueEvent;
import io.vestibule.admission.core.QueueRules;
import io.vestibule.bench.admission.Person.Temper;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One run of a scenario. Sessions are lognormal with a mean of two minutes (sigma 1), patience is exponential with a mean of a quarter of an hour; a third of the people waits over HTTP, of whom one in
 * twenty never claims; one socket in five breaks now and then; a quarter of those who go says nothing, so that their slots stay in GRACE for a minute; three in ten have a class with a credit.
 */
final class Simulation {
  static final String QUEUE = "default";
  static final int CAPACITY = 200;
  static final long EPOCH_MS = 1_800_000_000_000L;

  private static final int INFLOW = 20;
  private static final Map<String, Long> CREDITS = Map.of("silver", 20_000L, "gold", 60_000L);
  private static final double SIGMA = 1;
  private static final double MEAN_SESSION_MS = 120_000;
  private static final double MEAN_PATIENCE_MS = 900_000;
  private static final double MEAN_UNBROKEN_MS = 240_000;

  final VirtualTime time = new VirtualTime();
  final Observer observer = new Observer(time, CREDITS, CAPACITY);
  final Cluster cluster;
  private final Scenario scenario;
  private final SplittableRandom random;
  private double arrivals;
  private double bots;
  private int people;

  Simulation(Scenario scenario, long seed) {
    this.scenario = scenario;
    random = new SplittableRandom(seed);
    cluster = new Cluster(time, observer, new QueueRules(QUEUE, CAPACITY, INFLOW, CREDITS, 3, false, 60_000, 300_000, 30_000, 60_000, 1_000_000, 65_536, 60));
  }

  /** Lets it happen. */
  Tally run() {
    scenario.plan(this);
    time.after(QueueEvent.Tick.MILLIS, this::tick);
    time.runUntil(scenario.lengthMs());
    return observer.tally;
  }

  void at(double minute, Runnable what) {
    time.after((long) (minute * 60_000), what);
  }

  void resize(int capacity) {
    observer.resized(capacity);
    cluster.operate(new QueueEvent.Resized(capacity, -1));
  }

  String gateway() {
    return cluster.gateway(random.nextInt(1 << 20));
  }

  long between(long least, long most) {
    return random.nextLong(least, most);
  }

  /** Twenty users who join all the time, each on a socket of its own. */
  void flood() {
    for (int i = 0; i < 20; i++) {
      String user = "flood-" + i;
      time.after(random.nextInt(1_000), () -> flood(user, 600));
    }
  }

  private void flood(String user, int times) {
    new Person(this, user, new Temper(null, false, true, 5_000, 1_000, 0, 0, random.nextBoolean())).arrive();
    if (times > 0) {
      time.after(random.nextInt(1_000), () -> flood(user, times - 1));
    }
  }

  private void tick() {
    observer.tick();
    for (arrivals += scenario.arrivalsPerSecond(time.nowMs()) * QueueEvent.Tick.MILLIS / 1000; arrivals > 0; arrivals -= exponential(1)) {
      person();
    }
    bots += scenario.botsPerSecond(time.nowMs()) * QueueEvent.Tick.MILLIS / 1000;
    for (; bots > 1; bots--) {
      bot();
    }
    time.after(QueueEvent.Tick.MILLIS, this::tick);
  }

  private void person() {
    double which = random.nextDouble();
    String userClass = which < 0.1 ? "gold" : which < 0.3 ? "silver" : null;
    boolean breaks = random.nextInt(5) == 0;
    var temper = new Temper(userClass, random.nextInt(3) == 0, random.nextInt(20) > 0, (long) exponential(MEAN_PATIENCE_MS), lognormal(),
        breaks ? 5_000 + (long) exponential(MEAN_UNBROKEN_MS) : 0, (long) exponential(10_000), random.nextInt(4) > 0);
    time.after(random.nextInt(100), new Person(this, "user-" + people++, temper)::arrive);
  }

  private void bot() {
    time.after(random.nextInt(100), new Person(this, "bot-" + people++, new Temper(null, true, false, 3_600_000, 1, 0, 0, false))::arrive);
  }

  private double exponential(double mean) {
    return -mean * Math.log1p(-random.nextDouble());
  }

  private long lognormal() {
    double normal = Math.sqrt(-2 * Math.log1p(-random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    return (long) (MEAN_SESSION_MS * Math.exp(SIGMA * normal - SIGMA * SIGMA / 2));
  }
}
