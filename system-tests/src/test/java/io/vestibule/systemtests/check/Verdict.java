package io.vestibule.systemtests.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the judge found.
 *
 * @param violations what was promised and not kept, a sentence for each; empty is good
 */
record Verdict(Counts counts, List<Violation> violations) {
  /** The first of each promise, topic and person, and how many more of the kind there are: one fault breaks many. */
  List<String> summary() {
    Map<String, List<Violation>> kinds = new LinkedHashMap<>();
    violations.forEach(violation -> kinds.computeIfAbsent(violation.promise + " " + violation.topic + " " + violation.who, kind -> new ArrayList<>()).add(violation));
    return kinds.values().stream().map(all -> all.get(0) + (all.size() > 1 ? " (and " + (all.size() - 1) + " more)" : "")).toList();
  }

  /** The promises. */
  enum Promise {
    /** What was acknowledged comes to every subscriber, or a gap tells of it. */
    LOST,
    /** Nothing comes twice, and nothing is stored twice. */
    DOUBLED,
    /** Offsets come in their order, and a publisher's messages in his. */
    DISORDERED,
    /** At one place is one message, whoever says so. */
    TWO_AT_ONE_PLACE,
    /** No offset is left out without a gap. */
    SILENT_HOLE,
    /** Gaps begin where one is, lead on, and are told only where something may be gone. */
    WRONG_GAP,
    /** A message that is sent again is acknowledged with the place that it got first. */
    MOVED,
    /** Nothing comes that nobody has sent. */
    INVENTED
  }

  /**
   * One that was not kept.
   *
   * @param who saw it
   */
  record Violation(Promise promise, String topic, String who, String what) {
    @Override
    public String toString() {
      return promise + ": " + topic + ": " + who + " " + what;
    }
  }
}
