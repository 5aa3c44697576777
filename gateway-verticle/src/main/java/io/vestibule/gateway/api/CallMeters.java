package io.vestibule.gateway.api;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How long the calls of the server API take that come in one way, by call and by how they ended. Every timer is made at the start and held; nothing a caller sends makes one. Thread-safe. */
public final class CallMeters {
  private static final int FIRST_CLIENT_ERROR = 400;
  private static final int FIRST_SERVER_ERROR = 500;

  private final Timer[][] timers = new Timer[CallName.values().length][Outcome.values().length];

  /** The class of an answer's status; {@code ABORTED}: the caller was gone before there was one. */
  private enum Outcome {
    OK("2xx"), CLIENT_ERROR("4xx"), SERVER_ERROR("5xx"), ABORTED("aborted");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }
  }

  /**
   * Makes every timer.
   *
   * @param way how the calls come in: {@code http} or {@code bus}
   */
  public CallMeters(MeterRegistry registry, String way) {
    for (CallName call : CallName.values()) {
      for (Outcome outcome : Outcome.values()) {
        timers[call.ordinal()][outcome.ordinal()] = Timer.builder("vestibule.api.calls")
            .tag("call", call.word()).tag("way", way).tag("outcome", outcome.label)
            .description("Calls of the server API, from the request to the answer")
            .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5))
            .register(registry);
      }
    }
  }

  /**
   * A call was answered.
   *
   * @param status as of HTTP
   * @param nanos since it came
   */
  public void answered(CallName call, int status, long nanos) {
    record(call, status < FIRST_CLIENT_ERROR ? Outcome.OK : status < FIRST_SERVER_ERROR ? Outcome.CLIENT_ERROR : Outcome.SERVER_ERROR, nanos);
  }

  /** A call whose caller was gone before its answer. */
  public void aborted(CallName call, long nanos) {
    record(call, Outcome.ABORTED, nanos);
  }

  private void record(CallName call, Outcome outcome, long nanos) {
    timers[call.ordinal()][outcome.ordinal()].record(nanos, TimeUnit.NANOSECONDS);
  }
}
