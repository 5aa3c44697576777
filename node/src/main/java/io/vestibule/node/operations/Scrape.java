package io.vestibule.node.operations;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Writes the figures out in Prometheus' text format, on a worker thread: a large registry takes hundreds of milliseconds. Thread-safe. */
public final class Scrape {
  /** The media type of what is written. */
  static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final SingleFlight<String> scrape;

  public Scrape(Vertx vertx, PrometheusMeterRegistry registry) {
    this.scrape = new SingleFlight<>(() -> vertx.executeBlocking(() -> registry.scrape(MEDIA_TYPE), false));
  }

  /** All figures; completes on any thread. */
  Future<String> text() {
    return scrape.get();
  }
}
