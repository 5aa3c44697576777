package io.vestibule.gateway.transport;

import io.vertx.core.http.HttpServerRequest;
import io.vestibule.contract.error.Failure;
import java.util.Optional;

/** Where sockets of every kind come in: decides whether one may, and makes it a connection. */
public interface Door {

  /**
   * Counts an attempt to open a socket, and tells the client with the response how its limit stands.
   *
   * @param request what is to become a socket and is no one yet
   * @param address who counts for it
   * @return empty when it is permitted; else why not
   */
  Optional<Failure> mayTry(HttpServerRequest request, String address);

  /**
   * Asks whether a socket of this client may come in.
   *
   * @param address who counts for it
   * @return empty when it may, and it is counted then until {@link #opened} or {@link #notOpened} is called; else why not
   */
  Optional<Failure> mayEnter(String address);

  /** The socket may not come in, and there is no answer left to say so with: it is told in a frame and closed. */
  void refused(Transport transport, Failure failure);

  /** The socket that was let in did not come to be. */
  void notOpened(String address);

  /**
   * The socket is open.
   *
   * @return who is to be told what comes; the socket starts to read then
   */
  TransportListener opened(Transport transport, String address);

  /**
   * The socket reads; a token that came with its request is looked at now.
   *
   * @param token the token, or null
   * @param queue the queue that the request names, or null
   */
  void reading(TransportListener connection, String token, String queue);
}
