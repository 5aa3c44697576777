package io.vestibule.cluster;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vestibule.contract.error.ErrorReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The bus in figures, held for each address. A node's own address counts with its family, and addresses beyond the hundredth
 * share one label, so that neither restarts nor applications grow the registry. Thread-safe.
 */
final class BusMeters {
  private static final int MAX_ADDRESSES = 100;
  private static final String OTHERS = "other";

  private final MeterRegistry registry;
  private final Map<String, Requests> byAddress = new ConcurrentHashMap<>();

  BusMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  Requests requests(String address) {
    int node = address.indexOf('@');
    String family = node < 0 ? address : address.substring(0, node);
    Requests known = byAddress.get(family);
    if (known != null) {
      return known;
    }
    String label = byAddress.size() < MAX_ADDRESSES ? family : OTHERS;
    return byAddress.computeIfAbsent(label, Requests::new);
  }

  /** The requests of one family of addresses. */
  final class Requests {
    private final String address;
    private final Timer latency;
    private final Map<ErrorReason, Counter> failures = new ConcurrentHashMap<>();
    private final Map<ErrorReason, Counter> refusals = new ConcurrentHashMap<>();

    private Requests(String address) {
      this.address = address;
      this.latency = Timer.builder("vestibule.bus.request")
          .description("Time from a bus request to its reply, failure or deadline")
          .tag("address", address)
          .publishPercentileHistogram(false)
          .register(registry);
    }

    /** Counts a request that ended, after this many nanoseconds. */
    void answered(long nanos) {
      latency.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Counts a request of ours that failed. */
    void failed(ErrorReason reason) {
      failures.computeIfAbsent(reason, r -> counter("vestibule.bus.failures", "Bus requests that failed", r)).increment();
    }

    /** Counts a message that came to us and that we answered with a failure. */
    void refused(ErrorReason reason) {
      refusals.computeIfAbsent(reason, r -> counter("vestibule.bus.refusals", "Bus messages answered with a failure", r))
          .increment();
    }

    private Counter counter(String name, String description, ErrorReason reason) {
      return Counter.builder(name).description(description).tag("address", address).tag("reason", reason.slug()).register(registry);
    }
  }
}
