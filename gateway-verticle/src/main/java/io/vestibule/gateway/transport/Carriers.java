package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The connections that carry a SockJS session, or have carried it and are not gone: each poll and each new stream of it comes on another one, and on any event loop. Vert.x does not tell which one
 * it writes to, but whoever does not read has to be cut off there. Thread-safe.
 */
final class Carriers {
  private static final String KEY = "sockjs.carriers";

  private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();

  private Carriers() {}

  /** Goes with a request, which may open a session. */
  static void attach(RoutingContext routed) {
    var carriers = new Carriers();
    if (WebSocketEndpoint.isUpgrade(routed.request())) {
      carriers.add(routed.request().connection());
    }
    routed.put(KEY, carriers);
  }

  /**
   * The carriers of the session that this request opened. A raw WebSocket, which is no session of SockJS, is carried by one connection all its life.
   *
   * @param opening the request
   */
  static Carriers of(RoutingContext opening) {
    Carriers carriers = opening.get(KEY);
    if (carriers == null) {
      carriers = new Carriers();
      carriers.add(opening.request().connection());
    }
    return carriers;
  }

  /** The session goes on with this connection, too. */
  void add(HttpConnection connection) {
    open.add(connection);
    Carrier.channel(connection).closeFuture().addListener(gone -> open.remove(connection));
  }

  /** Ends all of them now, with everything that waits to be written. */
  void cut() {
    open.forEach(Carrier::cut);
  }
}
