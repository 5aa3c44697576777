package io.vestibule.gateway.bridge;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.transport.SockJsSession;
import io.vestibule.gateway.transport.SockJsSessions;
import io.vestibule.gateway.transport.TransportListener;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A client's socket of the bridge as the core sees it, with the limits that the bridge of Vert.x lacks: how large and how fast what comes in may be, how much may wait on the
 * way out. What comes in goes to the bridge while the client is in, and is held while it asks or waits. Lives on one event loop.
 */
final class BridgeTransport extends SockJsSession implements SockJsSessions.Session {
  private static final EventLog LOG = EventLog.of(BridgeTransport.class);

  private final SockJSSocket carrier;
  /** Null for a raw WebSocket, which is carried by one connection all its life. */
  private final String session;
  private final SockJsSessions sessions;
  private final ContextInternal context;
  private final BridgeLimits limits;
  private final HeldFrames held;
  private final BridgeQuota quota;
  private final WaiterWatch watch;
  private Consumer<BridgeTransport> opensBridge;
  private TransportListener connection;
  private String id = "";
  private Handler<Buffer> bridge;
  private Handler<Void> bridgeEnd;
  private boolean in;
  private boolean refused;

  /**
   * A transport.
   *
   * @param sessions the node's
   */
  BridgeTransport(SockJSSocket carrier, SockJsSessions sessions, ContextInternal context, BridgeLimits limits) {
    super(carrier, context);
    this.carrier = carrier;
    this.session = carrier.routingContext().pathParam("session");
    this.sessions = sessions;
    this.context = context;
    this.limits = limits;
    this.held = new HeldFrames(limits.held());
    this.quota = new BridgeQuota(limits);
    this.watch = new WaiterWatch(context, limits, () -> !isGone() && !in && !refused, () -> connection.violated(CloseReason.HEARTBEAT_TIMEOUT));
  }

  /**
   * Begins to read.
   *
   * @param flow names it in the log
   * @param opener opens the bridge for it when it is in for the first time
   */
  void start(TransportListener listener, String flow, Consumer<BridgeTransport> opener) {
    connection = listener;
    id = flow;
    opensBridge = opener;
    if (session != null) {
      sessions.opened(session, this);
    }
    carrier.handler(frame -> onLoop(() -> received(frame)));
    carrier.exceptionHandler(broken -> onLoop(() -> unreadable(broken)));
    carrier.closeHandler(v -> onLoop(this::closed));
  }

  /** Whatever the transport could not read (a frame without end, a message beyond all limits) ends the socket. A peer that broke off is told here too, and has ended it already. */
  private void unreadable(Throwable broken) {
    if (!(broken instanceof HttpClosedException || broken instanceof IOException)) {
      connection.violated(CloseReason.TOO_LARGE);
    }
  }

  SockJSSocket carrier() {
    return carrier;
  }

  /** The client is in: what it says goes to the bridge, once what was sent to it before this has been said. */
  void enter() {
    in = true;
    context.runOnContext(v -> handOver());
  }

  /** The client waits: the bridge, if it is open already, hears and says nothing. */
  void rest() {
    in = false;
    watch.run();
  }

  /** Nobody is let in here: nothing is read any more, and the socket is closed. */
  void refuse(CloseReason reason) {
    refused = true;
    in = false;
    violateLater(reason);
  }

  /** Ends the connection, but not in the middle of what it is doing just now. */
  void violateLater(CloseReason reason) {
    context.runOnContext(v -> connection.violated(reason));
  }

  boolean isRefused() {
    return refused;
  }

  boolean isIn() {
    return in;
  }

  private void handOver() {
    if (in && isOpen()) {
      if (opensBridge != null) {
        Consumer<BridgeTransport> opener = opensBridge;
        opensBridge = null;
        opener.accept(this);
      }
      while (bridge != null && in && !held.isEmpty()) {
        pass(held.next());
      }
    }
  }

  /** The bridge listens from now on. */
  void bridge(Handler<Buffer> handler) {
    bridge = handler;
  }

  /** The bridge wants to know when the socket is gone. */
  void bridgeEnd(Handler<Void> handler) {
    bridgeEnd = handler;
  }

  /** The bridge has done with the socket. */
  void violated(CloseReason reason) {
    connection.violated(reason);
  }

  private void received(Buffer frame) {
    if (refused || !isOpen()) {
      return;
    }
    watch.seen();
    connection.receivedForeign();
    Optional<ErrorReason> offence = quota.refuses(frame);
    if (offence.isPresent()) {
      strike(offence.get());
    } else if (in && bridge != null && held.isEmpty()) {
      pass(frame);
    } else if (HeldFrames.isPing(frame)) {
      if (bridge != null) {
        pass(frame);
      }
    } else if (in) {
      // It is handed over in a moment.
      held.add(frame);
    } else {
      held.offer(frame).ifPresent(this::strike);
    }
  }

  /** The bridge trusts the shape of a frame further than a stranger's frame should be. */
  private void pass(Buffer frame) {
    try {
      bridge.handle(frame);
    } catch (RuntimeException malformed) {
      LOG.debug(LogEvent.BRIDGE_REFUSED, id).with(LogKey.REASON, malformed.getClass().getSimpleName()).write();
      fail("rejected");
    }
  }

  private void strike(ErrorReason why) {
    fail(why.slug());
    quota.strike(why).ifPresent(connection::violated);
  }

  private void fail(String why) {
    say(BridgeDialect.error(why).toString());
  }

  /** What the bridge says; to somebody who is not in it says nothing. */
  Future<Void> fromBridge(String frame) {
    return in ? say(frame) : Future.failedFuture("not in");
  }

  private Future<Void> say(String frame) {
    if (!isOpen()) {
      return Future.failedFuture("closed");
    }
    if (bufferedBytes() + frame.length() > limits.outboundBytes()) {
      LOG.warn(LogEvent.SLOW_CONSUMER, id).with(LogKey.BYTES, bufferedBytes()).write();
      connection.violated(CloseReason.SLOW_CONSUMER);
      kill();
      return Future.failedFuture(CloseReason.SLOW_CONSUMER.slug());
    }
    Future<Void> written = write(frame);
    connection.sentForeign();
    return written;
  }

  private void closed() {
    if (end()) {
      held.clear();
      if (session != null) {
        sessions.closed(session, this);
      }
      connection.closed();
      if (bridgeEnd != null) {
        bridgeEnd.handle(null);
      }
    }
  }

  @Override
  public boolean trusted() {
    return true;
  }

  @Override
  public String name() {
    return "bridge";
  }

  @Override
  public void trust() {
    // A frame of the bridge is as long as it may be from the beginning.
  }

  @Override
  public void resume() {
    handOver();
    super.resume();
  }
}
