package io.vestibule.gateway.bridge;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.Transport;
import io.vertx.ext.web.handler.sockjs.impl.EventBusBridgeImpl;
import io.vestibule.contract.error.CloseReason;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.CorrelationId;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.http.OriginPolicy;
import io.vestibule.gateway.limit.ClientAddress;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.transport.Credentials;
import io.vestibule.gateway.transport.SessionLocks;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The Vert.x event-bus bridge at {@code /eventbus/*} of one event loop: SockJS in front, the bus behind, and between them a token, the configured addresses
 * and limits (docs/protocol.md, Event-bus bridge).
 */
public final class EventBusBridge {
  private static final String MOUNT = "/eventbus/*";
  private static final String CLAIMS = "claims";
  private static final String TRANSPORT = "bridge";
  private static final int MAX_ADDRESS = 300;
  private static final EventLog LOG = EventLog.of(EventBusBridge.class);

  private final GatewayConfig config;
  private final TokenVerifier verifier;
  private final OriginPolicy origins;
  private final ClientAddress addresses;
  private final Entrance entrance;
  private final GatewayMeters meters;
  private final BridgeLimits limits;
  private final Set<BridgeSocket> sockets = new HashSet<>();

  /** Where sockets of this node are counted. */
  public interface Entrance {
    /** Counts a socket of this client in; empty when it may come, and then {@link #leave} follows once. */
    Optional<Failure> enter(String address);

    /** Counts it out. */
    void leave(String address);
  }

  /**
   * A bridge.
   *
   * @param verifier this event loop's
   */
  public EventBusBridge(GatewayConfig config, TokenVerifier verifier, OriginPolicy origins, ClientAddress addresses, Entrance entrance,
      GatewayMeters meters, LoopClock clock) {
    this.config = config;
    this.verifier = verifier;
    this.origins = origins;
    this.addresses = addresses;
    this.entrance = entrance;
    this.meters = meters;
    this.limits = BridgeLimits.of(config, clock);
  }

  /**
   * Adds the bridge's routes, if the configuration has it enabled.
   *
   * @param locks the node's
   */
  public void mount(Vertx vertx, Router router, SessionLocks locks) {
    if (!config.bridge().enabled()) {
      return;
    }
    SockJSHandlerOptions options = new SockJSHandlerOptions()
        .setRegisterWriteHandler(false)
        .setLibraryURL(config.gateway().sockjs().libraryUrl())
        .addDisabledTransport(Transport.HTML_FILE.name())
        .addDisabledTransport(Transport.JSON_P.name());
    var bridge = new EventBusBridgeImpl(vertx, null, bridgeOptions(config.bridge()), new BridgeHooks());
    router.route(MOUNT).handler(this::authenticate);
    router.post(MOUNT).handler(BodyHandler.create(false).setBodyLimit(config.gateway().sockjs().maxMessage()));
    locks.mount(router, "/eventbus", rc -> rc.<Claims>get(CLAIMS).userId());
    router.route(MOUNT).subRouter(SockJSHandler.create(vertx, options).socketHandler(socket -> open(vertx, socket, bridge)));
  }

  /** The addresses once more, for the bridge's own check behind {@link BridgeHooks}; there the user's segment is anybody's. */
  private static SockJSBridgeOptions bridgeOptions(BridgeConfig config) {
    SockJSBridgeOptions options = new SockJSBridgeOptions()
        .setMaxAddressLength(MAX_ADDRESS)
        .setMaxHandlersPerSocket(config.maxHandlers())
        .setPingTimeout(config.pingTimeout().toMillis());
    config.inbound().forEach(address -> options.addInboundPermitted(permitted(address)));
    config.outbound().forEach(address -> options.addOutboundPermitted(permitted(address)));
    return options;
  }

  private static PermittedOptions permitted(String address) {
    return new PermittedOptions().setAddressRegex(new AddressTemplate(address).regex());
  }

  /** Nobody gets a socket without a token. It is looked at before SockJS sees the request, because SockJS does not wait for answers. */
  private void authenticate(RoutingContext routed) {
    HttpServerRequest request = routed.request();
    if (!origins.permits(request)) {
      meters.refused(ErrorReason.FORBIDDEN_ORIGIN);
      routed.fail(Failure.of(ErrorReason.FORBIDDEN_ORIGIN));
    } else if (request.method() == HttpMethod.OPTIONS) {
      routed.next();
    } else {
      String token = Credentials.token(request);
      if (token == null) {
        routed.fail(Failure.of(ErrorReason.TOKEN_MISSING));
      } else {
        verify(routed, token);
      }
    }
  }

  private void verify(RoutingContext routed, String token) {
    HttpServerRequest request = routed.request();
    request.pause();
    verifier.verify(token).onComplete(claims -> {
      routed.put(CLAIMS, claims);
      routed.next();
      request.resume();
    }, refused -> {
      if (refused instanceof Failure failure) {
        meters.authFailed(failure.reason());
        LOG.info(LogEvent.AUTH_FAILED, null).with(LogKey.REASON, failure.reason().slug()).with(LogKey.TRANSPORT, TRANSPORT)
            .with(LogKey.REMOTE, request.remoteAddress().hostAddress()).write();
      }
      routed.fail(refused);
    });
  }

  private void open(Vertx vertx, SockJSSocket carrier, EventBusBridgeImpl bridge) {
    HttpServerRequest request = carrier.routingContext().request();
    String address = addresses.of(carrier.remoteAddress().hostAddress(), request.headers().getAll("X-Forwarded-For"));
    Optional<Failure> refused = entrance.enter(address);
    if (refused.isPresent()) {
      LOG.info(LogEvent.CONNECTION_REFUSED, null).with(LogKey.REASON, refused.get().reason().slug()).with(LogKey.TRANSPORT, TRANSPORT)
          .with(LogKey.REMOTE, address).write();
      CloseReason reason = refused.get().reason() == ErrorReason.DRAINING ? CloseReason.RESTARTING : CloseReason.OVER_CAPACITY;
      carrier.close(reason.code(), reason.slug());
      return;
    }
    Claims claims = carrier.routingContext().get(CLAIMS);
    new Opened(address).begin(vertx, carrier, claims, bridge);
  }

  /** Says goodbye to every socket; on the bridge's event loop. */
  public void closeAll(CloseReason reason) {
    List.copyOf(sockets).forEach(socket -> socket.close(reason));
  }

  /** A socket from its beginning to its end. */
  private final class Opened {
    private final String address;
    private final String id = CorrelationId.fresh();
    private final long sinceMs = limits.clock().monotonicMs().getAsLong();
    private BridgeSocket socket;

    Opened(String address) {
      this.address = address;
    }

    void begin(Vertx vertx, SockJSSocket carrier, Claims claims, EventBusBridgeImpl bridge) {
      socket = new BridgeSocket(vertx, carrier, id, BridgeUser.of(claims, config.bridge()), limits, this::end);
      sockets.add(socket);
      meters.opened(TRANSPORT);
      LOG.info(LogEvent.CONNECTION_AUTHENTICATED, id).with(LogKey.USER, claims.userId()).with(LogKey.TRANSPORT, TRANSPORT)
          .with(LogKey.REMOTE, address).write();
      bridge.handle(socket);
    }

    private void end(String reason) {
      sockets.remove(socket);
      entrance.leave(address);
      meters.closed(TRANSPORT, reason);
      LOG.info(LogEvent.CONNECTION_CLOSED, id).with(LogKey.REASON, reason)
          .with(LogKey.DURATION_MS, limits.clock().monotonicMs().getAsLong() - sinceMs).write();
    }
  }
}
