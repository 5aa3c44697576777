package io.vestibule.gateway.load;

import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * How far the clocks of the nodes are apart, as this node can tell from the time that each of them says every second. A message takes time, which only makes the other clock look late: so of the last few the one that
 * looks least so counts. What was heard within the last hour is remembered, also of nodes that have gone and of clocks that were set since: people come back with times that were told them then. Thread-safe.
 */
public final class ClockSpread {
  private static final EventLog EVENTS = EventLog.of(ClockSpread.class);
  private static final int SAMPLES = 10;
  private static final int MINUTES = 60;
  private static final long MINUTE_MS = 60_000;
  private static final long WARNED_MS = 2_000;
  /** A node that was frozen hears at once what was said meanwhile, all of it late. */
  private static final long WARNED_AFTER_MS = 10_000;

  private final Map<String, Ahead> nodes = new HashMap<>();
  private final Minute[] lastHour = new Minute[MINUTES];

  /** By how much a clock was ahead of this node's, the last few times that it was heard. */
  private static final class Ahead {
    private final long[] last = new long[SAMPLES];
    private int heard;
    private long differsSinceMs;
    private boolean warned;

    long ms() {
      return Arrays.stream(last, 0, Math.min(heard, SAMPLES)).max().getAsLong();
    }
  }

  /** From the clock that was furthest behind this node's to the one that was furthest ahead, within a minute. */
  private record Minute(long number, long behindMs, long aheadMs) {}

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
    ahead.last[ahead.heard++ % SAMPLES] = itsMs - nowMs;
    long aheadMs = ahead.ms();
    warn(ahead, name, aheadMs, nowMs);
    long minute = nowMs / MINUTE_MS;
    int slot = (int) Math.floorMod(minute, (long) MINUTES);
    Minute before = lastHour[slot] != null && lastHour[slot].number == minute ? lastHour[slot] : new Minute(minute, 0, 0);
    lastHour[slot] = new Minute(minute, Math.min(before.behindMs, aheadMs), Math.max(before.aheadMs, aheadMs));
  }

  private static void warn(Ahead ahead, String name, long aheadMs, long nowMs) {
    if (Math.abs(aheadMs) < WARNED_MS) {
      ahead.differsSinceMs = 0;
      ahead.warned &= Math.abs(aheadMs) >= WARNED_MS / 2;
    } else if (ahead.differsSinceMs == 0) {
      ahead.differsSinceMs = nowMs;
    } else if (!ahead.warned && nowMs - ahead.differsSinceMs >= WARNED_AFTER_MS) {
      ahead.warned = true;
      EVENTS.warn(LogEvent.CLOCK_DIFFERS, null).with(LogKey.NODE, name).with(LogKey.DURATION_MS, aheadMs).write();
    }
  }

  /** Only these are there still. */
  public synchronized void keep(Predicate<String> present) {
    nodes.keySet().removeIf(present.negate());
  }

  /** Between the clock that is furthest ahead and the one that is furthest behind now, milliseconds. */
  public synchronized long apartMs() {
    long behindMs = 0;
    long aheadMs = 0;
    for (Ahead node : nodes.values()) {
      behindMs = Math.min(behindMs, node.ms());
      aheadMs = Math.max(aheadMs, node.ms());
    }
    return aheadMs - behindMs;
  }

  /**
   * The same of the last hour.
   *
   * @param nowMs Unix milliseconds, by this node's clock
   */
  public synchronized long lastHourMs(long nowMs) {
    long oldest = nowMs / MINUTE_MS - MINUTES;
    long behindMs = 0;
    long aheadMs = 0;
    for (Minute minute : lastHour) {
      if (minute != null && minute.number > oldest) {
        behindMs = Math.min(behindMs, minute.behindMs);
        aheadMs = Math.max(aheadMs, minute.aheadMs);
      }
    }
    return aheadMs - behindMs;
  }
}
