package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which connection carries a SockJS session now: each poll and each new stream of it comes on another one, and on any event loop. Vert.x does not tell, but whoever does not
 * read has to be cut off there. One for a node; thread-safe.
 */
public final class SockJsSessions {
  private final Map<String, Carried> open = new ConcurrentHashMap<>();

  /** The transport of a session. Called on any thread. */
  public interface Carried {
    /** The session goes on with another connection. */
    void carriedBy(HttpConnection connection);

    /** Whether the peer is known. */
    boolean trusted();
  }

  /** There is such a session from now on. */
  public void opened(String session, Carried transport) {
    open.put(session, transport);
  }

  /** The session is gone. */
  public void closed(String session, Carried transport) {
    open.remove(session, transport);
  }

  /** Whether there is such a session. */
  public boolean isOpen(String session) {
    return open.containsKey(session);
  }

  /** Whether the session exists and its peer is known. */
  boolean trusts(String session) {
    Carried transport = open.get(session);
    return transport != null && transport.trusted();
  }

  /** A request came on this connection that may carry what the session sends from now on. */
  public void carried(String session, HttpConnection connection) {
    Carried transport = open.get(session);
    if (transport != null) {
      transport.carriedBy(connection);
    }
  }
}
