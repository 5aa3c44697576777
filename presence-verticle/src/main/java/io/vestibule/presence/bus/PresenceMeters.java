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
  private final Told news;
  private final Told said;
  private final Counter refused;
  private final Counter divergences;
  private final Counter known;
  private final Counter unknown;
  private final Counter online;
  private final Counter offline;
  private volatile Figures now = Figures.NONE;

  /** Updates that go out, by what becomes of them. */
  final class Told {
    private final Map<Outcome, Counter> answered = new EnumMap<>(Outcome.class);
    private final Counter unanswered;

    private Told(String direction) {
      Stream.of(Outcome.values()).forEach(outcome -> answered.put(outcome, updates(direction, outcome.name().toLowerCase(Locale.ROOT))));
      this.unanswered = updates(direction, "failed");
    }

    void answered(Outcome outcome) {
      answered.get(outcome).increment();
    }

    void unanswered(int updates) {
      unanswered.increment(updates);
    }
  }

  PresenceMeters(MeterRegistry registry) {
    this.registry = registry;
    Stream.of(Outcome.values()).forEach(outcome -> {
      heard.put(outcome, updates("in", outcome.name().toLowerCase(Locale.ROOT)));
    });
    this.news = new Told("out");
    this.said = new Told("said");
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

  /** What gateways are told. */
  Told news() {
    return news;
  }

  /** What other nodes with the role are told. */
  Told said() {
    return said;
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
    return Counter.builder("vestibule.presence.updates").description("Updates of a shard: statements of gateways that came in, news for gateways that went out, what was said of users for the other nodes with the role")
        .tag("direction", direction).tag("outcome", outcome).register(registry);
  }

  private Counter counter(String name, String description, String tag, String value) {
    return Counter.builder(name).description(description).tag(tag, value).register(registry);
  }

  private void gauge(String name, String description, ToIntFunction<Figures> value) {
    Gauge.builder(name, () -> value.applyAsInt(now)).description(description).register(registry);
  }
}
