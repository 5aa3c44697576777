package io.vestibule.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vestibule.contract.message.FeedReport;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The feeds of a node. Thread-safe. */
public final class FeedMeters {
  private final Feed events;
  private final Feed messages;

  public FeedMeters(MeterRegistry registry) {
    events = new Feed("events", registry);
    messages = new Feed("messages", registry);
  }

  /** {@code /events/subscribe}. */
  public Feed events() {
    return events;
  }

  /** {@code /messages/subscribe}. */
  public Feed messages() {
    return messages;
  }

  /** How all of them are. */
  public FeedReport report() {
    return new FeedReport(List.of(events.figures(), messages.figures()));
  }

  /** One feed: what is counted, and who is let in by that. */
  public static final class Feed {
    private final String name;
    private final AtomicInteger active = new AtomicInteger();
    private final Counter opened;
    private final Counter delivered;

    private Feed(String name, MeterRegistry registry) {
      this.name = name;
      Gauge.builder("vestibule.feed.connections", active, AtomicInteger::get).tag("feed", name).description("Open sockets of a feed").register(registry);
      opened = Counter.builder("vestibule.feed.opened").tag("feed", name).description("Sockets of a feed that were let in").register(registry);
      delivered = Counter.builder("vestibule.feed.delivered").tag("feed", name).description("Messages given to sockets of a feed").register(registry);
    }

    /**
     * Counts somebody in, if there is room.
     *
     * @param most 0 for no limit
     * @return whether he was, and {@link #left} has to follow once
     */
    public boolean enter(int most) {
      if (active.incrementAndGet() > most && most > 0) {
        active.decrementAndGet();
        return false;
      }
      return true;
    }

    /** The socket of somebody who was counted in is open. */
    public void opened() {
      opened.increment();
    }

    /** Somebody has gone. */
    public void left() {
      active.decrementAndGet();
    }

    /** A message was given to a socket. */
    public void delivered() {
      delivered.increment();
    }

    private FeedReport.Figures figures() {
      return new FeedReport.Figures(name, active.get(), (long) opened.count(), (long) delivered.count());
    }
  }
}
