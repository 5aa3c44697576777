package io.vestibule.admission.store;

import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vestibule.cluster.hazelcast.HazelcastSettings;
import io.vestibule.cluster.store.GridCalls;
import java.time.Duration;

/** Takes calls to entries of the journal, as {@link GridCalls} says. */
final class JournalGrid {
  private final GridCalls<JournalEntry> entries;

  JournalGrid(Vertx vertx, HazelcastInstance hazelcast, Duration deadline) {
    this.entries = new GridCalls<>(vertx, hazelcast, HazelcastSettings.ADMISSION_MAP, deadline);
  }

  Vertx vertx() {
    return entries.vertx();
  }

  /** Completes on the caller's context; fails with a {@link java.util.concurrent.TimeoutException} at the deadline. */
  Future<JournalAnswer> call(String key, JournalCall call) {
    return entries.call(key, new JournalProcessor(call)).map(JournalAnswer::decode);
  }
}
