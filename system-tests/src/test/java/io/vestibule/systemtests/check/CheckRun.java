package io.vestibule.systemtests.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.vestibule.systemtests.harness.Eventually;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A run: people publish and listen, things go wrong by a plan, then it is quiet, all have come back, and the judge is asked. */
final class CheckRun {
  private static final int FRAME_AUTHORS = 5;
  private static final int AT_ONCE = 12;
  private static final Duration BEGIN = Duration.ofSeconds(60);
  private static final Duration ALL_SAID = Duration.ofSeconds(60);
  /** What a message may be refused for, when things go wrong. */
  private static final Set<String> REASONS = Set.of("not_stored", "minority");

  private final Settings settings;
  private final Bed bed;
  private final List<Fault> plan;
  private final List<Fault> happened = new ArrayList<>();
  private final Duration drained;
  private final History history = new History();
  private final List<Reader> subscribers = new ArrayList<>();
  private final List<Author> authors = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean quiet;
  private long cuts;

  /** What came of it; {@code repairs} are messages that were read because the bus had not brought them. */
  record Outcome(Verdict verdict, Map<String, Integer> refusals, long repairs, long cuts, List<Fault> plan) {}

  /**
   * A run that has not begun.
   *
   * @param drained in so long everything comes, once it is quiet
   */
  CheckRun(Settings settings, Bed bed, List<Fault> plan, Duration drained) {
    this.drained = drained;
    this.settings = settings;
    this.bed = bed;
    this.plan = plan;
  }

  Outcome play() throws Exception {
    bed.start();
    Random seeds = new Random(settings.seed());
    try {
      people(seeds);
      Thread cutter = new Thread(() -> cutConnections(new Random(seeds.nextLong())), "cutter");
      cutter.start();
      faults();
      Eventually.within(Duration.ofHours(1), () -> settings.messages() + " are acknowledged; there are " + history.acknowledged(), () -> history.acknowledged() >= settings.messages());
      quiet = true;
      cutter.join();
      if (settings.cutEveryMs() > 0) {
        // So there are always some who come back to a quiet end.
        subscribers.stream().filter(subscriber -> seeds.nextBoolean()).forEach(Reader::cut);
      }
      drain();
    } finally {
      quiet = true;
      authors.forEach(Author::close);
      subscribers.forEach(Reader::close);
    }
    for (Thread thread : threads) {
      thread.join(BEGIN.toMillis());
      assertThat(thread.isAlive()).as("%s goes on", thread.getName()).isFalse();
    }
    Map<String, Integer> refusals = new TreeMap<>();
    authors.forEach(author -> author.refusals().forEach((reason, times) -> refusals.merge(reason, times, Integer::sum)));
    assertThat(REASONS).as("reasons: %s", refusals).containsAll(refusals.keySet());
    Outcome outcome = new Outcome(Judge.judge(history, new Permits(topic -> !Topics.isLong(topic), isDivided())), refusals, bed.counted("vestibule_log_read_total"), cuts, plan);
    report(outcome);
    return outcome;
  }

