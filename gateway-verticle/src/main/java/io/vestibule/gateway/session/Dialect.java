package io.vestibule.gateway.session;

import io.vertx.core.buffer.Buffer;
import io.vestibule.gateway.frame.ServerFrame;
import java.util.function.Function;

/**
 * How a socket speaks that does not speak the core dialect. Its connection has all that every connection has (a place in the line, a session, deadlines, goodbyes) but takes no
 * messages of topics: what a session that came here is subscribed to is remembered and not delivered.
 */
public interface Dialect {

  /**
   * Puts a frame into the words of this dialect; on the event loop of the connection.
   *
   * @param core writes it as the core dialect does
   * @return what to send, or null where this dialect has no words for it
   */
  Buffer say(ServerFrame frame, Function<ServerFrame, Buffer> core);
}
