package io.vestibule.gateway.transport;

import io.vestibule.contract.error.CloseReason;

/** What a socket tells the core, on the event loop of the connection. */
public interface TransportListener {

  /** A whole text message came, as its bytes, which nobody else holds. */
  void received(byte[] text);

  /** A whole binary message came; its content was dropped. */
  void receivedBinary();

  /** A whole message came that is for somebody else than the core; a sign of life all the same. */
  void receivedForeign();

  /** Somebody else than the core sends something, which the peer may be too slow for. */
  void sentForeign();

  /** The peer answered a ping. */
  void pong();

  /** The peer sent a ping of its own, which the transport answered. */
  void pinged();

  /** The peer broke the rules of the transport; nothing more can be read from it. */
  void violated(CloseReason reason);

  /** The socket is gone; called once, after which nothing else is called. */
  void closed();
}
