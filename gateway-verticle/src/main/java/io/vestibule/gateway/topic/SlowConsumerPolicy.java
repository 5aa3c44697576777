package io.vestibule.gateway.topic;

/** What becomes of a topic's message for a connection whose outbound queue is full. */
public enum SlowConsumerPolicy {
  /** The connection is closed with 4008. */
  DISCONNECT,
  /** The message is dropped for this connection. */
  DROP,
  /** The message takes the place of the one of the same topic that waits in the queue; without one it is dropped. */
  CONFLATE
}
