package io.vestibule.gateway.transport;

import io.vestibule.contract.error.CloseReason;

/**
 * A socket of some kind, as the core sees it. Everything here is called on the event loop of the connection and never blocks; nothing throws because the
 * peer has gone.
 */
public interface Transport {

  /** The kind, as logs and metrics name it. */
  String name();

  /** Sends a text frame after those sent before; it leaves with the end of the event loop's turn. The caller keeps its own hold on the frame. */
  void send(OutboundFrame frame);

  /** As {@link #send}, but of a stream of messages: where the transport knows how, it may wait a moment for others and share their flush. */
  default void deliver(OutboundFrame frame) {
    send(frame);
  }

  /** Bytes that were sent and have not left yet. */
  long bufferedBytes();

  /** A number that grows whenever bytes leave: a peer is stalled when it stands still while {@link #bufferedBytes} is above zero. */
  long progress();

  /** Asks for a sign of life, where the transport has a way to. */
  void ping();

  /** Whether a living peer can be told from a dead one by its answers; otherwise the transport itself notices. */
  boolean answersPings();

  /** The peer is known now, and may send messages as long as the configuration says; before, only short ones. */
  void trust();

  /** Stops reading, so that the peer is held back by its own network; {@link #resume} goes on where reading stopped. */
  void pause();

  void resume();

  /** Says goodbye after what was sent, with the code and slug where the transport can carry them. */
  void close(CloseReason reason);

  /** Ends the socket now and frees what it holds, whether or not the peer reads. */
  void kill();
}
