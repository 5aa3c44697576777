package io.vestibule.systemtests.harness;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** How long a node answered nothing, held up by the machine: it is asked for next to nothing all the time, on one of the event loops that serve its sockets. Ends with the node. Thread-safe. */
final class Pulse implements AutoCloseable {
  private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final VestibuleProcess node;
  private final Thread asking;
  private long dueNanos = System.nanoTime();
  private long longestNanos;
  private boolean ended;

  private Pulse(VestibuleProcess node) {
    this.node = node;
    this.asking = new Thread(this::ask, "pulse-of-" + node.name());
  }

  /** Begins to ask. */
  static Pulse of(VestibuleProcess node) {
    Pulse pulse = new Pulse(node);
    pulse.asking.setDaemon(true);
    pulse.asking.start();
    return pulse;
  }

  private void ask() {
    try {
      while (true) {
        node.get("/health/live");
        answered();
        TimeUnit.NANOSECONDS.sleep(PACE_NANOS);
      }
    } catch (IOException theNodeIsNoMore) {
      end();
    } catch (InterruptedException closed) {
      end();
    }
  }

  private synchronized void answered() {
    longestNanos = heldUpNanos();
    dueNanos = System.nanoTime() + PACE_NANOS;
  }

  private synchronized void end() {
    ended = true;
  }

  /** The longest time that an answer was late, one that has not come yet included; of a node that is no more as long as it was. */
  synchronized long heldUpNanos() {
    return ended ? longestNanos : Math.max(longestNanos, System.nanoTime() - dueNanos);
  }

  @Override
  public void close() {
    asking.interrupt();
  }
}
