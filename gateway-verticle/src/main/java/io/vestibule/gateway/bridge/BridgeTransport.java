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
import io.vestibule.gateway.limit.Strikes;
import io.vestibule.gateway.metrics.LimitMeters;
import io.vestibule.gateway.transport.SockJsSession;
import io.vestibule.gateway.transport.SockJsSessions;
import io.vestibule.gateway.transport.TransportListener;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A client's socket of the bridge as the core sees it, with the limits that the bridge of Vert.x lacks: how large and how fast what comes in may be, how much may wait on the
 * way out. What comes in goes to the bridge while the client is in, and is held while it asks or waits. Lives on one event loop.
 */
final class BridgeTransport extends SockJsSession implements SockJsSessions.Session {
  private static final int MAX_STRIKES = 100;
  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final EventLog LOG = EventLog.of(BridgeTransport.class);

  private final SockJSSocket carrier;
  /** Null for a raw WebSocket, which is carried by one connection all its life. */
  private final String session;
  private final SockJsSessions sessions;
  private final ContextInternal context;
  private final BridgeLimits limits;
  private final HeldFrames held = new HeldFrames();
  private Consumer<BridgeTransport> opensBridge;
  private TransportListener connection;
  private String id = "";
  private Handler<Buffer> bridge;
  private Handler<Void> bridgeEnd;
  private boolean in;
  private boolean watched;
  private boolean refused;
  private long quotaTatUs;
  private long strikes;
  private long seenMs;

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
    this.seenMs = nowMs();
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
    if (!watched) {
      watched = true;
      watch(limits.pingTimeoutMs());
    }
  }

  /** A waiter that gives no sign of life goes, as the bridge would see to if it were in. */
  private void watch(long afterMs) {
    context.owner().timer(Math.max(1, afterMs), TimeUnit.MILLISECONDS).onComplete(due -> onLoop(() -> {
      long silentMs = nowMs() - seenMs;
      if (isGone() || in || refused) {
        watched = false;
      } else if (silentMs >= limits.pingTimeoutMs()) {
        connection.violated(CloseReason.HEARTBEAT_TIMEOUT);
      } else {
        watch(limits.pingTimeoutMs() - silentMs);
      }
    }));
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
    seenMs = nowMs();
    connection.pong();
    if (frame.length() > limits.maxMessage()) {
      strike(ErrorReason.MESSAGE_TOO_LARGE);
    } else if (tooFast()) {
      strike(ErrorReason.RATE_LIMITED);
    } else if (in && bridge != null && held.isEmpty()) {
      pass(frame);
    } else if (HeldFrames.isPing(frame)) {
      if (bridge != null) {
        pass(frame);
      }
    } else if (in || held.hasRoomFor(frame)) {
      // To somebody who is in it is handed over in a moment.
      held.add(frame);
    } else {
      strike(ErrorReason.NOT_AUTHENTICATED);
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

  private boolean tooFast() {
    if (limits.messages() == null) {
      return false;
    }
    long nowUs = nowMs() * MICROS_OF_A_MILLI;
    boolean permitted = limits.messages().waitUs(quotaTatUs, nowUs) == 0;
    limits.meters().checked(LimitMeters.Policy.CONNECTION_MESSAGES, permitted);
    if (permitted) {
      quotaTatUs = limits.messages().take(quotaTatUs, nowUs);
    }
    return !permitted;
  }

  private void strike(ErrorReason why) {
    fail(why.slug());
    strikes = Strikes.add(strikes, nowMs());
    if (Strikes.count(strikes) > MAX_STRIKES) {
      connection.violated(why == ErrorReason.RATE_LIMITED ? CloseReason.TOO_FAST : CloseReason.PROTOCOL_ABUSE);
    }
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
    return write(frame);
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

  private long nowMs() {
    return limits.clock().monotonicMs().getAsLong();
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
