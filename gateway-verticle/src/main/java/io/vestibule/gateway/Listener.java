package io.vestibule.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.http.MalformedRequests;
import io.vestibule.gateway.http.Problem;
import io.vestibule.gateway.transport.Opening;
import io.vestibule.gateway.transport.PlainConnections;
import io.vestibule.gateway.transport.RequestDecoder;
import io.vestibule.gateway.transport.RequestGuard;
import io.vestibule.gateway.transport.SockJsEndpoint;
import io.vestibule.gateway.transport.WebSocketEndpoint;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** An event loop's share of the port: requests for WebSockets go to their endpoint without the detour over the router, everything else to the router. */
final class Listener {
  private static final String WEBSOCKET_PATH = "/ws";
  private static final String EVENTS_PATH = "/events/subscribe";
  private static final String MESSAGES_PATH = "/messages/subscribe";
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final int BEFORE_ALL = -1;

  private final GatewayNode node;
  private final WebSocketEndpoint webSockets;
  private final Opening.Kind events;
  private final Opening.Kind messages;
  private final Router router;
  private final RequestGuard guard;
  private final PlainConnections plain;
  private final LongSupplier nowMs;
  private final HttpServerOptions options;
  private HttpServer server;

  Listener(GatewayNode node, WebSocketEndpoint webSockets, Opening.Kind events, Opening.Kind messages, Router router, LongSupplier nowMs) {
    this.node = node;
    this.webSockets = webSockets;
    this.events = events;
    this.messages = messages;
    this.router = router;
    this.nowMs = nowMs;
    this.options = ListenerOptions.of(node.config.gateway());
    this.plain = new PlainConnections(node.plainCounts, node.addresses);
    Duration authTimeout = node.config.gateway().limits().authTimeout();
    Duration request = authTimeout.isZero() ? REQUEST_TIMEOUT : authTimeout;
    this.guard = new RequestGuard(request.toMillis(), node.config.gateway().http().idleTimeout().toMillis());
    // A routing context takes the response's only end handler for its own.
    router.route().order(BEFORE_ALL).handler(routed -> {
      routed.addEndHandler(ended -> guard.answered(routed.request(), nowMs.getAsLong()));
      routed.next();
    });
  }

  /** Puts a guard before routes that make sockets of their own. */
  static void guardOrigins(GatewayNode node, Router router, String path) {
    router.route(path).handler(routed -> {
      if (node.origins.permits(routed.request())) {
        routed.next();
      } else {
        routed.fail(forbidden(node));
      }
    });
  }

  /**
   * Listens.
   *
   * @param port negative for any free one that the instances share
   */
  Future<?> listen(Vertx vertx, int port) {
    server = vertx.createHttpServer(options.setPort(port))
        .connectionHandler(this::opened)
        .invalidRequestHandler(request -> MalformedRequests.answer(request, node.meters))
        .requestHandler(this::route);
    return server.listen();
  }

  private void opened(HttpConnection connection) {
    RequestDecoder.install(connection, options);
    if (!plain.opened(connection)) {
      // It has not asked for anything that could be answered.
      node.meters.refused(ErrorReason.TOO_MANY_CONNECTIONS);
      connection.close();
      return;
    }
    guard.opened(connection, nowMs.getAsLong());
    // Else those that come and go, such as a balancer's probes, would push the others out before their time.
    connection.closeHandler(gone -> {
      guard.done(connection);
      plain.done(connection);
    });
  }

  /** The port it listens on. */
  int port() {
    return server.actualPort();
  }

  /** Ends connections that do not get to the point. */
  void tick() {
    guard.tick(nowMs.getAsLong());
  }

  /** Stops listening; requests under way have so long to end. */
  Future<Void> close(Duration grace) {
    return server == null ? Future.succeededFuture() : server.shutdown(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void route(HttpServerRequest request) {
    guard.asked(request, nowMs.getAsLong());
    request.response().endHandler(ended -> guard.answered(request, nowMs.getAsLong()));
    if (MalformedRequests.isAmbiguous(request)) {
      MalformedRequests.answer(request, node.meters);
    } else if (!isSocket(request)) {
      if (WebSocketEndpoint.isUpgrade(request)) {
        plain.mayUpgrade(request);
      }
      router.handle(request);
    } else if (!WebSocketEndpoint.isUpgrade(request)) {
      Problem.respond(request, Failure.of(ErrorReason.UPGRADE_REQUIRED));
    } else if (node.origins.permits(request)) {
      HttpConnection connection = request.connection();
      Runnable upgraded = () -> plain.done(connection);
      if (EVENTS_PATH.equals(request.path())) {
        webSockets.accept(request, events, upgraded);
      } else if (MESSAGES_PATH.equals(request.path())) {
        webSockets.accept(request, messages, upgraded);
      } else {
        webSockets.accept(request, upgraded);
      }
    } else {
      Problem.respond(request, forbidden(node));
    }
  }

  private boolean isSocket(HttpServerRequest request) {
    String path = request.path();
    return WEBSOCKET_PATH.equals(path) && node.config.gateway().websocket().enabled()
        || SockJsEndpoint.RAW_PATH.equals(path) && node.config.gateway().sockjs().enabled()
        || EVENTS_PATH.equals(path) && node.config.gateway().feeds().events().enabled()
        || MESSAGES_PATH.equals(path) && node.config.gateway().feeds().messages().enabled();
  }

  private static Failure forbidden(GatewayNode node) {
    node.meters.refused(ErrorReason.FORBIDDEN_ORIGIN);
    return Failure.of(ErrorReason.FORBIDDEN_ORIGIN);
  }
}
