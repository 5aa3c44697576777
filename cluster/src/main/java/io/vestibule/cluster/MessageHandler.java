package io.vestibule.cluster;

/**
 * Hears the messages of one broadcast address.
 *
 * @param <T> the message
 */
@FunctionalInterface
public interface MessageHandler<T> {
  /**
   * Hears one message. Runs on the context that called {@link Bus#subscribe}.
   *
   * @param message the message, shared with the other consumers of this node: read only
   * @param correlationId the flow it belongs to, or null when it was published without
   */
  void handle(T message, String correlationId);
}
