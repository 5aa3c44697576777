package io.vestibule.bench.client;

import io.netty.buffer.ByteBuf;

/**
 * What one connection of a {@link Swarm} is to be.
 *
 * @param token what it authenticates with, or null when it is only to open its socket
 * @param resume the frame that it comes back with instead, or null
 * @param topic what it subscribes to, or null for nothing
 * @param events who is told what happens on it
 */
public record Member(String token, String resume, String topic, Events events) {
  /** One that comes for the first time. */
  public Member(String token, String topic, Events events) {
    this(token, null, topic, events);
  }

  /** One that comes back, with a {@code reconnect_attempt}. */
  public static Member returning(String frame, Events events) {
    return new Member(null, frame, null, events);
  }

  /** What happens on an open connection, called on its event loop. */
  public interface Events {
    /** It is authenticated and subscribed. */
    default void ready(Connection connection) {}

    /** It was let in: the frame that says so, {@code auth_success} or {@code reconnect_success}, valid during the call. */
    default void letIn(ByteBuf bytes, int from, int to) {}

    /** It did not become ready, and has ended. */
    default void failed(String reason) {}

    /** A {@code message} frame: its JSON text is the range of these bytes, valid during the call. */
    void message(ByteBuf bytes, int from, int to);

    /** The server answered something with an {@code error} frame. */
    void error(String reason);

    /** The same, with the frame, valid during the call. */
    default void error(String reason, ByteBuf bytes, int from, int to) {
      error(reason);
    }

    /** Any other frame on a connection that is ready, its JSON text being the range of these bytes. */
    default void frame(String type, ByteBuf bytes, int from, int to) {}

    /** It was ready and has ended. */
    default void ended(String reason) {}
  }
}
