package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;

/**
 * The time that a peer has for each part of a request. The listener's idle timeout does not bound it, because each byte begins that anew. Responses may take
 * as long as they like: some of SockJS's never end. For HTTP/1.1; of one event loop.
 */
public final class RequestGuard {
  private final HandshakeGuard arrivals;
  private final HandshakeGuard bodies;
  private final HandshakeGuard idle;
  private final Map<HttpConnection, Integer> unanswered = new HashMap<>();

  /**
   * A guard.
   *
   * @param requestMs from a connection to the end of its first request's headers, and from the end of any request's headers to the end of its body
   * @param idleMs from a response to the end of the next request's headers
   */
  public RequestGuard(long requestMs, long idleMs) {
    this.arrivals = new HandshakeGuard(requestMs);
    this.bodies = new HandshakeGuard(requestMs);
    this.idle = new HandshakeGuard(idleMs);
  }

  /** A connection was opened. */
  public void opened(HttpConnection connection, long nowMs) {
    arrivals.opened(connection, nowMs);
  }

  /** A request's headers have come. */
  public void asked(HttpServerRequest request, long nowMs) {
    HttpConnection connection = request.connection();
    arrivals.done(connection);
    idle.done(connection);
    if (!WebSocketEndpoint.isUpgrade(request)) {
      unanswered.merge(connection, 1, Integer::sum);
    }
    if (announcesBody(request)) {
      bodies.awaits(connection, request::isEnded, nowMs);
    }
  }

  /**
   * A response has ended. A peer may send requests without waiting for responses, so that the next has come by then; so they are counted. All but upgrades:
   * one that succeeds has no response that ends, and the end of its connection is not told here either.
   */
  public void answered(HttpServerRequest request, long nowMs) {
    HttpConnection connection = request.connection();
    if (WebSocketEndpoint.isUpgrade(request) || wasTheLast(connection)) {
      idle.opened(connection, nowMs);
    }
  }

  private boolean wasTheLast(HttpConnection connection) {
    return unanswered.containsKey(connection) && unanswered.computeIfPresent(connection, (same, count) -> count == 1 ? null : count - 1) == null;
  }

  /** A connection is gone. */
  public void done(HttpConnection connection) {
    arrivals.done(connection);
    bodies.done(connection);
    idle.done(connection);
    unanswered.remove(connection);
  }

  /** Closes connections whose time is up. */
  public void tick(long nowMs) {
    arrivals.tick(nowMs);
    bodies.tick(nowMs);
    idle.tick(nowMs);
  }

  /** Whether a body follows; a length of 0 is none: the client in JDK 17 sends it with every upgrade. */
  static boolean announcesBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length != null && !length.equals("0") || request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
  }
}
