package io.vestibule.gateway.topic;

import io.vestibule.gateway.topic.PatternNodes.Head;
import io.vestibule.gateway.topic.PatternNodes.Leaf;
import io.vestibule.gateway.topic.PatternNodes.Middle;
import io.vestibule.gateway.topic.PatternNodes.Tail;
import java.util.Arrays;

/**
 * Subscriptions to patterns with wildcards.
 *
 * <p>A pattern is cut at its {@code **} ({@link PatternParts}). The part before the first is the head, which has to stand where the topic
 * begins; the part after the last is the tail, which has to stand where it ends; what is between two is the middle, which may stand
 * anywhere between them. A match finds the heads that fit, under each of them the tails that fit, and then, in one walk from each
 * place of the topic, the middles, which all heads and tails share. A middle has its patterns by head and tail, so one that fits asks
 * for those that fitted, or the other way round, whichever are fewer.
 *
 * <p>So a topic of n segments visits about n heads, n^2/2 tails and n^2/2 middles at the very most where nobody uses {@code *}, and patterns
 * made to fit nearly everywhere cannot multiply heads with tails with middles. Each {@code *} that somebody has beside a literal
 * in the same place doubles what comes after it. The number of subscriptions appears nowhere.
 *
 * <p>Not to be changed during a match, and not thread-safe.
 */
final class PatternTrie {
  private final Head heads = new Head(null);
  private final Middle middles = new Middle(null);
  private final Segment.Pool segments = new Segment.Pool();

  /** The topic being matched: its segments, null where no pattern has one. */
  private final Segment[] path = new Segment[TopicName.MAX_SEGMENTS];
  private int depth;
  private long matchNumber;

  /** Tails that fit the topic being matched and have middles. */
  private Tail[] fitting = new Tail[TopicName.MAX_SEGMENTS];
  private int fittingCount;

  /** Returns whether the subscriber did not have this subscription. */
  boolean add(TopicPattern pattern, Object subscriber) {
    Leaf leaf = growLeaf(PatternParts.of(pattern), pattern.text());
    int count = SubscriberSet.count(leaf.subscribers);
    leaf.subscribers = SubscriberSet.with(leaf.subscribers, subscriber);
    return SubscriberSet.count(leaf.subscribers) > count;
  }

  /** Returns whether the subscriber had this subscription. */
  boolean remove(TopicPattern pattern, Object subscriber) {
    PatternParts parts = PatternParts.of(pattern);
    Head head = heads.find(parts.head(), segments);
    Tail tail = head == null || head.tails == null || parts.tail() == null ? null : head.tails.find(parts.tail(), segments);
    Middle middle = tail == null || parts.middle() == null ? null : middles.find(parts.middle(), segments);
    Leaf leaf = parts.middle() != null ? (middle == null ? null : middle.leaf(tail))
        : parts.tail() != null ? (tail == null ? null : tail.leaf)
        : head == null ? null : head.leaf;
    if (leaf == null) {
      return false;
    }
    int count = SubscriberSet.count(leaf.subscribers);
    leaf.subscribers = SubscriberSet.without(leaf.subscribers, subscriber);
    if (leaf.subscribers == null) {
      removeLeaf(parts, leaf, head, tail, middle);
    }
    return SubscriberSet.count(leaf.subscribers) < count;
  }

  /** Tells who is subscribed, each pattern once. */
  void match(String topic, MatchVisitor<Object> visitor) {
    if (heads.isEmpty() || !split(topic)) {
      return;
    }
    matchNumber++;
    fittingCount = 0;
    matchHead(heads, 0, visitor);
    if (fittingCount > 0) {
      for (int at = 0; at <= depth; at++) {
        matchMiddle(middles, at, at, visitor);
      }
    }
  }

  /** How many nodes, beside the roots, and segments are held. */
  int footprint() {
    return heads.count() + middles.count() - 2 + segments.size();
  }

  private boolean split(String topic) {
    depth = 0;
    for (int start = 0; start <= topic.length(); ) {
      if (depth == path.length) {
        return false; // not a topic by the grammar, so no pattern is meant for it
      }
      int end = TopicName.segmentEnd(topic, start);
      path[depth++] = segments.find(topic, start, end);
      start = end + 1;
    }
    return true;
  }

  /** The head has matched the segments before {@code at}. */
  private void matchHead(Head node, int at, MatchVisitor<Object> visitor) {
    if (node.tails != null) {
      matchTail(node.tails, at, depth, visitor);
    }
    if (at == depth) {
      tell(node.leaf, visitor);
      return;
    }
    Head child = path[at] == null ? null : node.child(path[at]);
    if (child != null) {
      matchHead(child, at + 1, visitor);
    }
    if (node.star != null) {
      matchHead(node.star, at + 1, visitor);
    }
  }

