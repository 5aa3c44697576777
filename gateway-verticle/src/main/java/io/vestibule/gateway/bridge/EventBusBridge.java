package io.vestibule.gateway.bridge;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.ContextInternal;
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
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.GatewayConfig;
import io.vestibule.gateway.admission.ResumeTokens;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.http.OriginPolicy;
import io.vestibule.gateway.limit.ByteBudget;
import io.vestibule.gateway.limit.ClientAddress;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.session.Authentication;
import io.vestibule.gateway.session.Connection;
import io.vestibule.gateway.session.ConnectionLoop;
import io.vestibule.gateway.session.LoopClock;
import io.vestibule.gateway.transport.Credentials;
import io.vestibule.gateway.transport.Door;
import io.vestibule.gateway.transport.SessionLocks;
import io.vestibule.gateway.transport.SockJsSessions;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Vert.x event-bus bridge at {@code /eventbus/*} of one event loop: SockJS in front, the bus behind, and between them a token, the waiting line, the configured addresses
 * and limits (docs/protocol.md, Event-bus bridge). Each socket is a connection like any other, with a {@link BridgeDialect} of its own; the bridge of Vert.x sees it while it is in.
 */
public final class EventBusBridge {
  private static final String MOUNT = "/eventbus/*";
  private static final String VISITOR = "visitor";
  private static final String TRANSPORT = "bridge";
  private static final int MAX_ADDRESS = 300;
  /** What a socket begins with: the raw one, or one in a session; a request for a session that is there goes on with it. */
  private static final Pattern OPENING = Pattern.compile("/eventbus/(?:websocket|[^/]+/(?<session>[^/]+)/(?:websocket|xhr|xhr_streaming|eventsource))/?");
  private static final EventLog LOG = EventLog.of(EventBusBridge.class);

  private final Parts parts;
  private final GatewayConfig config;
  private final BridgeLimits limits;

  /**
   * What a bridge stands on.
   *
   * @param verifier this event loop's
   * @param tokens resume tokens of the cluster
   * @param door counts attempts to come in, and sockets of a client's address
   * @param sessions the node's
   * @param held what the node keeps of what clients say while they wait
   * @param forged is told the address of whoever showed a resume token that nobody signed
   * @param context the event loop's, on which connections are called
   * @param connections this event loop's
   * @param authentication this event loop's
   */
  public record Parts(GatewayConfig config, TokenVerifier verifier, ResumeTokens tokens, OriginPolicy origins, ClientAddress addresses,
      Door door, SockJsSessions sessions, ByteBudget held, Consumer<String> forged, GatewayMeters meters, LoopClock clock, ContextInternal context,
      ConnectionLoop connections, Authentication authentication) {}

  /**
   * Whose request it is.
   *
   * @param token a JWT, or a resume token
   */
  private record Visitor(String userId, String token, boolean resumes) {}

  /** A bridge. */
  public EventBusBridge(Parts parts) {
    this.parts = parts;
    this.config = parts.config;
    this.limits = BridgeLimits.of(config, parts.clock, parts.meters.limits(), parts.held);
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
    locks.mount(router, "/eventbus", rc -> rc.<Visitor>get(VISITOR).userId());
    router.route(MOUNT).subRouter(SockJSHandler.create(vertx, options).socketHandler(socket -> parts.context.dispatch(socket, opened -> open(vertx, opened, bridge))));
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
    if (!parts.origins.permits(request)) {
      parts.meters.refused(ErrorReason.FORBIDDEN_ORIGIN);
      routed.fail(Failure.of(ErrorReason.FORBIDDEN_ORIGIN));
    } else if (request.method() == HttpMethod.OPTIONS) {
      routed.next();
    } else {
      String token = Credentials.token(request);
      Optional<Failure> refused = opens(routed) ? parts.door.mayTry(request, addressOf(request)) : Optional.empty();
      if (refused.isPresent()) {
        routed.fail(refused.get());
      } else if (token == null) {
        routed.fail(Failure.of(ErrorReason.TOKEN_MISSING));
      } else if (ResumeTokens.isOne(token)) {
        verifyResume(routed, token);
      } else {
        verify(routed, token);
      }
    }
  }

  private boolean opens(RoutingContext routed) {
    Matcher path = OPENING.matcher(routed.normalizedPath());
    return path.matches() && (path.group("session") == null || !parts.sessions.isOpen(path.group("session")));
  }

  private void verifyResume(RoutingContext routed, String token) {
    try {
      routed.put(VISITOR, new Visitor(parts.tokens.verify(token).claim().user(), token, true));
    } catch (Failure forged) {
      parts.forged.accept(addressOf(routed.request()));
      refuse(routed, forged);
      return;
    }
    routed.next();
  }

  private void verify(RoutingContext routed, String token) {
    HttpServerRequest request = routed.request();
    request.pause();
    parts.verifier.verify(token).onComplete(claims -> {
      routed.put(VISITOR, new Visitor(claims.userId(), token, false));
      routed.next();
      request.resume();
    }, refused -> refuse(routed, refused));
  }

  private void refuse(RoutingContext routed, Throwable refused) {
    if (refused instanceof Failure failure) {
      parts.meters.authFailed(failure.reason());
      LOG.info(LogEvent.AUTH_FAILED, null).with(LogKey.REASON, failure.reason().slug()).with(LogKey.TRANSPORT, TRANSPORT)
          .with(LogKey.REMOTE, routed.request().remoteAddress().hostAddress()).write();
    }
    routed.fail(refused);
  }

  private String addressOf(HttpServerRequest request) {
    return parts.addresses.of(request.remoteAddress().hostAddress(), request.headers().getAll("X-Forwarded-For"));
  }

  private void open(Vertx vertx, SockJSSocket carrier, EventBusBridgeImpl bridge) {
    HttpServerRequest request = carrier.routingContext().request();
    String address = addressOf(request);
    Optional<Failure> refused = parts.door.mayEnter(address);
    if (refused.isPresent()) {
      LOG.info(LogEvent.CONNECTION_REFUSED, null).with(LogKey.REASON, refused.get().reason().slug()).with(LogKey.TRANSPORT, TRANSPORT)
          .with(LogKey.REMOTE, address).write();
      CloseReason reason = refused.get().reason() == ErrorReason.DRAINING ? CloseReason.RESTARTING : CloseReason.OVER_CAPACITY;
      carrier.write(BridgeDialect.error(refused.get().reason().slug()).toString()).onComplete(said -> carrier.close(reason.code(), reason.slug()));
      return;
    }
    Visitor visitor = carrier.routingContext().get(VISITOR);
    String queue = request.getParam("queue");
    var transport = new BridgeTransport(carrier, parts.sessions, parts.context, limits);
    Connection connection = parts.connections.open(transport, address, new BridgeDialect(vertx, transport, limits, queue != null || visitor.resumes()));
    transport.start(connection, connection.id(),
        in -> bridge.handle(new BridgeSocket(vertx, in, connection.id(), BridgeUser.of(visitor.userId(), config.bridge()))));
    if (visitor.resumes()) {
      parts.authentication.resume(connection, visitor.token());
    } else {
      parts.authentication.authenticate(connection, visitor.token(), queue);
    }
  }
}
