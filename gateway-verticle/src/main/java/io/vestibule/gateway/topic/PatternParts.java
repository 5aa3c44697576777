package io.vestibule.gateway.topic;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A pattern cut at its {@code **}.
 *
 * @param head the segments before the first {@code **}, or all where there is none
 * @param tail the segments after the last {@code **} in reverse order, or null where there is none
 * @param middle the segments between two {@code **}, or null where there are not two
 */
record PatternParts(List<String> head, List<String> tail, List<String> middle) {

  static PatternParts of(TopicPattern pattern) {
    List<String> all = pattern.segments();
    int first = all.indexOf(TopicPattern.GLOBSTAR);
    if (first < 0) {
      return new PatternParts(all, null, null);
    }
    int last = all.lastIndexOf(TopicPattern.GLOBSTAR);
    var tail = new ArrayList<>(all.subList(last + 1, all.size()));
    Collections.reverse(tail);
    return new PatternParts(all.subList(0, first), tail, first == last ? null : all.subList(first + 1, last));
  }
}