  /** Six who listen to some topics each or to all, three who do by a pattern, and two devices of a user; then those who publish. */
  private void people(Random seeds) throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      List<String> some = List.of(Topics.LONG.get(2 * i), Topics.LONG.get(2 * i + 1), Topics.SHORT.get(i % 2));
      listen(new Subscriber("literal-" + i, history, bed, some, some, seeds.nextLong()));
      listen(new Subscriber("all-" + i, history, bed, Topics.ALL, Topics.ALL, seeds.nextLong()));
      listen(new Subscriber("pattern-" + i, history, bed, List.of(i == 0 ? "check.**" : "check.*.*"), Topics.ALL, seeds.nextLong()));
    }
    listen(new Device(Topics.HOLDER, "phone", history, bed, seeds.nextLong()));
    listen(new Device(Topics.HOLDER, "tv", history, bed, seeds.nextLong()));
    for (Reader subscriber : subscribers) {
      assertThat(subscriber.awaitSubscribed(BEGIN)).as("%s is subscribed", subscriber.name()).isTrue();
    }
    firstMessages();
    long pauseNanos = TimeUnit.MILLISECONDS.toNanos(settings.pauseMs());
    for (int i = 0; i < FRAME_AUTHORS; i++) {
      publish(new FrameAuthor("author-" + i, history, bed, AT_ONCE, pauseNanos, seeds.nextLong()));
    }
    publish(new HttpAuthor("server", history, bed, Topics.SERVERS, pauseNanos, seeds.nextLong()));
  }

  /** Everybody hears every topic before anything goes wrong: who begins to listen late in a topic of which little is kept does not know what he has missed. */
  private void firstMessages() {
    HttpAuthor first = new HttpAuthor("first", history, bed, Topics.SERVERS, 1, settings.seed());
    for (String topic : Set.copyOf(Topics.SERVERS)) {
      Sent message = history.sends("first", topic, "first/" + topic, 1);
      Eventually.within(BEGIN, "the first message of " + topic + " is stored", () -> {
        first.send(topic, List.of(message));
        return message.isAcknowledged();
      });
    }
    try {
      Eventually.within(drained, "everybody has the first messages", () -> subscribers.stream().allMatch(subscriber -> subscriber.places().values().stream().noneMatch(Place.NONE::equals)));
    } catch (AssertionError late) {
      System.out.println("check: " + late.getMessage());
    }
  }

  private void listen(Reader subscriber) {
    subscribers.add(subscriber);
    begin(subscriber, subscriber.name());
  }

  private void publish(Author author) {
    authors.add(author);
    begin(author, author.name);
  }

  private void begin(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    threads.add(thread);
    thread.start();
  }

  /** Spread over the run. */
  private void faults() throws Exception {
    for (int i = 0; i < plan.size(); i++) {
      long due = settings.messages() * (i + 1) / (plan.size() + 1);
      Eventually.within(Duration.ofMinutes(10), () -> due + " are acknowledged; there are " + history.acknowledged(), () -> history.acknowledged() >= due);
      long began = System.nanoTime();
      happened.add(bed.suffer(plan.get(i)));
      System.out.println("check: " + Instant.now() + " " + happened.get(i) + " over after " + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms, " + history.acknowledged() + " acknowledged");
    }
  }

  private void cutConnections(Random random) {
    while (!quiet) {
      LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(Math.max(2_000, 2 * settings.cutEveryMs()))));
      bed.count();
      if (settings.cutEveryMs() == 0) {
        continue;
      }
      int one = random.nextInt(subscribers.size() + FRAME_AUTHORS);
      if (one < subscribers.size()) {
        subscribers.get(one).cut();
      } else {
        ((FrameAuthor) authors.get(one - subscribers.size())).cut();
      }
      cuts++;
    }
  }

  private void drain() throws Exception {
    authors.forEach(Author::end);
    for (Thread thread : threads.subList(subscribers.size(), threads.size())) {
      thread.join(ALL_SAID.toMillis());
      assertThat(thread.isAlive()).as("%s still waits for an answer", thread.getName()).isFalse();
    }
    Map<String, Place> heads = new TreeMap<>();
    for (String topic : Set.copyOf(Topics.SERVERS)) {
      heads.put(topic, bed.head(topic));
    }
    try {
      Eventually.within(drained, "everybody has everything", () -> subscribers.stream()
          .allMatch(subscriber -> subscriber.places().entrySet().stream().allMatch(at -> at.getValue().equals(heads.get(at.getKey())))));
    } catch (AssertionError late) {
      // The judge says what they have not; this is how far each of them is.
      subscribers.forEach(subscriber -> System.out.println("check: " + subscriber.name() + " is at " + new TreeMap<>(subscriber.places())));
      System.out.println("check: and the logs are at " + heads);
    }
    bed.count();
  }

  private void report(Outcome outcome) {
    System.out.println("check: " + (settings.redis() ? "redis" : "embedded") + ", seed " + settings.seed() + ": " + outcome.verdict.counts() + "; " + outcome.repairs + " repairs, " + outcome.cuts
        + " connections cut, " + count(Fault.Kill.class) + " kills, " + count(Fault.Freeze.class) + " freezes, " + count(Fault.Partition.class) + " partitions, " + count(Fault.Outage.class)
        + " outages of Redis; refused for " + outcome.refusals + "; " + bed.counted("vestibule_log_renewed_total") + " logs renewed");
    outcome.verdict.summary().stream().limit(20).forEach(violation -> System.out.println("check: " + violation));
    System.out.println("check: " + outcome.verdict.violations().size() + " promises broken");
  }

  /** Whether a node may have been taken for dead that was not: then it may have put something into its copy of a log that nobody acknowledged, and the log has a new epoch when they meet. */
  private boolean isDivided() {
    return !settings.redis() && happened.stream().anyMatch(fault -> fault instanceof Fault.Partition || fault instanceof Fault.Freeze freeze && freeze.ms() >= Bed.FAILURE_MS / 2);
  }

  private long count(Class<? extends Fault> kind) {
    return plan.stream().filter(kind::isInstance).count();
  }
}
