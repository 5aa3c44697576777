package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
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

  /**
   * Stands before a SockJS endpoint, whichever dialect it speaks.
   *
   * @param path where the endpoint is, without a slash at its end
   */
  public void mount(Router router, String path) {
    // Vert.x closes the connection behind each answer to a poll (RFC 9112, section 9.6: say so), or a client sends its next request into the closing socket.
    router.postWithRegex(path + "/[^/]+/[^/]+/xhr").handler(rc -> {
      rc.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      rc.next();
    });
    router.routeWithRegex(path + "/[^/]+/(?<session>[^/]+)/.*").handler(rc -> next(rc, rc.pathParam("session")));
  }

  /** Goes on with a request when no other of its session is being handled. */
  private void next(RoutingContext routed, String session) {
    synchronized (stripes[Math.floorMod(session.hashCode(), STRIPES)]) {
      routed.next();
    }
  }
}
