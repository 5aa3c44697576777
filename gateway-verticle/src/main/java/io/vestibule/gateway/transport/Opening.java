package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpServerRequest;

/** A socket on its way from its request to a connection. Exactly one of {@link #opened} and {@link #failed} is called. */
public interface Opening {

  /** What the sockets of a path become. */
  @FunctionalInterface
  interface Kind {
    /**
     * Looks at a request, while there is still an answer to refuse it with.
     *
     * @throws io.vestibule.contract.error.Failure why it may not become a socket
     */
    Opening of(HttpServerRequest request);
  }

  /**
   * The socket is open.
   *
   * @return who is to be told what comes; the socket starts to read then
   */
  TransportListener opened(Transport transport, String address);

  /** The socket reads. */
  void reading(TransportListener connection);

  /** There will be no socket. */
  default void failed() {}
}
