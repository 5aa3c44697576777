package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/** The store of members in figures. Every series is made at the start. Thread-safe. */
public final class MemberStoreMeters {
  private static final List<String> OUTCOMES = List.of("ok", "timeout", "failed");

  /** A call to the store. */
  public enum Call { CHANGE, LOOK, ROSTER, HINT, UNHINT, HINTED, BYTES }

  /** What has no room for more: a topic for members, a user for topics, the store's memory. */
  public enum Bound { TOPIC, USER, MEMORY }

  private final Map<Call, Map<String, Timer>> calls = new EnumMap<>(Call.class);
  private final Map<Bound, Counter> full = new EnumMap<>(Bound.class);
  private final AtomicLongArray shards;

  /**
   * The figures of a store.
   *
   * @param shards that it has
   * @param memory bytes that all of them may take; 0 where others bound them
   */
  public MemberStoreMeters(MeterRegistry registry, int shards, long memory) {
    this.shards = new AtomicLongArray(shards);
    for (Call call : Call.values()) {
      Map<String, Timer> outcomes = new HashMap<>();
      OUTCOMES.forEach(outcome -> outcomes.put(outcome, timer(registry, call, outcome)));
      calls.put(call, outcomes);
    }
    for (Bound bound : Bound.values()) {
      full.put(bound, Counter.builder("vestibule.members.full").description("calls to the store of members that found no room").tag("bound", text(bound)).register(registry));
    }
    Gauge.builder("vestibule.members.bytes", this::bytes).description("what the shards of the embedded store of members take, in the whole cluster").register(registry);
    Gauge.builder("vestibule.members.limit.bytes", () -> memory).description("what they may take; 0 in Redis").register(registry);
  }

  private static Timer timer(MeterRegistry registry, Call call, String outcome) {
    return Timer.builder("vestibule.members.store.calls").description("Calls to the store of members").tag("call", text(call)).tag("outcome", outcome)
        .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5)).register(registry);
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** A call has ended. */
  public void called(Call call, String outcome, long nanos) {
    calls.get(call).get(outcome).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** There was no room. */
  public void full(Bound bound) {
    full.get(bound).increment();
  }

  /** What a shard takes. */
  public void shard(int shard, long bytes) {
    shards.set(shard, bytes);
  }

  private long bytes() {
    long sum = 0;
    for (int shard = 0; shard < shards.length(); shard++) {
      sum += shards.get(shard);
    }
    return sum;
  }
}
