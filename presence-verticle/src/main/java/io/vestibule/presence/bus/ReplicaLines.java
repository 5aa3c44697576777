package io.vestibule.presence.bus;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A line to each of some nodes. One event loop. */
final class ReplicaLines {
  private final Map<String, ReplicaLine<?, ?>> lines = new HashMap<>();
  private final Function<String, ReplicaLine<?, ?>> opening;
  private Set<String> live = Set.of();

  /**
   * None yet.
   *
   * @param opening makes the line to a node
   */
  ReplicaLines(Function<String, ReplicaLine<?, ?>> opening) {
    this.opening = opening;
  }

  /** The nodes that are in the cluster. */
  void nodesAre(Set<String> now) {
    if (now.equals(live)) {
      return;
    }
    live = now;
    lines.entrySet().removeIf(line -> {
      if (!now.contains(line.getKey())) {
        line.getValue().end();
        return true;
      }
      return false;
    });
    now.forEach(node -> lines.computeIfAbsent(node, opening));
  }

  /** Of these shards there may be something to tell. */
  void due(BitSet shards) {
    lines.values().forEach(line -> line.due(shards));
  }

  /** It is time to look whether the others have what they should have. */
  void beat() {
    lines.values().forEach(ReplicaLine::beat);
  }

  /** Sends what is to be sent. */
  void flush() {
    lines.values().forEach(ReplicaLine::flush);
  }

  /** Says nothing more. */
  void end() {
    lines.values().forEach(ReplicaLine::end);
    lines.clear();
  }
}
