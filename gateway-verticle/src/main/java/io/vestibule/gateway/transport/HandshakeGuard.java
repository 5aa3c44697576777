package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpConnection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Ends TCP connections on which something is awaited that does not come in time, however many bytes come meanwhile: without it, whoever sends a byte now
 * and then holds a file descriptor for nothing. Knows of a connection one wait at a time, all of the same length. One for each event loop.
 */
public final class HandshakeGuard {
  private static final int MOST_WAITING = 10_000;

  private final long timeoutMs;
  private final Map<HttpConnection, Wait> waiting = new LinkedHashMap<>();

  private record Wait(long sinceMs, BooleanSupplier over) {}

  /**
   * A guard.
   *
   * @param timeoutMs from the beginning of a wait to its end
   */
  public HandshakeGuard(long timeoutMs) {
    this.timeoutMs = timeoutMs;
  }

  /** A wait begins that only {@link #done} ends, such as a new connection's for its first request. */
  public void opened(HttpConnection connection, long nowMs) {
    awaits(connection, () -> false, nowMs);
  }

  /**
   * A wait begins, in place of an earlier one.
   *
   * @param over asked when the time is up: whether what is awaited has come without anybody saying {@link #done}
   */
  public void awaits(HttpConnection connection, BooleanSupplier over, long nowMs) {
    // Putting alone would leave it in its old place in the order.
    waiting.remove(connection);
    waiting.put(connection, new Wait(nowMs, over));
    if (waiting.size() > MOST_WAITING) {
      endFirst();
    }
  }

  /** What was awaited has come, or the connection is gone. */
  public void done(HttpConnection connection) {
    waiting.remove(connection);
  }

  /** Closes those that have had their time; they stand in the order in which they came. */
  public void tick(long nowMs) {
    Iterator<Wait> waits = waiting.values().iterator();
    while (waits.hasNext() && nowMs - waits.next().sinceMs >= timeoutMs) {
      endFirst();
      waits = waiting.values().iterator();
    }
  }

  private void endFirst() {
    Map.Entry<HttpConnection, Wait> first = waiting.entrySet().iterator().next();
    waiting.remove(first.getKey());
    if (!first.getValue().over.getAsBoolean()) {
      first.getKey().close();
    }
  }
}
