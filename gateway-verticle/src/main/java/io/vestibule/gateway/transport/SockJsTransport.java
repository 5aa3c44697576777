package io.vestibule.gateway.transport;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.CloseReason;

/** A SockJS session that speaks the core dialect. */
final class SockJsTransport extends SockJsSession implements SockJsSessions.Session {
  private final SockJSSocket socket;
  private final String session;
  private final SockJsSessions sessions;
  private final HttpConnection opening;
  private volatile boolean trusted;

  /**
   * A session that was just opened.
   *
   * @param session its id
   * @param context of the connection, on which everything happens
   */
  SockJsTransport(SockJSSocket socket, String session, SockJsSessions sessions, ContextInternal context) {
    super(socket, context);
    this.socket = socket;
    this.session = session;
    this.sessions = sessions;
    this.opening = socket.routingContext().request().connection();
  }

  @Override
  public boolean trusted() {
    return trusted;
  }

  /** Begins to read. Sessions are handed over on the event loop of whichever request opened them, so everything is brought to the connection's. */
  void start(TransportListener listener) {
    sessions.opened(session, this);
    socket.handler(message -> onLoop(() -> received(listener, message)));
    socket.closeHandler(v -> onLoop(() -> closed(listener)));
  }

  private void received(TransportListener listener, Buffer message) {
    if (!isGone()) {
      listener.received(message.getBytes());
    }
  }

  private void closed(TransportListener listener) {
    if (end()) {
      sessions.closed(session, this);
      listener.closed();
    }
  }

  /** The session has a WebSocket all for itself, whose frames are bounded from now on. */
  void watchFrames(TransportListener listener, BoundedFrameDecoder.Bounds bounds) {
    SockJsFrames.watch(opening, bounds, reason -> onLoop(() -> {
      if (!isGone()) {
        listener.violated(reason);
      }
    }));
  }

  @Override
  public String name() {
    return "sockjs";
  }

  @Override
  public void trust() {
    trusted = true;
    BoundedFrameDecoder.trust(Carrier.channel(opening));
  }
}
