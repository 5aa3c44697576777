package io.vestibule.gateway.topic;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Who is subscribed to what, and the answer to: who gets a message on this topic? Literal topics are one lookup in a hash map,
 * patterns with wildcards are in a {@link PatternTrie}. What a match costs depends on the topic's depth and on who is told, not on
 * the number of subscriptions; it allocates nothing.
 *
 * <p>Changes that a visitor asks for while it is being told take effect when the match is over: a match tells exactly the
 * subscriptions that stood when it began. So a visitor that closes a connection may still be told of it, and has to know by itself
 * that it is closed. A match within a match is refused.
 *
 * <p>Not thread-safe: each belongs to one event loop.
 *
 * @param <S> the subscriber, compared by {@code equals}
 */
public final class SubscriptionTrie<S> {
  private final Map<String, Object> literals = new HashMap<>();
  private final PatternTrie patterns = new PatternTrie();
  private final Queue<Runnable> afterMatch = new ArrayDeque<>();
  private boolean matching;
  private int size;

  /** Subscribes; no change where the subscriber has this subscription. */
  public void add(TopicPattern pattern, S subscriber) {
    if (matching) {
      afterMatch.add(() -> add(pattern, subscriber));
    } else if (pattern.isLiteral()) {
      Object before = literals.get(pattern.text());
      int count = SubscriberSet.count(before);
      Object after = SubscriberSet.with(before, subscriber);
      if (after != before) {
        literals.put(pattern.text(), after);
      }
      size += SubscriberSet.count(after) - count;
    } else {
      size += patterns.add(pattern, subscriber) ? 1 : 0;
    }
  }

  /**
   * Ends a subscription; no change where the subscriber does not have it. Costs the depth of the pattern, however many others have
   * the same one.
   */
  public void remove(TopicPattern pattern, S subscriber) {
    if (matching) {
      afterMatch.add(() -> remove(pattern, subscriber));
    } else if (pattern.isLiteral()) {
      Object before = literals.get(pattern.text());
      int count = SubscriberSet.count(before);
      Object after = SubscriberSet.without(before, subscriber);
      if (after == null) {
        literals.remove(pattern.text());
      } else if (after != before) {
        literals.put(pattern.text(), after);
      }
      size += SubscriberSet.count(after) - count;
    } else {
      size -= patterns.remove(pattern, subscriber) ? 1 : 0;
    }
  }

  /**
   * Tells the visitor who is subscribed to a topic. What the visitor throws ends the match and comes out here.
   *
   * @param topic a valid literal topic
   * @throws IllegalStateException from within a visitor
   */
  @SuppressWarnings("unchecked") // only add() puts something in, and that is an S
  public void match(String topic, MatchVisitor<? super S> visitor) {
    if (matching) {
      throw new IllegalStateException("a visitor must not match");
    }
    matching = true;
    try {
      var told = (MatchVisitor<Object>) visitor;
      tellLiteral(literals.get(topic), told);
      patterns.match(topic, told);
    } finally {
      matching = false;
      for (Runnable change; (change = afterMatch.poll()) != null; ) {
        change.run();
      }
    }
  }

  /** How many subscriptions there are. */
  public int size() {
    return size;
  }

  /** How many topics, nodes and segments are held: 0 once everybody has unsubscribed. Counts them one by one. */
  int footprint() {
    return literals.size() + patterns.footprint();
  }

  private static void tellLiteral(Object cell, MatchVisitor<Object> visitor) {
    if (cell instanceof SubscriberSet set) {
      for (Object subscriber : set.slots()) {
        if (subscriber != null) {
          visitor.literal(subscriber);
        }
      }
    } else if (cell != null) {
      visitor.literal(cell);
    }
  }
}
