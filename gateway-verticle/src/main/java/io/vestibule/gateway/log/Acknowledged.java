package io.vestibule.gateway.log;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far topics were when this node last acknowledged something in them: who is told that his message is stored, and subscribes then, begins behind it, however late the tails of the node are. Kept for as long as those can
 * be late, and for so many topics. Thread-safe.
 */
public final class Acknowledged {
  /** What the bus has lost is read within a second or two. */
  private static final long KEPT_MS = 30_000;
  private static final int MOST = 50_000;

  private final int most;
  private final Object turning = new Object();
  private volatile Map<String, Position> now = new ConcurrentHashMap<>();
  private volatile Map<String, Position> before = Map.of();
  private volatile long turnedMs = Long.MIN_VALUE;

  /** Knows nothing, and will know 50,000 topics at least if there are as many. */
  public Acknowledged() {
    this(MOST);
  }

  Acknowledged(int most) {
    this.most = most;
  }

  /** Something is about to be acknowledged. */
  void put(String topic, Position place, long nowMs) {
    if (nowMs - KEPT_MS >= turnedMs || now.size() >= most) {
      turn(nowMs);
    }
    now.merge(topic, place, Acknowledged::later);
  }

  private void turn(long nowMs) {
    synchronized (turning) {
      if (nowMs - KEPT_MS >= turnedMs || now.size() >= most) {
        turnedMs = nowMs;
        before = now;
        now = new ConcurrentHashMap<>();
      }
    }
  }

  /** How far a topic was; null where nothing was acknowledged lately. */
  Position of(String topic) {
    // In this order: what is in neither was put while they were turned.
    Position last = now.get(topic);
    Position earlier = before.get(topic);
    return last == null ? earlier : earlier == null ? last : later(earlier, last);
  }

  /** An append may be heard of later than the one after it; of two epochs the last word counts. */
  private static Position later(Position known, Position told) {
    return known.epoch() == told.epoch() && known.offset() > told.offset() ? known : told;
  }
}
