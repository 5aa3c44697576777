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
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The store of topic logs in figures. Every series is made at the start. Thread-safe. */
public final class LogStoreMeters {
  private static final List<String> CONDITIONS = List.of("ok", "degraded", "down");
  private static final List<String> OUTCOMES = List.of("ok", "timeout", "failed");

  /** A call to the store. */
  public enum Call { APPEND, READ, MOVED, MOVE, RENEW }

  private record Share(long bytes, long lineage, long dropped) {}

  private final MeterRegistry registry;
  private final Map<Call, Map<String, Timer>> calls = new EnumMap<>(Call.class);
  private final Counter messages;
  private final Counter bytes;
  private final Counter dropped;
  private final Counter brought;
  private final Share[] shares;

  /**
   * The figures of a store.
   *
   * @param shards that it has
   * @param memory bytes that all of them may take; 0 where others bound them
   */
  public LogStoreMeters(MeterRegistry registry, int shards, long memory) {
    this.registry = registry;
    this.shares = new Share[shards];
    for (Call call : Call.values()) {
      Map<String, Timer> outcomes = new HashMap<>();
      OUTCOMES.forEach(outcome -> outcomes.put(outcome, timer(call, outcome)));
      calls.put(call, outcomes);
    }
    messages = Counter.builder("vestibule.log.appended.messages").description("messages that this node stored in logs").register(registry);
    bytes = Counter.builder("vestibule.log.appended.bytes").description("what they carry").register(registry);
    dropped = Counter.builder("vestibule.log.dropped").description("messages that a shard of the embedded store had no room for, in the whole cluster").register(registry);
    brought = Counter.builder("vestibule.log.brought").description("messages that were kept in the memory of the cluster while Redis was lost, and that this node brought to Redis").register(registry);
    Gauge.builder("vestibule.log.bytes", this::bytes).description("what the shards of the embedded store take, in the whole cluster").register(registry);
    Gauge.builder("vestibule.log.limit.bytes", () -> memory).description("what they may take; 0 in Redis").register(registry);
  }

  private Timer timer(Call call, String outcome) {
    return Timer.builder("vestibule.log.store.calls").description("Calls to the store of topic logs").tag("call", call.name().toLowerCase(Locale.ROOT)).tag("outcome", outcome)
        .serviceLevelObjectives(Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5)).register(registry);
  }

  /** Shows which condition the store is in. */
  public void watch(Supplier<String> condition) {
    for (String one : CONDITIONS) {
      Gauge.builder("vestibule.log.store", () -> condition.get().equals(one) ? 1 : 0).description("1 for the condition that the store of topic logs is in")
          .tag("condition", one).register(registry);
    }
  }

  /** Shows the bytes that wait to be stored on a node. */
  public static void waiting(MeterRegistry registry, LongSupplier taken) {
    Gauge.builder("vestibule.log.waiting.bytes", taken::getAsLong).description("what waits on this node to be stored").register(registry);
  }

  /** A call has ended. */
  public void called(Call call, String outcome, long nanos) {
    calls.get(call).get(outcome).record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Messages were stored. */
  public void appended(int count, long payload) {
    messages.increment(count);
    bytes.increment(payload);
  }

  /** Messages were brought to Redis. */
  public void brought(int count) {
    brought.increment(count);
  }

  /** What a shard said of itself. */
  public void shard(int shard, long itsBytes, long lineage, long itsDropped) {
    synchronized (shares) {
      Share before = shares[shard];
      shares[shard] = new Share(itsBytes, lineage, itsDropped);
      if (before != null && before.lineage == lineage) {
        dropped.increment(Math.max(0, itsDropped - before.dropped));
      }
    }
  }

  private long bytes() {
    synchronized (shares) {
      long sum = 0;
      for (Share share : shares) {
        sum += share == null ? 0 : share.bytes;
      }
      return sum;
    }
  }
}
