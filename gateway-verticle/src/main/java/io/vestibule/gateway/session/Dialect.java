package io.vestibule.gateway.session;

import io.vertx.core.buffer.Buffer;
import io.vestibule.gateway.frame.ClientFrame;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameFailure;
import io.vestibule.gateway.frame.ServerFrame;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * How a socket speaks that does not speak the core dialect. Its connection has all that every connection has (a place in the line, a session, deadlines, limits, goodbyes), and what is said on it either way
 * is a frame of the core in other words. Everything is called on the event loop of the connection.
 */
public interface Dialect {

  /**
   * Puts a frame into the words of this dialect.
   *
   * @param core writes it as the core dialect does
   * @return what to send, or null where this dialect has no words for it
   */
  Buffer say(ServerFrame frame, Function<ServerFrame, Buffer> core);

  /** The same where it takes several frames to say it, or none. */
  default List<Buffer> sayAll(ServerFrame frame, Function<ServerFrame, Buffer> core) {
    Buffer words = say(frame, core);
    return words == null ? List.of() : List.of(words);
  }

  /**
   * Understands what a client says. Its size was looked at before, its rate is afterwards, and a failure is told and counted like any other.
   *
   * @param core reads it as the core dialect does
   * @throws FrameFailure where it is nothing that may be said in this dialect
   */
  default ClientFrame hear(byte[] text, FrameDecoder core) throws FrameFailure {
    return core.decode(text);
  }

  /**
   * What this dialect makes of messages and all else that comes of topics, each written once for all of an event loop: all connections of the loop that speak it have the one object, by whose identity the
   * translation is found again. It gives null for what this dialect has no words for.
   *
   * @return null where it takes nothing of topics: what a session that came here is subscribed to is remembered and not delivered then
   */
  default UnaryOperator<Buffer> ofTopics() {
    return null;
  }

  /**
   * Whether this dialect brings a topic, by itself, to whoever is a member of it, and to nobody else: then no session need remember it, no bound of subscriptions binds it, and it ends with the membership.
   */
  default boolean bringsToMembers(String topic) {
    return false;
  }

  /** Its user has become a member of a topic. */
  default void becameMember(String topic) {}

  /** One message of a topic was given to the socket. */
  default void delivered() {}

  /** The socket is gone; called once. */
  default void gone() {}
}
