package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpConnection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Ends TCP connections that were opened and do not get to the point: without it, whoever sends a header byte now and then holds a file descriptor for
 * nothing. Connections that have sent their first request are no business of it. One for each event loop.
 */
public final class HandshakeGuard {
  private static final int MOST_WAITING = 10_000;

  private final long timeoutMs;
  private final Map<HttpConnection, Long> waiting = new LinkedHashMap<>();

  /**
   * A guard.
   *
   * @param timeoutMs from the connection to the end of its first request's headers
   */
  public HandshakeGuard(long timeoutMs) {
    this.timeoutMs = timeoutMs;
  }

  /** A connection was opened. */
  public void opened(HttpConnection connection, long nowMs) {
    waiting.put(connection, nowMs);
    if (waiting.size() > MOST_WAITING) {
      closeFirst();
    }
  }

  /** A connection has sent a request, or is gone. */
  public void done(HttpConnection connection) {
    waiting.remove(connection);
  }

  /** Closes those that have had their time; they stand in the order in which they came. */
  public void tick(long nowMs) {
    Iterator<Long> since = waiting.values().iterator();
    while (since.hasNext() && nowMs - since.next() >= timeoutMs) {
      closeFirst();
      since = waiting.values().iterator();
    }
  }

  private void closeFirst() {
    HttpConnection first = waiting.keySet().iterator().next();
    waiting.remove(first);
    first.close();
  }
}
