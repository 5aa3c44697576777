package io.vestibule.gateway.transport;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.CloseReason;

/**
 * A SockJS session, whatever carries it. SockJS has a heartbeat and a session timeout of its own, and its {@code writeQueueFull} does not tell the truth, so
 * bytes are counted here until their write completes.
 */
final class SockJsTransport implements Transport {
  private final SockJSSocket socket;
  private final ContextInternal context;
  private long buffered;
  private long left;
  private boolean gone;
  private CloseReason closing;

  private SockJsTransport(SockJSSocket socket, ContextInternal context) {
    this.socket = socket;
    this.context = context;
  }

  static SockJsTransport of(SockJSSocket socket, ContextInternal context) {
    return new SockJsTransport(socket, context);
  }

  /** Begins to read. Sessions are handed over on the event loop of whichever request opened them, so everything is brought to the connection's. */
  void start(TransportListener listener) {
    socket.handler(message -> onLoop(() -> received(listener, message)));
    socket.closeHandler(v -> onLoop(() -> closed(listener)));
  }

  private void received(TransportListener listener, Buffer message) {
    if (!gone) {
      listener.received(message.getBytes());
    }
  }

  private void closed(TransportListener listener) {
    if (!gone) {
      gone = true;
      listener.closed();
    }
  }

  private void onLoop(Runnable task) {
    if (Vertx.currentContext() == context) {
      task.run();
    } else {
      context.runOnContext(v -> task.run());
    }
  }

  @Override
  public String name() {
    return "sockjs";
  }

  @Override
  public void send(OutboundFrame frame) {
    if (gone) {
      return;
    }
    int length = frame.length();
    buffered += length;
    socket.write(frame.text()).onComplete(written -> onLoop(() -> {
      buffered -= length;
      left += length;
      closeWhenWritten();
    }));
  }

  @Override
  public long bufferedBytes() {
    return buffered;
  }

  @Override
  public long progress() {
    return left;
  }

  @Override
  public void ping() {
    // SockJS sends its own heartbeats.
  }

  @Override
  public boolean answersPings() {
    return false;
  }

  @Override
  public void pause() {
    socket.pause();
  }

  @Override
  public void resume() {
    socket.resume();
  }

  /**
   * Closes when what was sent before has left: a SockJS session throws away what it still holds when it is closed, and with polling that is
   * everything since the last poll. A client that does not poll again loses its session soon.
   */
  @Override
  public void close(CloseReason reason) {
    if (closing == null) {
      closing = reason;
      closeWhenWritten();
    }
  }

  private void closeWhenWritten() {
    if (closing != null && buffered == 0 && !gone) {
      socket.close(closing.code(), closing.slug());
    }
  }

  @Override
  public void kill() {
    // Closing the session waits for its carrier to drain, and a peer that reads nothing never lets it.
    socket.close();
    Carrier.cut(socket.routingContext().request());
  }
}
