package io.vestibule.admission.bus;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vestibule.admission.core.PlaceRecord;
import io.vestibule.admission.core.QueueEffect;
import io.vestibule.admission.core.QueueEffect.PutPlace;
import io.vestibule.admission.core.QueueEffect.Write;
import io.vestibule.admission.core.QueueRules;
import io.vestibule.admission.core.QueueStatus;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.admission.AdmissionCommand;
import io.vestibule.contract.admission.AdmissionNotice;
import io.vestibule.contract.error.ErrorReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One queue in figures, held. What happens is counted by the node where it happened; how the queue is, only its leader says, and the others 0. Labels are names of the
 * configuration and of closed lists, so nothing a client sends makes a new series. One event loop writes; any thread may read.
 */
final class QueueMeters {
  private static final long JUST_NOW_MILLIS = 500;
  private static final Duration[] FAST = millis(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 3_000);
  private static final Duration[] WAITS =
      millis(1_000, 5_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000);

  private static final Duration[] SESSIONS =
      millis(10_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000, 14_400_000, 43_200_000, 86_400_000);

  private final MeterRegistry registry;
  private final String queue;
  private final long claimMs;
  private final Map<String, Counter> counters = new HashMap<>();
  private final Map<String, Timer> sessions = new HashMap<>();
  private final Timer waits;
  private final Timer decisions;
  private final Timer commits;
  private final Timer takeovers;
  private Map<String, Long> counted = Map.of();
  private volatile Snapshot now;
  private volatile boolean hindered;

  private record Snapshot(QueueStatus status, int pending, int notices) {}

  QueueMeters(MeterRegistry registry, QueueRules rules) {
    this.registry = registry;
    this.queue = rules.name();
    this.claimMs = rules.claimMs();
    this.waits = timer("vestibule.admission.wait", "From taking a place to the slot", WAITS);
    this.decisions = timer("vestibule.admission.decision", "From a command's arrival at the coordinator to its stored answer", FAST);
    this.commits = timer("vestibule.admission.commit", "Storing a group of changes, with repetitions", FAST);
    this.takeovers = timer("vestibule.admission.takeover", "From becoming the coordinator to admitting", FAST);
    gauge("vestibule.admission.led", "1 where the queue is led", now -> 1);
    Gauge.builder("vestibule.admission.hindered", () -> hindered ? 1 : 0).description("1 where the queue should be led and cannot be").tag("queue", queue).register(registry);
    gauge("vestibule.admission.waiting", "Live waiters", now -> now.status().waiting());
    gauge("vestibule.admission.away", "Waiters whose socket is gone", now -> now.status().away());
    gauge("vestibule.admission.sessions", "Sessions, live or not", now -> now.status().sessions());
    gauge("vestibule.admission.capacity", "Slots; 0 for no limit", now -> now.status().capacity());
    gauge("vestibule.admission.utilisation", "Share of the slots that are held", now -> utilisation(now.status()));
    gauge("vestibule.admission.rate", "Admissions a second lately", now -> Math.max(0, now.status().admissionsPerSecond()));
    gauge("vestibule.admission.inflow.limit", "Admissions a second that are permitted now; 0 for no limit", now -> now.status().inflowLimit());
    gauge("vestibule.admission.paused", "1 while an operator has stopped admissions", now -> now.status().paused() ? 1 : 0);
    gauge("vestibule.admission.eta.error.percent", "Median error of the estimates that came true; -1 before the first", now -> now.status().etaErrorPercent());
    gauge("vestibule.admission.eta.coverage.percent", "Waits that ended before the p90 that was told; -1 before the first", now -> now.status().etaCoverage());
    gauge("vestibule.admission.commands.pending", "Commands that wait for their answer", now -> now.pending());
    gauge("vestibule.admission.notices.pending", "Notices that wait for their gateway", now -> now.notices());
    slots("admitted", status -> status.admitted());
    slots("connected", status -> status.connected());
    slots("grace", status -> status.grace());
  }

  /** A command was answered. */
  void answered(PendingAnswers.Asking asking, AdmissionAnswer answer, long nowMs) {
    if (asking.command() != null) {
      decisions.record(Duration.ofMillis(nowMs - asking.atMs()));
      count("vestibule.admission.commands", "Commands of gateways, by what was answered", "command", kind(asking.command()), "outcome", outcome(answer));
      if (asking.command() instanceof AdmissionCommand.Join && answer instanceof Admitted admitted && !admitted.resumed()) {
        waited(nowMs - admitted.claim().joinedAtMs());
      }
    }
  }

  /** A command was refused before it was decided. */
  void answered(AdmissionCommand command, ErrorReason reason) {
    count("vestibule.admission.commands", "Commands of gateways, by what was answered", "command", kind(command), "outcome", reason.slug());
  }

