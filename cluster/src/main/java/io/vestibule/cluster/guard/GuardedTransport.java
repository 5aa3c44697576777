package io.vestibule.cluster.guard;

import io.vertx.core.transport.Transport;

/**
 * A transport of Vert.x that puts {@link BusPortGuard} before the event bus's port. Vert.x offers no other way to that port. The one
 * server that a clustered Vert.x opens before anybody can use it is the event bus's; after {@link #joined} nothing is touched.
 */
public final class GuardedTransport implements Transport {
  private final Transport base;
  private final GuardedSockets sockets;

  /** Guards on top of another transport. */
  public GuardedTransport(Transport base) {
    this.base = base;
    this.sockets = new GuardedSockets(base.implementation());
  }

  /** The node has joined, and with that its bus port is open and guarded. */
  public void joined() {
    sockets.joined();
  }

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public boolean available() {
    return base.available();
  }

  @Override
  public Throwable unavailabilityCause() {
    return base.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return sockets;
  }
}
