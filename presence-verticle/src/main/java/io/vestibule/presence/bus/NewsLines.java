package io.vestibule.presence.bus;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A line to each gateway. One event loop. */
final class NewsLines {
  private final Map<String, NewsLine> lines = new HashMap<>();
  private final Function<String, NewsLine> opening;
  private Set<String> live = Set.of();

  /**
   * None yet.
   *
   * @param opening makes the line to a gateway
   */
  NewsLines(Function<String, NewsLine> opening) {
    this.opening = opening;
  }

  /** The gateways that are in the cluster. */
  void gatewaysAre(Set<String> now) {
    if (now.equals(live)) {
      return;
    }
    live = now;
    lines.entrySet().removeIf(line -> {
      if (!live.contains(line.getKey())) {
        line.getValue().end();
        return true;
      }
      return false;
    });
    live.forEach(gateway -> lines.computeIfAbsent(gateway, opening));
  }

  /** Of these shards there may be something to tell. */
  void due(BitSet shards) {
    lines.values().forEach(line -> line.due(shards));
  }

  /** It is time to look whether gateways have what they should have. */
  void beat() {
    lines.values().forEach(NewsLine::beat);
  }

  /** Sends what is to be sent. */
  void flush() {
    lines.values().forEach(NewsLine::flush);
  }

  /** Says nothing more. */
  void end() {
    lines.values().forEach(NewsLine::end);
    lines.clear();
  }
}
