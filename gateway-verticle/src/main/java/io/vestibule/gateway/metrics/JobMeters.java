package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the gateway does unasked, in figures. Every timer is made at the start. Thread-safe. */
public final class JobMeters {
  private final Outcomes<Job, Timer> jobs;

  /** A job. */
  public enum Job {
    /** Reading the set of keys that verify tokens. */
    KEYS("keys"),
    /** Saving what sessions remember, until a coordinator has stored it. */
    SESSION_SAVE("session_save"),
    /** Finding out how this node is, and saying so to the others. */
    LOAD_REPORT("load_report");

    private final String label;

    Job(String label) {
      this.label = label;
    }
  }

  JobMeters(MeterRegistry registry) {
    jobs = new Outcomes<>(Job.class, job -> timer(registry, job, "ok"), job -> timer(registry, job, "failed"));
  }

  private static Timer timer(MeterRegistry registry, Job job, String outcome) {
    return Timer.builder("vestibule.jobs").description("What is done unasked, from its beginning to its end").tag("job", job.label).tag("outcome", outcome)
        .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5)).register(registry);
  }

  /** Measures a job that has just begun. */
  public <T> Future<T> measured(Job job, Future<T> running) {
    long began = System.nanoTime();
    return running.onComplete(ended -> jobs.of(job, ended.succeeded()).record(System.nanoTime() - began, TimeUnit.NANOSECONDS));
  }
}
