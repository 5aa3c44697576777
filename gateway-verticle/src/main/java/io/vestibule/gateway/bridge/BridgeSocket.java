package io.vestibule.gateway.bridge;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.impl.SockJSSocketBase;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.limit.Strikes;
import io.vestibule.gateway.transport.Carrier;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client's socket as the bridge sees it, with the limits that the bridge lacks: how large and how fast what comes in may be, how much may wait on the way
 * out, and when the token ends. Lives on one event loop. It extends Vert.x's own base class, because the bridge insists on one.
 */
final class BridgeSocket extends SockJSSocketBase {
  private static final int MAX_REPLIES = 100;
  private static final int MAX_STRIKES = 100;
  private static final long GOODBYE_MS = 5_000;
  private static final long LONGEST_TIMER_MS = 86_400_000;
  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final EventLog LOG = EventLog.of(BridgeSocket.class);

  private final SockJSSocket carrier;
  private final String id;
  private final BridgeUser user;
  private final BridgeLimits limits;
  private final Handler<String> ended;
  private final Set<String> replies = new LinkedHashSet<>();
  private long timer = -1;
  private long quotaTatUs;
  private long strikes;
  /** Bytes on their way; with polling their writes end on whichever event loop carried the poll. */
  private final AtomicLong waiting = new AtomicLong();
  private String reason = "client";
  private boolean closing;
  private boolean gone;

  /**
   * A socket.
   *
   * @param id names its flow in the log
   * @param ended is told once why it ended, when it is gone
   */
  BridgeSocket(Vertx vertx, SockJSSocket carrier, String id, BridgeUser user, BridgeLimits limits, Handler<String> ended) {
    super(vertx, carrier.routingContext(), new SockJSHandlerOptions().setRegisterWriteHandler(false));
    this.carrier = carrier;
    this.id = id;
    this.user = user;
    this.limits = limits;
    this.ended = ended;
    carrier.closeHandler(v -> gone());
    expireInTime();
  }

  String id() {
    return id;
  }

  BridgeUser user() {
    return user;
  }

