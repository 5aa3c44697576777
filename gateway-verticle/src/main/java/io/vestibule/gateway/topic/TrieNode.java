package io.vestibule.gateway.topic;

import java.util.HashMap;
import java.util.List;

/**
 * A node in a trie of segments and {@code *}, the building block of the {@link PatternTrie}. Nearly all nodes have no child or one, so
 * the map of children exists from the second on.
 *
 * @param <N> the kind of node that the whole trie is made of
 */
abstract class TrieNode<N extends TrieNode<N>> {
  /** Where {@code *} leads. */
  N star;

  /** The literal segment that leads here, or null where {@code *} does, and at the root. */
  private final Segment segment;

  /** Null, the one node, or a map of several. */
  private Object children;

  TrieNode(Segment segment) {
    this.segment = segment;
  }

  /** A node of this kind. */
  abstract N create(Segment label);

  /** Whether no pattern needs this node itself. */
  abstract boolean isBare();

  /** Where a segment leads, or null. */
  final N child(Segment label) {
    if (children instanceof TrieNode<?> only) {
      return only.segment == label ? self(only) : null;
    }
    return children == null ? null : map().get(label);
  }

  /** The node at the end of some steps from here, or null. */
  final N find(List<String> steps, Segment.Pool pool) {
    N node = self(this);
    for (int i = 0; i < steps.size() && node != null; i++) {
      node = node.step(steps.get(i), pool);
    }
    return node;
  }

  /** The node at the end of some steps from here, made where it is not there. */
  final N grow(List<String> steps, Segment.Pool pool) {
    N node = self(this);
    for (String step : steps) {
      N next = node.step(step, pool);
      node = next != null ? next : node.add(step, pool);
    }
    return node;
  }

  /** Takes away what hangs at the end of some steps from here, as far as no pattern needs it. */
  final void prune(List<String> steps, Segment.Pool pool) {
    N child = steps.isEmpty() ? null : step(steps.get(0), pool);
    if (child == null) {
      return;
    }
    child.prune(steps.subList(1, steps.size()), pool);
    if (child.isEmpty()) {
      cut(child, pool);
    }
  }

  /** Whether no pattern needs this node or one that hangs on it. */
  final boolean isEmpty() {
    return isBare() && children == null && star == null;
  }

  /** How many nodes there are from here on. */
  final int count() {
    int count = 1 + (star == null ? 0 : star.count());
    if (children instanceof TrieNode<?> only) {
      return count + only.count();
    }
    return children == null ? count : count + map().values().stream().mapToInt(TrieNode::count).sum();
  }

  final N step(String step, Segment.Pool pool) {
    if (step.equals(TopicPattern.STAR)) {
      return star;
    }
    Segment label = pool.find(step, 0, step.length());
    return label == null ? null : child(label);
  }

  final N add(String step, Segment.Pool pool) {
    if (step.equals(TopicPattern.STAR)) {
      star = create(null);
      return star;
    }
    Segment label = pool.acquire(step);
    N child = create(label);
    if (children == null) {
      children = child;
    } else {
      if (children instanceof TrieNode<?> only) {
        var several = new HashMap<Segment, N>(4);
        several.put(only.segment, self(only));
        children = several;
      }
      map().put(label, child);
    }
    return child;
  }

  private void cut(N child, Segment.Pool pool) {
    if (child == star) {
      star = null;
      return;
    }
    Segment label = ((TrieNode<N>) child).segment;
    if (children == child) {
      children = null;
    } else {
      HashMap<Segment, N> several = map();
      several.remove(label);
      if (several.size() == 1) {
        children = several.values().iterator().next();
      }
    }
    pool.release(label);
  }

  @SuppressWarnings("unchecked") // a trie is made by create() alone, so of one kind
  private N self(TrieNode<?> node) {
    return (N) node;
  }

  @SuppressWarnings("unchecked")
  private HashMap<Segment, N> map() {
    return (HashMap<Segment, N>) children;
  }
}
