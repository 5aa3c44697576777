package io.vestibule.gateway.transport;

import io.vertx.ext.web.RoutingContext;
import java.util.stream.Stream;

/**
 * Makes the requests of a SockJS session wait for each other. A session is shared by all event loops, and Vert.x marks it as opened only after the opening frame has left: a client that is
 * quick to poll again on another loop would be opened twice, which to it means that the server has lost its session. The wait is that of a synchronous handler, microseconds. One for
 * a node; thread-safe.
 */
public final class SessionLocks {
  private static final int STRIPES = 256;

  private final Object[] stripes = Stream.generate(Object::new).limit(STRIPES).toArray();

  /** Goes on with a request when no other of its session is being handled. */
  void next(RoutingContext routed, String session) {
    synchronized (stripes[Math.floorMod(session.hashCode(), STRIPES)]) {
      routed.next();
    }
  }
}
