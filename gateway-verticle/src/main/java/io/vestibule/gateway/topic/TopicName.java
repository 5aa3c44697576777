package io.vestibule.gateway.topic;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;

/**
 * The grammar of literal topics: segments of {@code [A-Za-z0-9_:@~-]+} joined by dots, at most {@value #MAX_LENGTH}
 * characters and {@value #MAX_SEGMENTS} segments (docs/protocol.md, Topics). A topic travels as a plain string, since it is a
 * map key and a field of frames everywhere; this class is the gate it passes once.
 */
public final class TopicName {
  /** Characters of a topic or a pattern. */
  public static final int MAX_LENGTH = 255;

  /** Segments of a topic or a pattern. */
  public static final int MAX_SEGMENTS = 16;

  private TopicName() {}

  /**
   * Checks a topic that is to be published to.
   *
   * @return the topic
   * @throws Failure {@code WILDCARD_IN_PUBLISH} where a segment is a wildcard, {@code INVALID_TOPIC} for anything else
   */
  public static String requirePublishable(String topic) {
    String problem = problem(topic, false);
    if (problem != null && problem(topic, true) == null) {
      throw Failure.ofField(ErrorReason.WILDCARD_IN_PUBLISH, "topic");
    }
    return requireNone(topic, problem);
  }

  /**
   * Checks a topic that has to be literal, for anything but publishing.
   *
   * @return the topic
   * @throws Failure {@code INVALID_TOPIC}
   */
  public static String requireValid(String topic) {
    return requireNone(topic, problem(topic, false));
  }

  /** Whether this is a literal topic by the grammar. */
  public static boolean isValid(String topic) {
    return problem(topic, false) == null;
  }

  private static String requireNone(String topic, String problem) {
    if (problem != null) {
      throw Failure.ofField(ErrorReason.INVALID_TOPIC, "topic", "The topic is not valid: " + problem + ".");
    }
    return topic;
  }

  /** What is wrong with a topic or, where wildcards are permitted, with a pattern; null when nothing is. */
  static String problem(String text, boolean wildcards) {
    if (text.isEmpty()) {
      return "it is empty";
    }
    if (text.length() > MAX_LENGTH) {
      return "it is longer than " + MAX_LENGTH + " characters";
    }
    int segments = 0;
    for (int start = 0; start <= text.length(); segments++) {
      int end = segmentEnd(text, start);
      String problem = segmentProblem(text, start, end, wildcards);
      if (problem != null) {
        return problem;
      }
      start = end + 1;
    }
    return segments > MAX_SEGMENTS ? "it has more than " + MAX_SEGMENTS + " segments" : null;
  }

  private static String segmentProblem(String text, int start, int end, boolean wildcards) {
    if (start == end) {
      return "the segment at position " + start + " is empty";
    }
    for (int i = start; i < end; i++) {
      if (!isSegmentChar(text.charAt(i)) && !(wildcards && isWildcard(text, start, end))) {
        return "the character at position " + i + " is not permitted there";
      }
    }
    return null;
  }

  private static boolean isWildcard(String text, int start, int end) {
    return text.charAt(start) == '*' && (end - start == 1 || end - start == 2 && text.charAt(start + 1) == '*');
  }

  /** The index behind the last character of the segment that begins at {@code start}. */
  static int segmentEnd(String text, int start) {
    int dot = text.indexOf('.', start);
    return dot < 0 ? text.length() : dot;
  }

  /** Whether a segment may hold this character. */
  static boolean isSegmentChar(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
        || c == '_' || c == ':' || c == '@' || c == '~' || c == '-';
  }

  /** Whether the first segment of a topic or pattern is this one. */
  static boolean startsWithSegment(String text, String segment) {
    return text.startsWith(segment) && (text.length() == segment.length() || text.charAt(segment.length()) == '.');
  }
}
