package io.vestibule.gateway.transport;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.limit.ClientAddress;
import java.util.Optional;
import java.util.Set;

/** The core dialect's SockJS endpoint of one event loop. Its raw WebSocket ({@link #RAW_PATH}) is not SockJS at all and goes to {@link WebSocketEndpoint}. */
public final class SockJsEndpoint {
  /** Where a plain WebSocket client finds the same service. */
  public static final String RAW_PATH = "/sockjs/websocket";

  /** The routes of the endpoint. */
  public static final String MOUNT = "/sockjs/*";

  /** What a session begins with; a request for one that is there goes on with it. */
  private static final Set<String> OPENING = Set.of("websocket", "xhr", "xhr_streaming", "eventsource");

  private static final long HEARTBEAT_OF_ITS_OWN_MS = 25_000;

  private final Door door;
  private final ContextInternal context;
  private final ClientAddress addresses;
  private final SessionLocks locks;
  private final SockJsSessions sessions;
  private final GatewayConfig.Sockets config;
  private final BoundedFrameDecoder.Bounds bounds;

  /**
   * An endpoint.
   *
   * @param context the event loop's, on which connections are called
   * @param locks the node's
   * @param sessions the node's
   */
  public SockJsEndpoint(
      Door door, ContextInternal context, ClientAddress addresses, SessionLocks locks, SockJsSessions sessions, GatewayConfig.Sockets config) {
    this.door = door;
    this.context = context;
    this.addresses = addresses;
    this.locks = locks;
    this.sessions = sessions;
    this.config = config;
    this.bounds = new BoundedFrameDecoder.Bounds((int) config.websocket().maxFrame(), (int) config.sockjs().maxMessage());
  }

  /** Adds the endpoint's routes; origins were checked before. */
  public void mount(Vertx vertx, Router router) {
    SockJSHandlerOptions options = new SockJSHandlerOptions()
        .setHeartbeatInterval(HEARTBEAT_OF_ITS_OWN_MS)
        .setRegisterWriteHandler(false)
        // These two come from script and frame elements, which send no Origin that could be asked for.
        .addDisabledTransport(io.vertx.ext.web.handler.sockjs.Transport.HTML_FILE.name())
        .addDisabledTransport(io.vertx.ext.web.handler.sockjs.Transport.JSON_P.name())
        // The default is a public place; an empty one makes the iframe transports fail instead of loading a stranger's script.
        .setLibraryURL(config.sockjs().libraryUrl());
    router.routeWithRegex("/sockjs/[^/]+/(?<session>[^/]+)/(?<way>[^/]*)").handler(rc -> {
      if (OPENING.contains(rc.pathParam("way")) && rc.request().method() != HttpMethod.OPTIONS && !sessions.isOpen(rc.pathParam("session"))) {
        Optional<Failure> refused = door.mayTry(rc.request(), addressOf(rc.request()));
        if (refused.isPresent()) {
          rc.fail(refused.get());
          return;
        }
      }
      rc.next();
    });
    router.routeWithRegex(HttpMethod.GET, "/sockjs/[^/]+/[^/]+/websocket").handler(SockJsEndpoint::checkUpgrade);
    bodies(router);
    locks.mount(router, "/sockjs", rc -> "");
    router.route(MOUNT).subRouter(SockJSHandler.create(vertx, options).socketHandler(this::open));
  }

  private String addressOf(HttpServerRequest request) {
    return addresses.of(request.remoteAddress().hostAddress(), request.headers().getAll("X-Forwarded-For"));
  }

  /** Takes bodies in: long ones from those who are known, and a body is taken in once. */
  private void bodies(Router router) {
    long most = config.sockjs().maxMessage();
    BodyHandler trusted = BodyHandler.create(false).setBodyLimit(most);
    router.postWithRegex("/sockjs/[^/]+/(?<session>[^/]+)/xhr_send").handler(rc -> {
      if (sessions.trusts(rc.pathParam("session"))) {
        trusted.handle(rc);
      } else {
        rc.next();
      }
    });
    router.post(MOUNT).handler(BodyHandler.create(false).setBodyLimit(Math.min(BoundedFrameDecoder.STRANGERS_BYTES, most)));
  }

  /** What is no upgrade at all is SockJS's own to answer. */
  private static void checkUpgrade(RoutingContext routed) {
    HttpServerRequest request = routed.request();
    WebSocketEndpoint.faultOf(request).filter(fault -> WebSocketEndpoint.isUpgrade(request)).ifPresentOrElse(routed::fail, routed::next);
  }

  private void open(SockJSSocket socket) {
    HttpServerRequest request = socket.routingContext().request();
    String address = addresses.of(socket.remoteAddress().hostAddress(), socket.headers().getAll("X-Forwarded-For"));
    context.dispatch(socket, s -> {
      SockJsTransport transport = new SockJsTransport(s, s.routingContext().pathParam("session"), sessions, context);
      door.mayEnter(address).ifPresentOrElse(refused -> door.refused(transport, refused), () -> {
        TransportListener connection = door.opened(transport, address);
        transport.start(connection);
        if (WebSocketEndpoint.isUpgrade(request)) {
          transport.watchFrames(connection, bounds);
        }
        door.reading(connection, null, null);
      });
    });
  }
}
