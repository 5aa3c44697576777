package io.vestibule.admission.store;

import java.nio.charset.StandardCharsets;

/**
 * The keys of a cluster in Redis. All of a queue carry one hash tag, so that they live in one slot of a Redis cluster and a script may touch them together; whatever is in the names is
 * escaped, so that none can end the tag or look like another.
 */
final class RedisKeys {
  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private final String cluster;

  RedisKeys(String cluster) {
    this.cluster = escape(cluster);
  }

  /** Who may write, and what is kept of the queue besides its places. */
  String fence(String queue) {
    return key(queue, "fence");
  }

  String places(String queue) {
    return key(queue, "places");
  }

  String slots(String queue) {
    return key(queue, "slots");
  }

  /** Places of a queue that is being written back. */
  String placesBeside(String queue) {
    return key(queue, "places.next");
  }

  /** Slots of a queue that is being written back. */
  String slotsBeside(String queue) {
    return key(queue, "slots.next");
  }

  /** Counts the lives of the cluster. */
  String incarnations() {
    return "vestibule:{" + cluster + "}:incarnations";
  }

  private String key(String queue, String what) {
    return "vestibule:{" + cluster + "/" + escape(queue) + "}:" + what;
  }

  private static String escape(String name) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '_' || b == '.';
      if (plain) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(HEX[b >> 4 & 15]).append(HEX[b & 15]);
      }
    }
    return escaped.toString();
  }
}
