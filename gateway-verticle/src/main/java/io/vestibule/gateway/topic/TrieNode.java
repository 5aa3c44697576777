package io.vestibule.gateway.topic;

import java.util.HashMap;

/**
 * A node of the {@link SubscriptionTrie}. Nearly all have no child or one, so the map of children exists from the second on.
 */
final class TrieNode {
  /** The literal segment that leads here, or null where a wildcard does. */
  final Segment segment;

  /** Where {@code *} leads. */
  TrieNode star;

  /** Where {@code **} leads: the root of the pattern's next part. */
  TrieNode next;

  /** The whole pattern that ends here; set while there are subscribers. */
  String pattern;

  /** A cell of {@link SubscriberSet}. */
  Object subscribers;

  /** The number of the match that told these subscribers last. */
  long toldIn;

  /** Null, the one TrieNode, or a map of several. */
  private Object children;

  TrieNode(Segment segment) {
    this.segment = segment;
  }

  TrieNode child(Segment label) {
    if (children instanceof TrieNode only) {
      return only.segment == label ? only : null;
    }
    return children == null ? null : map().get(label);
  }

  void addChild(TrieNode child) {
    if (children == null) {
      children = child;
      return;
    }
    if (children instanceof TrieNode only) {
      var several = new HashMap<Segment, TrieNode>(4);
      several.put(only.segment, only);
      children = several;
    }
    map().put(child.segment, child);
  }

  void removeChild(TrieNode child) {
    if (children == child) {
      children = null;
      return;
    }
    HashMap<Segment, TrieNode> several = map();
    several.remove(child.segment);
    if (several.size() == 1) {
      children = several.values().iterator().next();
    }
  }

  /** Whether nothing hangs on this node, so that it can go. */
  boolean isEmpty() {
    return subscribers == null && children == null && star == null && next == null;
  }

  @SuppressWarnings("unchecked")
  private HashMap<Segment, TrieNode> map() {
    return (HashMap<Segment, TrieNode>) children;
  }
}
