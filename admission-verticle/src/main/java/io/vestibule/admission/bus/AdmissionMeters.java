package io.vestibule.admission.bus;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vestibule.admission.core.QueueRules;
import io.vestibule.admission.store.AdmissionStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The waiting line in figures: those of each configured queue, and those of the store. Thread-safe. */
final class AdmissionMeters {
  private static final List<String> CONDITIONS = List.of("ok", "degraded", "down");

  private final Map<String, QueueMeters> byQueue;

  /**
   * The figures of these queues.
   *
   * @param queues all that there will be
   */
  AdmissionMeters(MeterRegistry registry, Collection<QueueRules> queues, AdmissionStore store) {
    this.byQueue = queues.stream().collect(Collectors.toUnmodifiableMap(QueueRules::name, rules -> new QueueMeters(registry, rules)));
    for (String condition : CONDITIONS) {
      Gauge.builder("vestibule.admission.store", () -> store.condition().state().equals(condition) ? 1 : 0)
          .description("1 for the condition that the store is in").tag("condition", condition).register(registry);
    }
  }

  /** Those of a configured queue. */
  QueueMeters of(String queue) {
    return byQueue.get(queue);
  }
}
