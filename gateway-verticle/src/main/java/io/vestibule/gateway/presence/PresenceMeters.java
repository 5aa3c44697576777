package io.vestibule.gateway.presence;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What a gateway says of presence, in figures. Written by one thread. */
public final class PresenceMeters {
  private volatile int stated;
  private volatile int watched;
  private volatile long divergences;

  /** Makes every meter. */
  public PresenceMeters(MeterRegistry registry) {
    Gauge.builder("vestibule.presence.stated", this, m -> m.stated).description("Users in topics by the connections of this node, each in each counted").register(registry);
    Gauge.builder("vestibule.presence.watched", this, m -> m.watched).description("Topics whose presence clients of this node watch").register(registry);
    FunctionCounter.builder("vestibule.presence.view.divergences", this, m -> m.divergences).description("Silent differences from what an owner knows that were found and mended")
        .register(registry);
  }

  void counted(int statedNow, int watchedNow) {
    stated = statedNow;
    watched = watchedNow;
  }

  void diverged(long times) {
    divergences = times;
  }
}
