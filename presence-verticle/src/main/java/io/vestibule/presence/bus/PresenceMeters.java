package io.vestibule.presence.bus;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vestibule.contract.replica.ReplicaAnswer.Outcome;
import io.vestibule.presence.bus.OwnedShards.Figures;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** Presence in figures, held; labels are of closed lists. One event loop writes; any thread may read. */
final class PresenceMeters {
  private final MeterRegistry registry;
  private final Map<Outcome, Counter> heard = new EnumMap<>(Outcome.class);
  private final Map<Outcome, Counter> told = new EnumMap<>(Outcome.class);
  private final Counter untold;
  private final Counter refused;
  private final Counter divergences;
  private final Counter known;
  private final Counter unknown;
  private final Counter online;
  private final Counter offline;
  private volatile Figures now = Figures.NONE;

  PresenceMeters(MeterRegistry registry) {
    this.registry = registry;
    Stream.of(Outcome.values()).forEach(outcome -> {
      heard.put(outcome, updates("in", outcome.name().toLowerCase(Locale.ROOT)));
      told.put(outcome, updates("out", outcome.name().toLowerCase(Locale.ROOT)));
    });
    this.untold = updates("out", "failed");
    this.refused = updates("in", "failed");
    this.divergences = counter("vestibule.presence.divergences", "Statements of gateways that were found to differ from what was known of them", "direction", "in");
    this.known = counter("vestibule.presence.questions", "Topics that were asked for", "outcome", "known");
    this.unknown = counter("vestibule.presence.questions", "Topics that were asked for", "outcome", "unknown");
    this.online = counter("vestibule.presence.edges", "Users of whom applications were told", "edge", "online");
    this.offline = counter("vestibule.presence.edges", "Users of whom applications were told", "edge", "offline");
    gauge("vestibule.presence.rooms", "Topics that somebody is in or watches", Figures::rooms);
    gauge("vestibule.presence.members", "Members of all topics", Figures::members);
    gauge("vestibule.presence.users", "Users who are online", Figures::users);
    gauge("vestibule.presence.shards.incomplete", "Shards that are held and of which some gateway has not said everything yet", figures -> figures.held() - figures.complete());
    gauge("vestibule.presence.gateways.awaited", "Gateways that have not said everything yet", Figures::awaited);
  }

  /** How it is now. */
  void are(Figures figures) {
    now = figures;
  }

  /** An update of a gateway was answered. */
  void heard(Outcome outcome) {
    heard.get(outcome).increment();
  }

  /** A message of a gateway was refused. */
  void refused() {
    refused.increment();
  }

  /** A gateway has answered an update. */
  void told(Outcome outcome) {
    told.get(outcome).increment();
  }

  /** A gateway did not answer so many updates. */
  void untold(int updates) {
    untold.increment(updates);
  }

  void diverged() {
    divergences.increment();
  }

  void asked(boolean isKnown) {
    (isKnown ? known : unknown).increment();
  }

  void edge(boolean isOnline) {
    (isOnline ? online : offline).increment();
  }

  private Counter updates(String direction, String outcome) {
    return Counter.builder("vestibule.presence.updates").description("Updates of a shard: statements of gateways that came in, news for gateways that went out")
        .tag("direction", direction).tag("outcome", outcome).register(registry);
  }

  private Counter counter(String name, String description, String tag, String value) {
    return Counter.builder(name).description(description).tag(tag, value).register(registry);
  }

  private void gauge(String name, String description, ToIntFunction<Figures> value) {
    Gauge.builder(name, () -> value.applyAsInt(now)).description(description).register(registry);
  }
}
