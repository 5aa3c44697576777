package io.vestibule.gateway.topic;

/**
 * Is told who is subscribed to a topic. A subscriber that matches through several subscriptions is told once for each; the
 * visitor sends it one message. All literal hits come before the first hit by pattern.
 *
 * @param <S> the subscriber
 */
public interface MatchVisitor<S> {

  /** A subscriber to the topic itself. */
  void literal(S subscriber);

  /**
   * A subscriber to a pattern with wildcards.
   *
   * @param pattern as it was subscribed to
   */
  void pattern(S subscriber, String pattern);
}
