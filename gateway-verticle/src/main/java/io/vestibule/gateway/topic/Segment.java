package io.vestibule.gateway.topic;

import java.util.HashMap;
import java.util.Map;

/**
 * A literal segment of subscribed patterns. There is one object for each text ({@link Pool}), so that the trie compares by identity
 * and a topic's segments are looked up as texts once.
 *
 * <p>It is comparable so that {@link HashMap}, when somebody subscribes to texts that all have one hash, turns to trees.
 */
final class Segment implements Comparable<Segment> {
  private String source;
  private int start;
  private int end;
  private int hash;
  private int uses;

  /** The hash of {@link String#hashCode()}, found without making the string. */
  private Segment at(String newSource, int newStart, int newEnd) {
    source = newSource;
    start = newStart;
    end = newEnd;
    int h = 0;
    for (int i = start; i < end; i++) {
      h = 31 * h + source.charAt(i);
    }
    hash = h;
    return this;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Segment that
            && hash == that.hash
            && end - start == that.end - that.start
            && source.regionMatches(start, that.source, that.start, end - start);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public int compareTo(Segment that) {
    return text().compareTo(that.text());
  }

  private String text() {
    return source.substring(start, end);
  }

  /** All segments in use by one trie, counted. Not thread-safe. */
  static final class Pool {
    private final Map<Segment, Segment> segments = new HashMap<>();
    private final Segment probe = new Segment();

    /**
     * Finds a segment without allocating.
     *
     * @return the segment of {@code source} between the two indices, or null where no pattern has it
     */
    Segment find(String source, int start, int end) {
      return segments.get(probe.at(source, start, end));
    }

    /** Takes a segment into use once more. */
    Segment acquire(String text) {
      Segment segment = find(text, 0, text.length());
      if (segment == null) {
        segment = new Segment().at(text, 0, text.length());
        segments.put(segment, segment);
      }
      segment.uses++;
      return segment;
    }

    /** Gives up one use. */
    void release(Segment segment) {
      if (--segment.uses == 0) {
        segments.remove(segment);
      }
    }

    int size() {
      return segments.size();
    }
  }
}
