package io.vestibule.gateway.session;

import java.util.concurrent.atomic.AtomicLong;

/** Looks from a test at what no client sees. */
public final class OutboundProbe {
  private OutboundProbe() {}

  /** Bytes that wait for all clients of an event loop; to be called on it. */
  public static long waitingBytes(ConnectionLoop connections) {
    AtomicLong sum = new AtomicLong();
    connections.forEach(connection -> sum.addAndGet(connection.transport().bufferedBytes()));
    return sum.get();
  }
}