  /** The client was given an address to reply to; only it may. The oldest ones are forgotten when there are very many. */
  void offerReply(String address) {
    if (address != null && replies.add(address) && replies.size() > MAX_REPLIES) {
      Iterator<String> oldest = replies.iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Whether the client was given this address and has not replied yet. */
  boolean takeReply(String address) {
    return replies.remove(address);
  }

  /** Says why, as far as the bridge's protocol can, and closes. */
  void close(CloseReason why) {
    if (!closing && !gone) {
      fail(why.slug());
      closing = true;
      reason = why.slug();
      carrier.close(why.code(), why.slug());
      // A peer that reads nothing never answers a close.
      vertx.setTimer(GOODBYE_MS, late -> kill());
    }
  }

  private void expireInTime() {
    long left = user.expiresAtMs() + limits.leewayMs() - limits.clock().epochMs().getAsLong();
    timer = vertx.setTimer(Math.max(1, Math.min(left, LONGEST_TIMER_MS)), due -> {
      if (left > LONGEST_TIMER_MS) {
        expireInTime();
      } else {
        close(CloseReason.TOKEN_EXPIRED);
      }
    });
  }

  private void kill() { 
    if (!gone) {
      carrier.close();
      Carrier.cut(routingContext.request());
    }
  }

  private void gone() { 
    if (!gone) {
      gone = true;
      vertx.cancelTimer(timer);
      ended.handle(reason);
    }
  }

  private void received(Buffer frame, Handler<Buffer> bridge) {
    if (closing || gone) {
      return;
    }
    if (frame.length() > limits.maxMessage()) {
      strike(ErrorReason.MESSAGE_TOO_LARGE);
    } else if (tooFast()) {
      strike(ErrorReason.RATE_LIMITED);
    } else {
      pass(frame, bridge);
    }
  }

  /** The bridge trusts the shape of a frame further than a stranger's frame should be. */
  private void pass(Buffer frame, Handler<Buffer> bridge) {
    try {
      bridge.handle(frame);
    } catch (RuntimeException malformed) {
      LOG.debug(LogEvent.BRIDGE_REFUSED, id).with(LogKey.USER, user.userId()).with(LogKey.REASON, malformed.getClass().getSimpleName()).write();
      fail("rejected");
    }
  }

  private boolean tooFast() {
    if (limits.messages() == null) {
      return false;
    }
    long nowUs = limits.clock().monotonicMs().getAsLong() * MICROS_OF_A_MILLI;
    if (limits.messages().waitUs(quotaTatUs, nowUs) > 0) {
      return true;
    }
    quotaTatUs = limits.messages().take(quotaTatUs, nowUs);
    return false;
  }

  private void strike(ErrorReason why) {
    fail(why.slug());
    strikes = Strikes.add(strikes, limits.clock().monotonicMs().getAsLong());
    if (Strikes.count(strikes) > MAX_STRIKES) {
      close(why == ErrorReason.RATE_LIMITED ? CloseReason.TOO_FAST : CloseReason.PROTOCOL_ABUSE);
    }
  }

  private void fail(String why) {
    write(new JsonObject().put("type", "err").put("body", why).encode());
  }

  /** As text, whatever it came as: the raw socket would send a buffer as a binary frame, which clients in JavaScript cannot read as JSON. */
  @Override
  public Future<Void> write(Buffer frame) {
    return write(frame.toString());
  }

  @Override
  public Future<Void> write(String frame) {
    if (closing || gone) {
      return Future.failedFuture("closed");
    }
    int length = frame.length();
    if (waiting.addAndGet(length) > limits.outboundBytes()) {
      LOG.warn(LogEvent.SLOW_CONSUMER, id).with(LogKey.USER, user.userId()).with(LogKey.BYTES, waiting.get()).write();
      closing = true;
      reason = CloseReason.SLOW_CONSUMER.slug();
      kill();
      return Future.failedFuture(reason);
    }
    return carrier.write(frame).onComplete(written -> waiting.addAndGet(-length));
  }

  @Override
  public SockJSSocket handler(Handler<Buffer> bridge) {
    carrier.handler(bridge == null ? null : frame -> received(frame, bridge));
    return this;
  }

  /** Whatever the transport could not read (a frame without end, a message beyond all limits) ends the socket. The bridge would log each with its stack. */
  @Override
  public SockJSSocket exceptionHandler(Handler<Throwable> ignored) {
    carrier.exceptionHandler(broken -> close(CloseReason.TOO_LARGE));
    return this;
  }

  @Override
  public SockJSSocket closeHandler(Handler<Void> bridge) {
    carrier.closeHandler(v -> {
      gone();
      bridge.handle(v);
    });
    return this;
  }

  @Override
  public void close() {
    close(CloseReason.NORMAL);
  }

  @Override
  public void closeAfterSessionExpired() {
    close(CloseReason.HEARTBEAT_TIMEOUT);
  }

  @Override
  public SockJSSocket pause() {
    carrier.pause();
    return this;
  }

  @Override
  public SockJSSocket resume() {
    carrier.resume();
    return this;
  }

  @Override
  public SockJSSocket fetch(long amount) {
    carrier.fetch(amount);
    return this;
  }

  @Override
  public SockJSSocket endHandler(Handler<Void> handler) {
    carrier.endHandler(handler);
    return this;
  }

  @Override
  public SockJSSocket setWriteQueueMaxSize(int maxSize) {
    carrier.setWriteQueueMaxSize(maxSize);
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return carrier.writeQueueFull();
  }

  @Override
  public SockJSSocket drainHandler(Handler<Void> handler) {
    carrier.drainHandler(handler);
    return this;
  }

  @Override
  public SocketAddress remoteAddress() {
    return carrier.remoteAddress();
  }

  @Override
  public SocketAddress localAddress() {
    return carrier.localAddress();
  }

  @Override
  public MultiMap headers() {
    return carrier.headers();
  }

  @Override
  public String uri() {
    return carrier.uri();
  }
}
