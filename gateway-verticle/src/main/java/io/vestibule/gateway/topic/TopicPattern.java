package io.vestibule.gateway.topic;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;

/**
 * What can be subscribed to: a topic in which {@code *} stands for exactly one segment and {@code **} for zero or more, the
 * latter at most {@value #MAX_GLOBSTARS} times (docs/protocol.md, Topics). A pattern without wildcards is a literal topic.
 *
 * <p>It holds nothing but its text, since a server keeps one for each subscription.
 *
 * @param text as the client wrote it
 */
public record TopicPattern(String text) {
  /** How often {@code **} may stand in a pattern. */
  public static final int MAX_GLOBSTARS = 2;

  static final String STAR = "*";
  static final String GLOBSTAR = "**";

  /**
   * Checks the grammar.
   *
   * @throws Failure {@code INVALID_PATTERN}, or {@code INVALID_TOPIC} where the text has no {@code *} at all
   */
  public TopicPattern {
    String problem = TopicName.problem(text, true);
    if (problem == null && globstars(text) > MAX_GLOBSTARS) {
      problem = "it has ** more than " + MAX_GLOBSTARS + " times";
    }
    if (problem != null) {
      throw text.indexOf('*') < 0
          ? Failure.ofField(ErrorReason.INVALID_TOPIC, "topic", "The topic is not valid: " + problem + ".")
          : Failure.ofField(ErrorReason.INVALID_PATTERN, "topic", "The topic pattern is not valid: " + problem + ".");
    }
  }

  /**
   * Reads a pattern, which may be a literal topic.
   *
   * @throws Failure {@code INVALID_PATTERN}, or {@code INVALID_TOPIC} where the text has no {@code *} at all
   */
  public static TopicPattern parse(String text) {
    return new TopicPattern(text);
  }

  /** Whether the pattern has no wildcard, so that it matches the one topic which is its text. */
  public boolean isLiteral() {
    return text.indexOf('*') < 0;
  }

  /**
   * Whether the pattern matches a topic. Allocates nothing.
   *
   * <p>Where a comparison fails, only the last {@code **} needs to take one more segment: what an earlier one might do instead, the
   * last one can do as well. So the cost is at most the product of the two depths.
   *
   * @param topic a valid literal topic
   */
  public boolean matches(String topic) {
    int p = 0;
    int t = 0;
    int retryPattern = -1;
    int retryTopic = -1;
    while (t <= topic.length()) {
      int topicEnd = TopicName.segmentEnd(topic, t);
      if (p <= text.length()) {
        int end = TopicName.segmentEnd(text, p);
        if (isGlobstar(p, end)) {
          p = end + 1;
          retryPattern = p;
          retryTopic = t;
          continue;
        }
        if (isStar(p, end) || end - p == topicEnd - t && text.regionMatches(p, topic, t, end - p)) {
          p = end + 1;
          t = topicEnd + 1;
          continue;
        }
      }
      if (retryPattern < 0) {
        return false;
      }
      p = retryPattern;
      retryTopic = TopicName.segmentEnd(topic, retryTopic) + 1;
      t = retryTopic;
    }
    while (p <= text.length() && isGlobstar(p, TopicName.segmentEnd(text, p))) {
      p = TopicName.segmentEnd(text, p) + 1;
    }
    return p > text.length();
  }

  /** Whether there is a topic that both patterns match. */
  public boolean intersects(TopicPattern other) {
    return PatternRelation.intersects(segments(), other.segments());
  }

  /** Whether this pattern matches all that the other one does; false also in a few cases where that is hard to tell. */
  public boolean covers(TopicPattern other) {
    return PatternRelation.covers(segments(), other.segments());
  }

  /** The segments in their order, wildcards among them. */
  List<String> segments() {
    return List.of(text.split("\\."));
  }

  @Override
  public String toString() {
    return text;
  }

  private boolean isStar(int start, int end) {
    return end - start == 1 && text.charAt(start) == '*';
  }

  private boolean isGlobstar(int start, int end) {
    return end - start == 2 && text.charAt(start) == '*';
  }

  private static int globstars(String text) {
    int count = 0;
    for (int at = text.indexOf(GLOBSTAR); at >= 0; at = text.indexOf(GLOBSTAR, at + 2)) {
      count++;
    }
    return count;
  }
}
