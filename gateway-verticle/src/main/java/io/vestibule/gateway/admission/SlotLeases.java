package io.vestibule.gateway.admission;

import io.vestibule.cluster.ownership.ShardKinds;
import java.time.Duration;
import java.util.Arrays;

/**
 * How long the slots of this node's sockets are sure to count, for each shard of queues. A coordinator that loses sight of this node keeps the slots for a while and gives them to others then; it
 * cannot have lost sight before the last question that it answered was asked. So sockets whose slots nobody has answered for, for {@code patience} since a question, have to be closed. Thread-safe.
 */
public final class SlotLeases {
  private static final int SHARDS = ShardKinds.QUEUES.count();

  private final long patienceMs;
  private final long[] sinceMs = new long[SHARDS];
  private final int[] lapses = new int[SHARDS];

  /**
   * Leases that all begin now.
   *
   * @param patience from {@link #patience}; 0: they never lapse
   * @param nowMs by the monotonic clock
   */
  public SlotLeases(Duration patience, long nowMs) {
    this.patienceMs = patience.toMillis();
    Arrays.fill(sinceMs, nowMs);
  }

  /**
   * How long after a question sockets are kept that nobody has answered for since. It ends before the grace by as long as a node may be silent before it is given up: a coordinator that was cut off together with this node
   * answers for a part of that, and people need some of it to come back elsewhere; clocks that run differently, and the closing, take less than a second. But it is at least twice that time, since so long may nobody
   * lead while a queue is taken over.
   *
   * @param grace how long coordinators keep slots for a node that is gone
   * @param failureTimeout how long a node is silent before it is given up
   */
  public static Duration patience(Duration grace, Duration failureTimeout) {
    Duration before = grace.minus(failureTimeout);
    Duration least = failureTimeout.multipliedBy(2);
    return before.compareTo(least) > 0 ? before : least;
  }

  /**
   * A coordinator node has answered.
   *
   * @param shards the bits of those that it answers for
   * @param askedMs when it was asked: what the answer says may be over when it comes
   */
  public synchronized void renewed(long shards, long askedMs, long nowMs) {
    // What lapsed before this came stays lapsed: others may have the slots.
    expire(nowMs);
    for (int shard = 0; shard < SHARDS; shard++) {
      if ((shards & 1L << shard) != 0) {
        sinceMs[shard] = Math.max(sinceMs[shard], askedMs);
      }
    }
  }

  /** Time has passed. */
  public synchronized void expire(long nowMs) {
    for (int shard = 0; patienceMs > 0 && shard < SHARDS; shard++) {
      if (nowMs - sinceMs[shard] >= patienceMs) {
        lapses[shard]++;
        sinceMs[shard] = nowMs;
      }
    }
  }

  /** How often the slots of a shard have ceased to be sure: whoever held one at that moment may hold it no more. */
  public synchronized int lapses(int shard) {
    return lapses[shard];
  }
}
