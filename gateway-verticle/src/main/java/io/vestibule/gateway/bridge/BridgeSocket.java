package io.vestibule.gateway.bridge;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.impl.SockJSSocketBase;
import io.vestibule.contract.error.CloseReason;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A client's socket as the bridge sees it, once the client is in; {@link BridgeTransport} stands between it and the client. It extends Vert.x's own base class, because the
 * bridge insists on one.
 */
final class BridgeSocket extends SockJSSocketBase {
  private static final int MAX_REPLIES = 100;

  private final BridgeTransport transport;
  private final SockJSSocket carrier;
  private final String id;
  private final BridgeUser user;
  private final Set<String> replies = new LinkedHashSet<>();

  /**
   * A socket.
   *
   * @param id names its flow in the log
   */
  BridgeSocket(Vertx vertx, BridgeTransport transport, String id, BridgeUser user) {
    super(vertx, transport.carrier().routingContext(), new SockJSHandlerOptions().setRegisterWriteHandler(false));
    this.transport = transport;
    this.carrier = transport.carrier();
    this.id = id;
    this.user = user;
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

  /** As text, whatever it came as: the raw socket would send a buffer as a binary frame, which clients in JavaScript cannot read as JSON. */
  @Override
  public Future<Void> write(Buffer frame) {
    return write(frame.toString());
  }

  @Override
  public Future<Void> write(String frame) {
    return transport.fromBridge(frame);
  }

  @Override
  public SockJSSocket handler(Handler<Buffer> bridge) {
    transport.bridge(bridge);
    return this;
  }

  /** {@link BridgeTransport} sees to what cannot be read. */
  @Override
  public SockJSSocket exceptionHandler(Handler<Throwable> ignored) {
    return this;
  }

  @Override
  public SockJSSocket closeHandler(Handler<Void> bridge) {
    transport.bridgeEnd(bridge);
    return this;
  }

  @Override
  public void close() {
    transport.violated(CloseReason.NORMAL);
  }

  @Override
  public void closeAfterSessionExpired() {
    transport.violated(CloseReason.HEARTBEAT_TIMEOUT);
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
