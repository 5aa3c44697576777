package io.vestibule.gateway.topic;

import static io.vestibule.gateway.topic.TopicPattern.GLOBSTAR;
import static io.vestibule.gateway.topic.TopicPattern.STAR;

import java.util.List;

/**
 * How two patterns relate. Both questions are answered by a table over the pairs of rests, from the back, so the cost is the
 * product of the two depths whatever the wildcards are. Asked at subscribe time, not for each message.
 */
final class PatternRelation {
  private PatternRelation() {}

  /** Whether some topic matches both. */
  static boolean intersects(List<String> a, List<String> b) {
    var rest = new boolean[a.size() + 1][b.size() + 1];
    for (int i = a.size(); i >= 0; i--) {
      for (int j = b.size(); j >= 0; j--) {
        String x = i < a.size() ? a.get(i) : null;
        String y = j < b.size() ? b.get(j) : null;
        if (x == null && y == null) {
          rest[i][j] = true;
        } else if (GLOBSTAR.equals(x)) {
          rest[i][j] = rest[i + 1][j] || y != null && rest[i][j + 1];
        } else if (GLOBSTAR.equals(y)) {
          rest[i][j] = rest[i][j + 1] || x != null && rest[i + 1][j];
        } else if (x != null && y != null) {
          rest[i][j] = (x.equals(STAR) || y.equals(STAR) || x.equals(y)) && rest[i + 1][j + 1];
        }
      }
    }
    return rest[0][0];
  }

  /**
   * Whether every topic that the special pattern matches is matched by the general one, found by reading the special one as if its
   * wildcards were segments. That never says yes wrongly; it misses that {@code *.**} covers {@code **.a}.
   */
  static boolean covers(List<String> general, List<String> special) {
    var rest = new boolean[general.size() + 1][special.size() + 1];
    rest[general.size()][special.size()] = true;
    for (int i = general.size() - 1; i >= 0; i--) {
      for (int j = special.size(); j >= 0; j--) {
        String x = general.get(i);
        String y = j < special.size() ? special.get(j) : null;
        if (x.equals(GLOBSTAR)) {
          rest[i][j] = rest[i + 1][j] || y != null && rest[i][j + 1];
        } else if (y != null && !y.equals(GLOBSTAR)) {
          rest[i][j] = (x.equals(STAR) || x.equals(y)) && rest[i + 1][j + 1];
        }
      }
    }
    return rest[0][0];
  }
}
