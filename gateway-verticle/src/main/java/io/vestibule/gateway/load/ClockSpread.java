package io.vestibule.gateway.load;

import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far the clocks of the nodes are apart, as this node can tell from the time that each of them says every second. A message takes time, which only makes the other clock look late: so of the last few the one that
 * looks least so counts. Who has gone is remembered: people come back with times that it gave them. Thread-safe.
 */
public final class ClockSpread {
  private static final EventLog EVENTS = EventLog.of(ClockSpread.class);
  private static final int MOST = 10;
  private static final int NODES = 1_000;
  private static final long WARNED_MS = 2_000;

  private final Map<String, Ahead> nodes = new LinkedHashMap<>(16, 0.75f, true);
  private volatile long apartMs;

  /** By how much a clock was ahead of this node's, the last few times that it was heard. */
  private static final class Ahead {
    private final long[] last = new long[MOST];
    private int heard;
    private boolean warned;

    long hear(long aheadMs) {
      last[heard++ % MOST] = aheadMs;
      return ms();
    }

    long ms() {
      return Arrays.stream(last, 0, Math.min(heard, MOST)).max().getAsLong();
    }
  }

  /**
   * A node has told the time.
   *
   * @param node its id
   * @param name what operators call it
   * @param itsMs Unix milliseconds when it said so, by its clock
   * @param nowMs Unix milliseconds, by this node's
   */
  public synchronized void hear(String node, String name, long itsMs, long nowMs) {
    Ahead ahead = nodes.computeIfAbsent(node, id -> new Ahead());
    long aheadMs = ahead.hear(itsMs - nowMs);
    boolean differs = Math.abs(aheadMs) >= WARNED_MS;
    if (differs && !ahead.warned) {
      EVENTS.warn(LogEvent.CLOCK_DIFFERS, null).with(LogKey.NODE, name).with(LogKey.DURATION_MS, aheadMs).write();
    }
    ahead.warned = differs;
    if (nodes.size() > NODES) {
      nodes.remove(nodes.keySet().iterator().next());
    }
    long earliest = nodes.values().stream().mapToLong(Ahead::ms).min().getAsLong();
    long latest = nodes.values().stream().mapToLong(Ahead::ms).max().getAsLong();
    apartMs = Math.max(0, latest) - Math.min(0, earliest);
  }

  /** Between the clock that is furthest ahead and the one that is furthest behind, milliseconds. Any thread. */
  public long apartMs() {
    return apartMs;
  }
}
