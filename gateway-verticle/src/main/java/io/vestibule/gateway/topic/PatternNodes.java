package io.vestibule.gateway.topic;

import java.util.HashMap;
import java.util.Map;

/** The kinds of nodes that the {@link PatternTrie} is made of, and what it keeps for each pattern. */
final class PatternNodes {
  private PatternNodes() {}

  /** One pattern and who is subscribed to it. */
  static final class Leaf {
    final String pattern;

    /** For a pattern with two {@code **}: the end of its tail. */
    final Tail tail;

    /** A cell of {@link SubscriberSet}, never null. */
    Object subscribers;

    /** The number of the match that told these subscribers last. */
    long toldIn;

    Leaf(String pattern, Tail tail) {
      this.pattern = pattern;
      this.tail = tail;
    }
  }

  /** A place in the part before the first {@code **}, or in a pattern without one. */
  static final class Head extends TrieNode<Head> {
    /** The pattern that ends here, or null. */
    Leaf leaf;

    /** The tails that follow after {@code **}, or null. */
    Tail tails;

    Head(Segment segment) {
      super(segment);
    }

    @Override
    Head create(Segment label) {
      return new Head(label);
    }

    @Override
    boolean isBare() {
      return leaf == null && tails == null;
    }
  }

  /** A place in the part after the last {@code **}, read backwards. Each head has tails of its own, so one node means a head and a tail. */
  static final class Tail extends TrieNode<Tail> {
    /** The pattern that is this head, one {@code **} and this tail, or null. */
    Leaf leaf;

    /** How many patterns have a middle between this head and this tail. */
    int middles;

    /** The number of the last match in which head and tail fitted, and the segments that they left between them then. */
    long fitsIn;
    int from;
    int to;

    Tail(Segment segment) {
      super(segment);
    }

    @Override
    Tail create(Segment label) {
      return new Tail(label);
    }

    @Override
    boolean isBare() {
      return leaf == null && middles == 0;
    }
  }

  /** A place in the part between two {@code **}; all heads and tails share these. */
  static final class Middle extends TrieNode<Middle> {
    /** The patterns whose middle ends here: null, the one leaf, or a map of several by their tails. */
    private Object leaves;

    Middle(Segment segment) {
      super(segment);
    }

    @Override
    Middle create(Segment label) {
      return new Middle(label);
    }

    @Override
    boolean isBare() {
      return leaves == null;
    }

    int leafCount() {
      return leaves == null ? 0 : leaves instanceof Leaf ? 1 : map().size();
    }

    Iterable<Leaf> severalLeaves() {
      return map().values();
    }

    /** The only leaf, or null where there are none or several. */
    Leaf onlyLeaf() {
      return leaves instanceof Leaf only ? only : null;
    }

    Leaf leaf(Tail tail) {
      if (leaves instanceof Leaf only) {
        return only.tail == tail ? only : null;
      }
      return leaves == null ? null : map().get(tail);
    }

    void addLeaf(Leaf leaf) {
      if (leaves == null) {
        leaves = leaf;
        return;
      }
      if (leaves instanceof Leaf only) {
        var several = new HashMap<Tail, Leaf>(4);
        several.put(only.tail, only);
        leaves = several;
      }
      map().put(leaf.tail, leaf);
    }

    void removeLeaf(Leaf leaf) {
      if (leaves == leaf) {
        leaves = null;
        return;
      }
      map().remove(leaf.tail);
      if (map().size() == 1) {
        leaves = map().values().iterator().next();
      }
    }

    @SuppressWarnings("unchecked")
    private Map<Tail, Leaf> map() {
      return (Map<Tail, Leaf>) leaves;
    }
  }
}
