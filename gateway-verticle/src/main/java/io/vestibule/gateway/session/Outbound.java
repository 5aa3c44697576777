package io.vestibule.gateway.session;

import io.vertx.core.buffer.Buffer;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.gateway.topic.SlowConsumerPolicy;
import io.vestibule.gateway.transport.OutboundFrame;
import io.vestibule.gateway.transport.Transport;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The watch over a way out on which bytes are waiting: whether the client reads at all, and what is kept for it meanwhile on topics that conflate. Exists only
 * while there is something to watch.
 */
final class Outbound {
  /** From so many waiting bytes on it is watched. */
  static final long WATCHED_BYTES = 64 * 1024;

  /** How often, in milliseconds. */
  static final long LOOK_MS = 1_000;

  private long progress;
  private long progressedAtMs;
  private Map<String, Buffer> latest;
  private long latestBytes;

  Outbound(long progress, long nowMs) {
    this.progress = progress;
    this.progressedAtMs = nowMs;
  }

  /** Whether an older message of the topic is kept back, which a new one must not overtake. */
  boolean keepsBack(String topic) {
    return latest != null && latest.containsKey(topic);
  }

  /** Whether anything is kept back. */
  boolean keepsBack() {
    return latest != null;
  }

  /** There is no room for this message. */
  void refused(Connection connection, OutboundFrame frame, String topic, SlowConsumerPolicy policy) {
    connection.slow(policy);
    switch (policy) {
      case DISCONNECT -> connection.close(CloseReason.SLOW_CONSUMER);
      case DROP -> { }
      case CONFLATE -> keep(topic, frame.json(), connection.outboundLimit());
    }
  }

  private void keep(String topic, Buffer json, long limit) {
    if (latest == null) {
      latest = new LinkedHashMap<>();
    }
    Buffer replaced = latest.remove(topic);
    latestBytes += json.length() - (replaced == null ? 0 : replaced.length());
    latest.put(topic, json);
    // Of very many topics, those that have been silent longest are given up.
    for (Iterator<Buffer> oldest = latest.values().iterator(); latestBytes > limit && latest.size() > 1; ) {
      latestBytes -= oldest.next().length();
      oldest.remove();
    }
  }

  /**
   * Looks after the client.
   *
   * @return whether the client has read nothing for this long
   */
  boolean stalled(Transport transport, long stallMs, long nowMs) {
    long now = transport.progress();
    // What is sent meanwhile may make the figure smaller, because queues count some bytes of their own for each entry.
    if (now > progress) {
      progressedAtMs = nowMs;
    }
    progress = now;
    return nowMs - progressedAtMs >= stallMs;
  }

  /** Sends what was kept as far as there is room, and says whether nothing is left to watch. */
  boolean drained(Connection connection, long limit) {
    Transport transport = connection.transport();
    while (latest != null && transport.bufferedBytes() < limit / 2) {
      Iterator<Buffer> kept = latest.values().iterator();
      Buffer json = kept.next();
      kept.remove();
      latestBytes -= json.length();
      connection.sendKept(json);
      if (latest.isEmpty()) {
        latest = null;
      }
    }
    return latest == null && transport.bufferedBytes() <= WATCHED_BYTES;
  }
}
