package io.vestibule.gateway;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.fanout.FanOut;
import io.vestibule.gateway.fanout.FanPublisher;
import io.vestibule.gateway.fanout.Publisher;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.session.Authentication;
import io.vestibule.gateway.session.ClientPublishing;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.ConnectionLoop;
import io.vestibule.gateway.session.ConnectionSettings;
import io.vestibule.gateway.session.FrameHandler;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.session.Subscriptions;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.transport.Door;
import io.vestibule.gateway.transport.FlushQueue;
import io.vestibule.gateway.transport.HandshakeGuard;
import io.vestibule.gateway.transport.SockJsEndpoint;
import io.vestibule.gateway.transport.Transport;
import io.vestibule.gateway.transport.TransportListener;
import io.vestibule.gateway.transport.WebSocketEndpoint;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One event loop of the gateway: its share of the listener, its connections, its subscriptions. Shares nothing that changes but {@link GatewayNode}. */
final class GatewayInstance extends VerticleBase implements Door {
  private static final int CLOSED_IN_A_BATCH = 250;
  private static final long BATCH_PAUSE_MS = 50;
  private static final long GOODBYES_MS = 15_000;

  private final GatewayNode node;
  private final int port;
  private final LoopClock clock = LoopClock.system();
  private final HandshakeGuard guard;
  private ConnectionLoop connections;
  private Authentication authentication;
  private WebSocketEndpoint webSockets;
  private Router router;
  private HttpServer server;
  private Registration fan;
  private long nextTickNanos;

  /**
   * An instance.
   *
   * @param port to listen on; 0 for any free one
   */
  GatewayInstance(GatewayNode node, int port) {
    this.node = node;
    this.port = port;
    this.guard = new HandshakeGuard(node.config.gateway().limits().authTimeout().toMillis());
  }

  @Override
  public Future<?> start() {
    ContextInternal loop = (ContextInternal) context;
    GatewayConfig.Sockets config = node.config.gateway();
    ConnectionSettings settings = ConnectionSettings.of(config);
    TokenVerifier verifier = node.keys.verifier();
    SubscriptionTrie<Connection> trie = new SubscriptionTrie<>();
    Subscriptions subscriptions = new Subscriptions(trie, node.permissions, node.meters, settings.maxSubscriptions());
    Publisher publisher = new FanPublisher(new FrameEncoder(clock.epochMs()), node.environment.bus(), node.meters);
    authentication = new Authentication(verifier, subscriptions, settings, clock, node.meters);
    FrameHandler frames = new FrameHandler(new FrameDecoder(config.limits().maxDepth()), settings, clock, node.meters, authentication,
        subscriptions, new ClientPublishing(publisher, node.permissions), node.environment.membership().self().name());
    connections = new ConnectionLoop(settings, clock, node.meters, subscriptions, frames, c -> node.counts.release(c.remote()));
    FanOut fanOut = new FanOut(trie, node.permissions, node.meters);
    webSockets = new WebSocketEndpoint(this, loop,
        new FlushQueue(loop.nettyEventLoop(), config.flushDelay().toNanos()), node.addresses,
        (int) config.websocket().maxMessage(), GatewayInstance::refuse);
    router = Router.router(vertx);
    if (config.sockjs().enabled()) {
      new SockJsEndpoint(this, loop, node.addresses, config.sockjs()).mount(vertx, router);
    }
    node.environment.operations().forEach(routes -> routes.accept(router));
    startTicking();
    return node.environment.bus().subscribe(Addresses.FAN, fanOut::deliver).compose(registration -> {
      fan = registration;
      return listen();
    });
  }

  private Future<HttpServer> listen() {
    server = vertx.createHttpServer(ListenerOptions.of(node.config.gateway()).setPort(port))
        .connectionHandler(connection -> guard.opened(connection, clock.monotonicMs().getAsLong()))
        .requestHandler(this::route);
    return server.listen();
  }

  /** The port it listens on. */
  int port() {
    return server.actualPort();
  }

  private void route(HttpServerRequest request) {
    guard.done(request.connection());
    String path = request.path();
    boolean socket = ("/ws".equals(path) && node.config.gateway().websocket().enabled())
        || (SockJsEndpoint.RAW_PATH.equals(path) && node.config.gateway().sockjs().enabled());
    if (socket && WebSocketEndpoint.isUpgrade(request)) {
      webSockets.accept(request);
    } else {
      router.handle(request);
    }
  }

  private static void refuse(HttpServerRequest request, Failure failure) {
    request.response().setStatusCode(failure.reason().code()).end(failure.reason().slug());
  }

  private void startTicking() {
    nextTickNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ConnectionLoop.TICK_MS);
    vertx.setPeriodic(ConnectionLoop.TICK_MS, id -> {
      long now = System.nanoTime();
      // The timer is the event loop's own, so what it is late by is what everything on this loop is late by.
      node.meters.loopLag(Math.max(0, now - nextTickNanos));
      nextTickNanos = now + TimeUnit.MILLISECONDS.toNanos(ConnectionLoop.TICK_MS);
      connections.tick();
      guard.tick(clock.monotonicMs().getAsLong());
    });
  }

  @Override
  public Optional<Failure> mayEnter(String address) {
    return node.mayEnter(address);
  }

  @Override
  public void notOpened(String address) {
    node.counts.release(address);
  }

  @Override
  public TransportListener opened(Transport transport, String address) {
    return connections.open(transport, address);
  }

  @Override
  public void reading(TransportListener connection, String token) {
    if (token != null) {
      authentication.authenticate((Connection) connection, null, token, null);
    }
  }

  /** Takes no new sockets and sends the others away in batches, so that they do not all come to the next node in one instant. */
  @Override
  public Future<?> stop() {
    node.drain();
    long deadline = clock.monotonicMs().getAsLong() + GOODBYES_MS;
    return sendAway(deadline)
        .compose(v -> server == null ? Future.succeededFuture() : server.shutdown(1, TimeUnit.SECONDS))
        .eventually(() -> fan == null ? Future.succeededFuture() : fan.close());
  }

  private Future<Void> sendAway(long deadline) {
    connections.closeSome(CLOSED_IN_A_BATCH, CloseReason.RESTARTING);
    if (connections.size() == 0 || clock.monotonicMs().getAsLong() >= deadline) {
      return Future.succeededFuture();
    }
    return vertx.timer(BATCH_PAUSE_MS, TimeUnit.MILLISECONDS).compose(v -> sendAway(deadline));
  }
}
