package io.vestibule.gateway.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The SockJS sessions that are open. One for a node; thread-safe. */
public final class SockJsSessions {
  private final Map<String, Session> open = new ConcurrentHashMap<>();

  /** A session. */
  public interface Session {
    /** Whether the peer is known. Called on any thread. */
    boolean trusted();
  }

  /** There is such a session from now on. */
  public void opened(String session, Session transport) {
    open.put(session, transport);
  }

  /** The session is gone. */
  public void closed(String session, Session transport) {
    open.remove(session, transport);
  }

  /** Whether there is such a session. */
  public boolean isOpen(String session) {
    return open.containsKey(session);
  }

  /** Whether the session exists and its peer is known. */
  boolean trusts(String session) {
    Session transport = open.get(session);
    return transport != null && transport.trusted();
  }
}