  /** The head has matched the segments before {@code from}, the tail those from {@code to} on. */
  private void matchTail(Tail node, int from, int to, MatchVisitor<Object> visitor) {
    tell(node.leaf, visitor);
    if (node.middles > 0) {
      node.fitsIn = matchNumber;
      node.from = from;
      node.to = to;
      if (fittingCount == fitting.length) {
        fitting = Arrays.copyOf(fitting, fittingCount * 2);
      }
      fitting[fittingCount++] = node;
    }
    if (from == to) {
      return;
    }
    Tail child = path[to - 1] == null ? null : node.child(path[to - 1]);
    if (child != null) {
      matchTail(child, from, to - 1, visitor);
    }
    if (node.star != null) {
      matchTail(node.star, from, to - 1, visitor);
    }
  }

  /** The middle has matched the segments from {@code start} on that are before {@code at}. */
  private void matchMiddle(Middle node, int start, int at, MatchVisitor<Object> visitor) {
    tellBetween(node, start, at, visitor);
    if (at == depth) {
      return;
    }
    Middle child = path[at] == null ? null : node.child(path[at]);
    if (child != null) {
      matchMiddle(child, start, at + 1, visitor);
    }
    if (node.star != null) {
      matchMiddle(node.star, start, at + 1, visitor);
    }
  }

  /** Tells the patterns that have this middle, found at one place of the topic, between a head and a tail that fit. */
  private void tellBetween(Middle node, int start, int end, MatchVisitor<Object> visitor) {
    int leaves = node.leafCount();
    if (leaves == 1) {
      tellFitting(node.onlyLeaf(), start, end, visitor);
    } else if (leaves > 0 && leaves < fittingCount) {
      for (Leaf leaf : node.severalLeaves()) {
        tellFitting(leaf, start, end, visitor);
      }
    } else if (leaves > 0) {
      for (int i = 0; i < fittingCount; i++) {
        Tail tail = fitting[i];
        if (tail.from <= start && end <= tail.to) {
          tellFitting(node.leaf(tail), start, end, visitor);
        }
      }
    }
  }

  private void tellFitting(Leaf leaf, int start, int end, MatchVisitor<Object> visitor) {
    // A middle may stand in several places of the topic; its patterns are told at the first.
    if (leaf != null && leaf.toldIn != matchNumber
        && leaf.tail.fitsIn == matchNumber && leaf.tail.from <= start && end <= leaf.tail.to) {
      leaf.toldIn = matchNumber;
      tell(leaf, visitor);
    }
  }

  private static void tell(Leaf leaf, MatchVisitor<Object> visitor) {
    if (leaf == null) {
      return;
    }
    if (leaf.subscribers instanceof SubscriberSet set) {
      for (Object subscriber : set.slots()) {
        if (subscriber != null) {
          visitor.pattern(subscriber, leaf.pattern);
        }
      }
    } else {
      visitor.pattern(leaf.subscribers, leaf.pattern);
    }
  }

  private Leaf growLeaf(PatternParts parts, String pattern) {
    Head head = heads.grow(parts.head(), segments);
    if (parts.tail() == null) {
      head.leaf = head.leaf != null ? head.leaf : new Leaf(pattern, null);
      return head.leaf;
    }
    head.tails = head.tails != null ? head.tails : new Tail(null);
    Tail tail = head.tails.grow(parts.tail(), segments);
    if (parts.middle() == null) {
      tail.leaf = tail.leaf != null ? tail.leaf : new Leaf(pattern, null);
      return tail.leaf;
    }
    Middle middle = middles.grow(parts.middle(), segments);
    Leaf leaf = middle.leaf(tail);
    if (leaf == null) {
      leaf = new Leaf(pattern, tail);
      middle.addLeaf(leaf);
      tail.middles++;
    }
    return leaf;
  }

  private void removeLeaf(PatternParts parts, Leaf leaf, Head head, Tail tail, Middle middle) {
    if (middle != null) {
      middle.removeLeaf(leaf);
      middles.prune(parts.middle(), segments);
      tail.middles--;
    } else if (tail != null) {
      tail.leaf = null;
    } else {
      head.leaf = null;
    }
    if (tail != null) {
      head.tails.prune(parts.tail(), segments);
      head.tails = head.tails.isEmpty() ? null : head.tails;
    }
    heads.prune(parts.head(), segments);
  }
}
