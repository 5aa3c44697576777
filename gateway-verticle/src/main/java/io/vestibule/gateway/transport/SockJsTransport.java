package io.vestibule.gateway.transport;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.CloseReason;

/**
 * A SockJS session, whatever carries it. SockJS has a heartbeat and a session timeout of its own, and its {@code writeQueueFull} does not tell the truth, so
 * bytes are counted here until their write completes.
 */
final class SockJsTransport implements Transport {
  private final SockJSSocket socket;
  private final String session;
  private final SockJsSessions sessions;
  private final ContextInternal context;
  private final Intake intake;
  private long buffered;
  private long left;
  private boolean gone;
  private volatile HttpConnection carrier;
  private volatile boolean trusted;
  private CloseReason closing;

  /**
   * A session that was just opened.
   *
   * @param session its id
   * @param context of the connection, on which everything happens but {@link #carriedBy}
   */
  SockJsTransport(SockJSSocket socket, String session, SockJsSessions sessions, ContextInternal context) {
    this.socket = socket;
    this.session = session;
    this.sessions = sessions;
    this.context = context;
    this.intake = Intake.of(socket.routingContext());
    this.carrier = socket.routingContext().request().connection();
  }

  /** The session goes on with another connection; any thread. */
  void carriedBy(HttpConnection connection) {
    carrier = connection;
  }

  /** Whether the peer is known; any thread. */
  boolean trusted() {
    return trusted;
  }

  /** Begins to read. Sessions are handed over on the event loop of whichever request opened them, so everything is brought to the connection's. */
  void start(TransportListener listener) {
    sessions.opened(session, this);
    socket.handler(message -> onLoop(() -> received(listener, message)));
    // A peer that breaks off is told to the close handler too; without this one Vert.x logs each as an error with its stack.
    socket.exceptionHandler(broken -> { });
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
      sessions.closed(session, this);
      if (buffered > 0) {
        // Nobody waits for what its last carrier still holds.
        Carrier.cut(carrier);
      }
      listener.closed();
    }
  }

  private void onLoop(Runnable task) {
    // At once where this is the event loop, so that a message which pauses the session holds back the next one.
    context.emit(task, Runnable::run);
  }

  /** The session has a WebSocket all for itself, whose frames are bounded from now on. */
  void watchFrames(TransportListener listener, BoundedFrameDecoder.Bounds bounds) {
    SockJsFrames.watch(carrier, bounds, reason -> onLoop(() -> {
      if (!gone) {
        listener.violated(reason);
      }
    }));
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
  public void trust() {
    trusted = true;
    BoundedFrameDecoder.trust(Carrier.channel(carrier));
  }

  @Override
  public void pause() {
    socket.pause();
    intake.pause();
  }

  @Override
  public void resume() {
    // First this: what the session hands over may pause it again.
    intake.resume();
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
      intake.resume();
      socket.close(closing.code(), closing.slug());
    }
  }

  @Override
  public void kill() {
    socket.close();
    Carrier.cut(carrier);
  }
}
