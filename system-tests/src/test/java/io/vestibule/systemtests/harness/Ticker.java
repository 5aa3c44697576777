package io.vestibule.systemtests.harness;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A clock that ticks until it is closed, to see for how long the machine held this process up. */
public final class Ticker implements AutoCloseable {
  private static final long TICK_MS = 20;

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private long lastNanos = System.nanoTime();
  private long longestNanos;

  /** One that ticks from now on. */
  public Ticker() {
    clock.scheduleAtFixedRate(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private synchronized void tick() {
    long now = System.nanoTime();
    longestNanos = Math.max(longestNanos, now - lastNanos);
    lastNanos = now;
  }

  /** The longest time between two ticks, up to now. */
  public synchronized Duration longestPause() {
    tick();
    return Duration.ofNanos(longestNanos);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
