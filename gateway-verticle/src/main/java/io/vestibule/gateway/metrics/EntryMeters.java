package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vestibule.contract.admission.AdmissionAnswer;
import io.vestibule.contract.admission.AdmissionAnswer.Admitted;
import io.vestibule.contract.admission.AdmissionAnswer.Refused;
import io.vestibule.contract.admission.AdmissionAnswer.Waiting;
import io.vestibule.contract.error.ErrorReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * How people come in, in figures: each question to the waiting line from its arrival at this node to its answer. Counted by what was answered, timed by the class of that. All labels are of closed
 * lists; a counter is made when it is needed first and held from then on. Thread-safe.
 */
public final class EntryMeters {
  private static final int FIRST_SERVER_ERROR = 500;
  private static final String ABORTED_CLASS = "aborted";

  private final MeterRegistry registry;
  private final Map<Flow, Map<String, Counter>> counters = new EnumMap<>(Flow.class);
  private final Map<Flow, Map<String, Timer>> timers = new EnumMap<>(Flow.class);

  /** What is asked, and how. */
  public enum Flow {
    /** {@code auth} with a good JWT. */
    SOCKET_JOIN("socket", "join"),
    /** {@code reconnect_attempt}. */
    SOCKET_RESUME("socket", "resume"),
    HTTP_JOIN("http", "join"),
    HTTP_STATUS("http", "status"),
    HTTP_HEARTBEAT("http", "heartbeat"),
    HTTP_LEAVE("http", "leave");

    private final String way;
    private final String call;

    Flow(String way, String call) {
      this.way = way;
      this.call = call;
    }

    /** The word for the call. */
    public String call() {
      return call;
    }
  }

  /** What was answered that is no refusal. */
  public enum Outcome {
    ADMITTED,
    QUEUED,
    LEFT,
    /** Let in although nobody leads the queue. */
    OPEN,
    /** The caller had gone. */
    ABORTED
  }

  EntryMeters(MeterRegistry registry) {
    this.registry = registry;
    for (Flow flow : Flow.values()) {
      counters.put(flow, new ConcurrentHashMap<>());
      Map<String, Timer> byClass = new ConcurrentHashMap<>();
      for (String answer : new String[] {"2xx", "4xx", "5xx", ABORTED_CLASS}) {
        byClass.put(answer, Timer.builder("vestibule.entry.duration").description("Questions to the waiting line, from their arrival to the answer")
            .tag("way", flow.way).tag("call", flow.call).tag("outcome", answer)
            .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(10))
            .register(registry));
      }
      timers.put(flow, byClass);
    }
  }

  /** A coordinator answered, or nobody did: then {@code failed} says why. */
  public void answered(Flow flow, AdmissionAnswer answer, ErrorReason failed, long nanos) {
    if (answer instanceof Admitted) {
      answered(flow, Outcome.ADMITTED, nanos);
    } else if (answer instanceof Waiting) {
      answered(flow, Outcome.QUEUED, nanos);
    } else {
      refused(flow, answer instanceof Refused no ? no.reason() : failed, nanos);
    }
  }

  /** A question was answered. */
  public void answered(Flow flow, Outcome outcome, long nanos) {
    record(flow, outcome.name().toLowerCase(Locale.ROOT), outcome == Outcome.ABORTED ? ABORTED_CLASS : "2xx", nanos);
  }

  /** A question was refused. */
  public void refused(Flow flow, ErrorReason reason, long nanos) {
    record(flow, reason.slug(), reason.code() < FIRST_SERVER_ERROR ? "4xx" : "5xx", nanos);
  }

  private void record(Flow flow, String outcome, String answer, long nanos) {
    counters.get(flow).computeIfAbsent(outcome, first -> Counter.builder("vestibule.entry.requests").description("Questions to the waiting line, by what was answered")
        .tag("way", flow.way).tag("call", flow.call).tag("outcome", outcome).register(registry)).increment();
    timers.get(flow).get(answer).record(nanos, TimeUnit.NANOSECONDS);
  }
}
