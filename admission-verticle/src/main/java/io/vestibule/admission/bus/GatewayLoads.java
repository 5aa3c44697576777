package io.vestibule.admission.bus;

import io.vestibule.contract.admission.GatewayLoad;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the gateways said of themselves lately. Soft state: a gateway that is silent for {@value #SILENCE_MILLIS} ms offers nothing. Times are milliseconds of a monotonic clock.
 */
final class GatewayLoads {
  /** Gateways speak each second; five lost messages are no accident. */
  static final long SILENCE_MILLIS = 5_000;

  /** An event loop this late makes clients wait noticeably. */
  static final int STRAINED_LAG_MILLIS = 100;

  /** A heap so full after a collection (thousandths) collects all the time soon. */
  static final int STRAINED_HEAP = 850;

  /** Processors so busy (thousandths) leave nothing for a burst. */
  static final int STRAINED_CPU = 900;

  private final Map<String, Heard> byNode = new HashMap<>();
  private final boolean adaptive;

  private record Heard(GatewayLoad load, long atMs) {}

  /**
   * Nobody has spoken.
   *
   * @param adaptive whether strain is to be noticed
   */
  GatewayLoads(boolean adaptive) {
    this.adaptive = adaptive;
  }

  /** A gateway spoke. */
  void heard(GatewayLoad load, long nowMs) {
    byNode.put(load.node(), new Heard(load, nowMs));
  }

  /** Forgets all others. */
  void retain(Set<String> gateways) {
    byNode.keySet().retainAll(gateways);
  }

  /** How many connections the gateways offer together; 0 for no limit: one of them has none, or none has spoken yet. -1 for nothing: all that spoke are draining. */
  int offered(long nowMs) {
    long sum = 0;
    boolean any = false;
    for (Heard heard : byNode.values()) {
      if (isFresh(heard, nowMs)) {
        any = true;
        if (!heard.load().draining()) {
          if (heard.load().maxConnections() == 0) {
            return 0;
          }
          sum += heard.load().maxConnections();
        }
      }
    }
    return !any ? 0 : sum == 0 ? -1 : (int) Math.min(Integer.MAX_VALUE, sum);
  }

  /** Whether a gateway has too much to do. */
  boolean strained(long nowMs) {
    return adaptive && byNode.values().stream().anyMatch(heard -> isFresh(heard, nowMs) && isStrained(heard.load()));
  }

  private static boolean isFresh(Heard heard, long nowMs) {
    return nowMs - heard.atMs() <= SILENCE_MILLIS;
  }

  private static boolean isStrained(GatewayLoad load) {
    return load.loopLagMs() >= STRAINED_LAG_MILLIS || load.heapAfterGc() >= STRAINED_HEAP || load.cpu() >= STRAINED_CPU;
  }
}
