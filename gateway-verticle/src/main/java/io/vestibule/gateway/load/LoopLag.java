package io.vestibule.gateway.load;

import java.util.concurrent.atomic.LongAccumulator;

/** How late the event loops of this node were at the worst since somebody asked last. Thread-safe. */
public final class LoopLag {
  private final LongAccumulator worstNanos = new LongAccumulator(Math::max, 0);

  /** A timer of an event loop fired so late. */
  public void late(long nanos) {
    worstNanos.accumulate(nanos);
  }

  /** The worst since the last call, in nanoseconds. */
  public long take() {
    return worstNanos.getThenReset();
  }
}
