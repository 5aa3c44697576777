package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What becomes of durable topics on their way to subscribers. Thread-safe. */
public final class LogMeters {
  private final Counter read;
  private final Counter gaps;
  private final Counter renewed;

  public LogMeters(MeterRegistry registry) {
    read = Counter.builder("vestibule.log.read").description("messages that were read from a log because the bus had not brought them in time, by each event loop").register(registry);
    gaps = Counter.builder("vestibule.log.gaps").description("holes in durable topics that were told to subscribers, by each event loop").register(registry);
    renewed = Counter.builder("vestibule.log.renewed").description("logs that had to begin a new epoch because they were behind what had been told").register(registry);
  }

  /** So many messages came from the log. */
  public void read(int messages) {
    read.increment(messages);
  }

  /** A hole was told. */
  public void gap() {
    gaps.increment();
  }

  /** A log has to begin anew. */
  public void renewed() {
    renewed.increment();
  }
}
