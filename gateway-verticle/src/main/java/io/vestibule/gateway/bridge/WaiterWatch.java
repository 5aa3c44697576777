package io.vestibule.gateway.bridge;

import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Sees to it that somebody who waits gives signs of life, as the bridge of Vert.x does for those who are in. One for each socket; on its event loop. */
final class WaiterWatch {
  private final ContextInternal context;
  private final BridgeLimits limits;
  private final BooleanSupplier waits;
  private final Runnable silent;
  private boolean running;
  private long seenMs;

  /**
   * A watch that does not run yet.
   *
   * @param waits whether the client still waits
   * @param silent is called when it has been silent for too long
   */
  WaiterWatch(ContextInternal context, BridgeLimits limits, BooleanSupplier waits, Runnable silent) {
    this.context = context;
    this.limits = limits;
    this.waits = waits;
    this.silent = silent;
    seen();
  }

  /** A sign of life. */
  void seen() {
    seenMs = limits.nowMs();
  }

  /** The client waits from now on. */
  void run() {
    if (!running) {
      running = true;
      look(limits.pingTimeoutMs());
    }
  }

  private void look(long afterMs) {
    context.owner().timer(Math.max(1, afterMs), TimeUnit.MILLISECONDS).onComplete(due -> context.emit(this::due, Runnable::run));
  }

  private void due() {
    long silentMs = limits.nowMs() - seenMs;
    if (!waits.getAsBoolean()) {
      running = false;
    } else if (silentMs >= limits.pingTimeoutMs()) {
      silent.run();
    } else {
      look(limits.pingTimeoutMs() - silentMs);
    }
  }
}
