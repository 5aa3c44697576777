package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** What becomes of durable topics on their way to subscribers. Thread-safe. */
public final class LogMeters {
  private final Counter read;
  private final Counter gaps;
  private final Counter renewed;
  private final Counter recovered;
  private final Counter unrecovered;
  private final Counter recentRead;
  private final Counter recentShared;
  private final MeterRegistry registry;

  public LogMeters(MeterRegistry registry) {
    this.registry = registry;
    recovered = recoveries(registry, "recovered");
    unrecovered = recoveries(registry, "gap");
    recentRead = reads(registry, "log");
    recentShared = reads(registry, "shared");
    read = Counter.builder("vestibule.log.read").description("messages that were read from a log because the bus had not brought them in time, by each event loop").register(registry);
    gaps = Counter.builder("vestibule.log.gaps").description("holes in durable topics that were told to subscribers, by each event loop").register(registry);
    renewed = Counter.builder("vestibule.log.renewed").description("logs that had to begin a new epoch because they were behind what had been told").register(registry);
  }

  private static Counter recoveries(MeterRegistry registry, String outcome) {
    return Counter.builder("vestibule.log.recoveries").tag("outcome", outcome).description("connections that came back to a durable topic with a place").register(registry);
  }

  private static Counter reads(MeterRegistry registry, String from) {
    return Counter.builder("vestibule.log.recovery.reads").tag("from", from).description("reads of logs for those who came back: made, or saved because one was under way for somebody else").register(registry);
  }

  /** Has shown what the recent messages of the node take. */
  public void recentBytes(AtomicLong bytes) {
    Gauge.builder("vestibule.log.recent.bytes", bytes, AtomicLong::get).baseUnit("bytes").description("recent messages that are kept for those who come back").register(registry);
  }

  /** A connection has come back with a place. */
  public void recovery(boolean complete) {
    (complete ? recovered : unrecovered).increment();
  }

  /** A log was read for somebody who came back. */
  public void recentRead() {
    recentRead.increment();
  }

  /** A log was not read for somebody who came back, because it was read already. */
  public void shared() {
    recentShared.increment();
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
