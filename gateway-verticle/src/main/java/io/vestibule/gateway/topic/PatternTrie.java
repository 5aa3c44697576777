package io.vestibule.gateway.topic;

import java.util.ArrayList;
import java.util.List;

/**
 * Subscriptions to patterns with wildcards.
 *
 * <p>A pattern is cut at its {@code **}. The part before the first is the head, which has to stand where the topic begins; the part
 * after the last is the tail, which has to stand where it ends; what is between two is the middle, which may stand anywhere between
 * them. A pattern's way through the trie is head, {@code **}, tail backwards, {@code **}, middle. So what can be in one place only is
 * compared first, and a middle is looked for only where a head and a tail fit.
 *
 * <p>A topic of n segments visits at most (heads that fit) x (tails that fit) x n x (middles that fit at a place) nodes, each factor at
 * most n + 1 where nobody uses {@code *}. A {@code *} beside a literal in the same place doubles what comes after it. The number
 * of subscriptions appears nowhere.
 *
 * <p>Not to be changed during a match, and not thread-safe.
 */
final class PatternTrie {
  private final TrieNode root = new TrieNode(null);
  private final Segment.Pool segments = new Segment.Pool();
  private int nodes;

  /** The topic being matched: its segments, null where no pattern has one. */
  private final Segment[] path = new Segment[TopicName.MAX_SEGMENTS];
  private int depth;
  private long matchNumber;

  /** Returns whether the subscriber did not have this subscription. */
  boolean add(TopicPattern pattern, Object subscriber) {
    TrieNode node = root;
    for (String step : route(pattern)) {
      TrieNode child = child(node, step);
      node = child != null ? child : grow(node, step);
    }
    if (node.subscribers == null) {
      node.pattern = pattern.text();
    }
    int count = SubscriberSet.count(node.subscribers);
    node.subscribers = SubscriberSet.with(node.subscribers, subscriber);
    return SubscriberSet.count(node.subscribers) > count;
  }

  /** Returns whether the subscriber had this subscription. */
  boolean remove(TopicPattern pattern, Object subscriber) {
    var way = new ArrayList<TrieNode>(TopicName.MAX_SEGMENTS);
    TrieNode node = root;
    for (String step : route(pattern)) {
      way.add(node);
      node = child(node, step);
      if (node == null) {
        return false;
      }
    }
    int count = SubscriberSet.count(node.subscribers);
    node.subscribers = SubscriberSet.without(node.subscribers, subscriber);
    boolean removed = SubscriberSet.count(node.subscribers) < count;
    if (node.subscribers == null) {
      node.pattern = null;
    }
    for (int i = way.size() - 1; i >= 0 && node.isEmpty(); i--) {
      cut(way.get(i), node);
      node = way.get(i);
    }
    return removed;
  }

  /** Tells who is subscribed, each pattern once. */
  void match(String topic, MatchVisitor<Object> visitor) {
    if (nodes > 0 && split(topic)) {
      matchNumber++;
      matchHead(root, 0, visitor);
    }
  }

  /** How many nodes and segments are held. */
  int footprint() {
    return nodes + segments.size();
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
  private void matchHead(TrieNode node, int at, MatchVisitor<Object> visitor) {
    if (node.next != null) {
      matchTail(node.next, at, depth, visitor);
    }
    if (at == depth) {
      tell(node, visitor);
      return;
    }
    TrieNode child = path[at] == null ? null : node.child(path[at]);
    if (child != null) {
      matchHead(child, at + 1, visitor);
    }
    if (node.star != null) {
      matchHead(node.star, at + 1, visitor);
    }
  }

  /** The head has matched the segments before {@code from}, the tail those from {@code to} on. */
  private void matchTail(TrieNode node, int from, int to, MatchVisitor<Object> visitor) {
    tell(node, visitor);
    if (node.next != null) {
      for (int at = from; at <= to; at++) {
        matchMiddle(node.next, at, to, visitor);
      }
    }
    if (from == to) {
      return;
    }
    TrieNode child = path[to - 1] == null ? null : node.child(path[to - 1]);
    if (child != null) {
      matchTail(child, from, to - 1, visitor);
    }
    if (node.star != null) {
      matchTail(node.star, from, to - 1, visitor);
    }
  }

  /** The middle has matched some segments before {@code at} and must not reach over {@code to}. */
  private void matchMiddle(TrieNode node, int at, int to, MatchVisitor<Object> visitor) {
    if (node.toldIn != matchNumber) { // the same middle may fit in several places
      node.toldIn = matchNumber;
      tell(node, visitor);
    }
    if (at == to) {
      return;
    }
    TrieNode child = path[at] == null ? null : node.child(path[at]);
    if (child != null) {
      matchMiddle(child, at + 1, to, visitor);
    }
    if (node.star != null) {
      matchMiddle(node.star, at + 1, to, visitor);
    }
  }

  private static void tell(TrieNode node, MatchVisitor<Object> visitor) {
    if (node.subscribers instanceof SubscriberSet set) {
      for (Object subscriber : set.slots()) {
        if (subscriber != null) {
          visitor.pattern(subscriber, node.pattern);
        }
      }
    } else if (node.subscribers != null) {
      visitor.pattern(node.subscribers, node.pattern);
    }
  }

  /** The steps from the root to a pattern's node. */
  private static List<String> route(TopicPattern pattern) {
    List<String> all = pattern.segments();
    int first = all.indexOf(TopicPattern.GLOBSTAR);
    if (first < 0) {
      return all;
    }
    int last = all.lastIndexOf(TopicPattern.GLOBSTAR);
    var steps = new ArrayList<>(all.subList(0, first + 1));
    for (int i = all.size() - 1; i > last; i--) {
      steps.add(all.get(i));
    }
    if (last > first) {
      steps.add(TopicPattern.GLOBSTAR);
      steps.addAll(all.subList(first + 1, last));
    }
    return steps;
  }

  private TrieNode child(TrieNode node, String step) {
    return switch (step) {
      case TopicPattern.STAR -> node.star;
      case TopicPattern.GLOBSTAR -> node.next;
      default -> {
        Segment segment = segments.find(step, 0, step.length());
        yield segment == null ? null : node.child(segment);
      }
    };
  }

  private TrieNode grow(TrieNode node, String step) {
    nodes++;
    TrieNode child;
    switch (step) {
      case TopicPattern.STAR -> node.star = child = new TrieNode(null);
      case TopicPattern.GLOBSTAR -> node.next = child = new TrieNode(null);
      default -> node.addChild(child = new TrieNode(segments.acquire(step)));
    }
    return child;
  }

  private void cut(TrieNode parent, TrieNode child) {
    nodes--;
    if (parent.star == child) {
      parent.star = null;
    } else if (parent.next == child) {
      parent.next = null;
    } else {
      parent.removeChild(child);
      segments.release(child.segment);
    }
  }
}
