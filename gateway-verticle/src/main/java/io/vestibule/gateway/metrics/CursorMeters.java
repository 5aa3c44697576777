package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What becomes of the places that readers of durable topics tell. Thread-safe. */
public final class CursorMeters {
  private final Counter written;
  private final Counter failed;
  private final Counter dropped;
  private final Counter fellOut;

  public CursorMeters(MeterRegistry registry) {
    written = Counter.builder("vestibule.log.cursors.written").description("places of readers that were written, joined").register(registry);
    failed = Counter.builder("vestibule.log.cursors.failed").description("writes of places that failed and are repeated").register(registry);
    dropped = Counter.builder("vestibule.log.cursors.dropped").description("places that were dropped because too many waited to be written").register(registry);
    fellOut = Counter.builder("vestibule.log.offline.lost").description("messages of users' own topics that were gone when a device came back for them, each time it did").register(registry);
  }

  /** So many places were written. */
  public void written(int places) {
    written.increment(places);
  }

  /** A write failed. */
  public void failed() {
    failed.increment();
  }

  /** A place is not written. */
  public void dropped() {
    dropped.increment();
  }

  /** So many messages are gone that a device had not acknowledged; none where negative. */
  public void fellOut(long messages) {
    if (messages > 0) {
      fellOut.increment(messages);
    }
  }
}
