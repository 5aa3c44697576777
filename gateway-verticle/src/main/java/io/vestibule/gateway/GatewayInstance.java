package io.vestibule.gateway;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vestibule.cluster.Bus;
import io.vestibule.cluster.Registration;
import io.vestibule.contract.bus.Addresses;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.BusApi;
import io.vestibule.gateway.api.CallReader;
import io.vestibule.gateway.api.JsonReader;
import io.vestibule.gateway.api.ServerApi;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.bridge.EventBusBridge;
import io.vestibule.gateway.fanout.FanOut;
import io.vestibule.gateway.fanout.FanPublisher;
import io.vestibule.gateway.fanout.Publisher;
import io.vestibule.gateway.frame.FrameDecoder;
import io.vestibule.gateway.frame.FrameEncoder;
import io.vestibule.gateway.http.HttpRoutes;
import io.vestibule.gateway.http.HttpServices;
import io.vestibule.gateway.http.Problem;
import io.vestibule.gateway.session.Authentication;
import io.vestibule.gateway.session.ClientPublishing;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.ConnectionLoop;
import io.vestibule.gateway.session.ConnectionSettings;
import io.vestibule.gateway.session.FrameHandler;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.session.LoopCommands;
import io.vestibule.gateway.session.Subscriptions;
import io.vestibule.gateway.topic.SubscriptionTrie;
import io.vestibule.gateway.transport.Door;
import io.vestibule.gateway.transport.FlushQueue;
import io.vestibule.gateway.transport.HandshakeGuard;
import io.vestibule.gateway.transport.SockJsEndpoint;
import io.vestibule.gateway.transport.Transport;
import io.vestibule.gateway.transport.TransportListener;
import io.vestibule.gateway.transport.WebSocketEndpoint;
import java.util.ArrayList;
import java.util.List;
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
  private final List<Registration> registrations = new ArrayList<>();
  private long nextTickNanos;

  /**
   * An instance.
   *
   * @param port to listen on; negative for any free one that the instances share
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
        (int) config.websocket().maxMessage(), Problem::respond);
    ServerApi api = new ServerApi(publisher, node.permissions, node.clusterCommands, clock.monotonicMs());
    router = Router.router(vertx);
    HttpRoutes.mount(router, new HttpServices(node.config, api, verifier, node.apiKeys, node.origins, node.development, clock.epochMs(),
        node.environment.operations(), node.meters));
    if (config.sockjs().enabled()) {
      router.route(SockJsEndpoint.MOUNT).handler(this::checkOrigin);
      new SockJsEndpoint(this, loop, node.addresses, config.sockjs()).mount(vertx, router);
    }
    new EventBusBridge(node.config, verifier, node.origins, node.addresses, node, node.meters, clock).mount(vertx, router);
    node.nodeCommands.add(context, new LoopCommands(connections, subscriptions)::execute);
    startTicking();
    Bus bus = node.environment.bus();
    CallReader reader = new CallReader(new JsonReader(config.limits().maxDepth()));
    return Future.all(bus.subscribe(Addresses.FAN, fanOut::deliver), new BusApi(api, reader).serve(bus)).compose(served -> {
      registrations.addAll(served.list());
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
      if (node.origins.permits(request)) {
        webSockets.accept(request);
      } else {
        node.meters.refused(ErrorReason.FORBIDDEN_ORIGIN);
        Problem.respond(request, Failure.of(ErrorReason.FORBIDDEN_ORIGIN));
      }
    } else {
      router.handle(request);
    }
  }

  private void checkOrigin(RoutingContext routed) {
    if (node.origins.permits(routed.request())) {
      routed.next();
    } else {
      node.meters.refused(ErrorReason.FORBIDDEN_ORIGIN);
      routed.fail(Failure.of(ErrorReason.FORBIDDEN_ORIGIN));
    }
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
        .eventually(() -> Future.join(registrations.stream().map(Registration::close).toList()));
  }

  private Future<Void> sendAway(long deadline) {
    connections.closeSome(CLOSED_IN_A_BATCH, CloseReason.RESTARTING);
    if (connections.size() == 0 || clock.monotonicMs().getAsLong() >= deadline) {
      return Future.succeededFuture();
    }
    return vertx.timer(BATCH_PAUSE_MS, TimeUnit.MILLISECONDS).compose(v -> sendAway(deadline));
  }
}
