package io.vestibule.gateway.log;

import io.vestibule.contract.message.FanMessage;
import io.vestibule.gateway.log.store.TopicLog;
import io.vestibule.gateway.metrics.LogMeters;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The recent messages of topics that somebody on this node has come back to a moment ago, kept once for all its event loops, so that many who come back at once cost a read or two of each log and not one for each. What they
 * take is bounded: the topic that was asked for longest ago goes first, and is read again if it has to be. Thread-safe.
 */
public final class RecentMessages {
  /** The last of a storm comes a few seconds after the first; a client that was cut off tries again within this time. */
  private static final long KEPT_MS = 15_000;
  private static final long SWEEP_MS = 1_000;
  /** What a topic keeps by default may be more; whoever is further behind reads for himself. */
  private static final long TOPIC_BYTES = 2 << 20;
  private static final long NODE_BYTES = 32 << 20;
  /** What a message takes besides its frame, about. */
  private static final int OVERHEAD = 200;

  private final TopicLog log;
  private final LogMeters meters;
  private final long topicBytes;
  private final long nodeBytes;
  private final Map<String, Recent> topics = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong sweptMs = new AtomicLong();

  /** With the usual bounds: 2 MiB of a topic, 32 MiB of a node. */
  public RecentMessages(TopicLog log, LogMeters meters) {
    this(log, meters, TOPIC_BYTES, NODE_BYTES);
  }

  RecentMessages(TopicLog log, LogMeters meters, long topicBytes, long nodeBytes) {
    this.log = log;
    this.meters = meters;
    this.topicBytes = topicBytes;
    this.nodeBytes = nodeBytes;
    meters.recentBytes(bytes);
  }

  static int sizeOf(FanMessage message) {
    return OVERHEAD + message.frame().length();
  }

  TopicLog log() {
    return log;
  }

  LogMeters meters() {
    return meters;
  }

  /** Those of a topic, from now on if there were none. */
  Recent of(String topic, long nowMs) {
    return topics.computeIfAbsent(topic, absent -> new Recent(this, topic, topicBytes, nowMs));
  }

  void grown(Recent recent, long change) {
    if (bytes.addAndGet(change) > nodeBytes && change > 0) {
      List<Recent> oldest = topics.values().stream().filter(other -> other != recent).sorted(Comparator.comparingLong(Recent::usedMs)).toList();
      // Some more than needed, so that it is not done again at once.
      for (int i = 0; i < oldest.size() && bytes.get() > nodeBytes / 4 * 3; i++) {
        remove(oldest.get(i));
      }
    }
  }

  private void remove(Recent recent) {
    if (topics.remove(recent.topic(), recent)) {
      recent.close();
    }
  }

  /** To be called now and then, by every event loop. */
  void tick(long nowMs) {
    long swept = sweptMs.get();
    if (nowMs - swept >= SWEEP_MS && sweptMs.compareAndSet(swept, nowMs)) {
      topics.values().stream().filter(recent -> recent.isIdle(nowMs - KEPT_MS)).forEach(this::remove);
    }
  }
}