  void notified(AdmissionNotice notice, long nowMs) {
    if (notice instanceof AdmissionNotice.Promoted promoted && !promoted.admitted().resumed()) {
      waited(nowMs - promoted.admitted().claim().joinedAtMs());
    }
    count("vestibule.admission.notices", "Notices to gateways", "notice", notice.getClass().getSimpleName().toLowerCase(Locale.ROOT));
  }

  /** A group is stored. Somebody without a socket is not told of its slot, so it is its record that says how long it waited. */
  void stored(List<Write> writes, long millis, long nowMs) {
    commits.record(Duration.ofMillis(millis));
    for (Write write : writes) {
      if (write instanceof PutPlace put && put.place().stage() == PlaceRecord.Stage.ADMITTED) {
        long admittedMs = put.place().untilMs() - claimMs;
        if (nowMs - admittedMs < millis + JUST_NOW_MILLIS) {
          waited(admittedMs - put.place().joinedAtMs());
        }
      }
    }
  }

  void sessionEnded(QueueEffect.SessionEnded session) {
    sessions.computeIfAbsent(session.why(), why -> Timer.builder("vestibule.admission.session.duration").description("Sessions, from when they were in first to their end")
        .tag("queue", queue).tag("end", why).serviceLevelObjectives(SESSIONS).register(registry)).record(Duration.ofMillis(session.lastedMs()));
  }

  private void waited(long millis) {
    waits.record(Duration.ofMillis(Math.max(0, millis)));
  }

  void storeFailed(String call) {
    count("vestibule.admission.store.failures", "Calls to the store that failed and were repeated", "call", call);
  }

  void tookOver(long millis) {
    takeovers.record(Duration.ofMillis(millis));
    counted = Map.of();
  }

  /** How the queue is that this node leads. */
  void led(QueueStatus status, int pending, int notices) {
    status.counters().forEach((name, count) -> {
      long more = count - counted.getOrDefault(name, 0L);
      if (more > 0) {
        counter("vestibule.admission.events", "What happened to places and sessions", "event", name).increment(more);
      }
    });
    counted = status.counters();
    now = new Snapshot(status, pending, notices);
  }

  /** Whether this node should lead the queue and cannot. */
  void hindered(boolean is) {
    hindered = is;
  }

  /** This node leads the queue no more. */
  void notLed() {
    now = null;
  }

  private static double utilisation(QueueStatus status) {
    return status.capacity() <= 0 ? 0 : (double) (status.admitted() + status.connected() + status.grace()) / status.capacity();
  }

  /** The label of a command. */
  static String kind(AdmissionCommand command) {
    return command instanceof AdmissionCommand.Join ? "join"
        : command instanceof AdmissionCommand.Resume ? "resume"
        : command instanceof AdmissionCommand.Confirm ? "confirm"
        : command instanceof AdmissionCommand.Detach ? "detach"
        : command instanceof AdmissionCommand.Away ? "away"
        : command instanceof AdmissionCommand.Leave ? "leave"
        : command instanceof AdmissionCommand.Save ? "save" : "poll";
  }

  /** The label of an answer. */
  static String outcome(AdmissionAnswer answer) {
    return answer instanceof Admitted ? "admitted"
        : answer instanceof Waiting ? "waiting"
        : answer instanceof Refused refused ? refused.reason().slug()
        : answer instanceof AdmissionAnswer.Done ? "done" : "not_leader";
  }

  private void slots(String state, ToDoubleFunction<QueueStatus> value) {
    Gauge.builder("vestibule.admission.slots", () -> valueOf(now -> value.applyAsDouble(now.status()))).description("Slots that are held, by the state of their place")
        .tag("queue", queue).tag("state", state).register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<Snapshot> value) {
    Gauge.builder(name, () -> valueOf(value)).description(description).tag("queue", queue).register(registry);
  }

  private double valueOf(ToDoubleFunction<Snapshot> value) {
    Snapshot snapshot = now;
    return snapshot == null ? 0 : value.applyAsDouble(snapshot);
  }

  private Timer timer(String name, String description, Duration[] buckets) {
    return Timer.builder(name).description(description).tag("queue", queue).serviceLevelObjectives(buckets).register(registry);
  }

  private void count(String name, String description, String... tags) {
    counter(name, description, tags).increment();
  }

  /** Looked up by the tags alone: each tag key belongs to one name. */
  private Counter counter(String name, String description, String... tags) {
    String key = tags.length == 2 ? tags[0] + '/' + tags[1] : tags[1] + '/' + tags[3];
    Counter known = counters.get(key);
    if (known == null) {
      known = Counter.builder(name).description(description).tag("queue", queue).tags(tags).register(registry);
      counters.put(key, known);
    }
    return known;
  }

  private static Duration[] millis(long... millis) {
    return Arrays.stream(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }
}
