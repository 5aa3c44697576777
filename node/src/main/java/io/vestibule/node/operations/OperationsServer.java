package io.vestibule.node.operations;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.node.config.OperationsConfig;
import java.util.function.IntConsumer;

/** Health and metrics on a port of their own. */
public final class OperationsServer extends VerticleBase {
  private static final EventLog LOG = EventLog.of(OperationsServer.class);
  private static final int IDLE_SECONDS = 30;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int INTERNAL = 500;

  private final OperationsConfig config;
  private final OperationsRoutes routes;
  private final IntConsumer listening;

  /** @param listening told the port that was bound */
  public OperationsServer(OperationsConfig config, OperationsRoutes routes, IntConsumer listening) {
    this.config = config;
    this.routes = routes;
    this.listening = listening;
  }

  @Override
  public Future<?> start() {
    var router = Router.router(vertx);
    router.route().handler(new ResponseHeaders(System::nanoTime));
    routes.mount(router);
    router.errorHandler(NOT_FOUND, request -> problem(request, ErrorReason.NOT_FOUND));
    router.errorHandler(METHOD_NOT_ALLOWED, request -> problem(request, ErrorReason.METHOD_NOT_ALLOWED));
    router.errorHandler(INTERNAL, request -> {
      LOG.error(LogEvent.INTERNAL_ERROR, ResponseHeaders.correlationId(request)).cause(request.failure()).write();
      problem(request, ErrorReason.INTERNAL);
    });
    var options = new HttpServerOptions().setHost(config.httpHost()).setPort(config.httpPort()).setIdleTimeout(IDLE_SECONDS)
        .setHttp2ClearTextEnabled(false);
    return vertx.createHttpServer(options).requestHandler(router).listen().onSuccess(server -> listening.accept(server.actualPort()));
  }

  /** RFC 9457. */
  private static void problem(RoutingContext request, ErrorReason reason) {
    request.response()
        .setStatusCode(reason.code())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(new JsonObject()
            .put("title", reason.text())
            .put("status", reason.code())
            .put("reason", reason.slug())
            .put("correlationId", ResponseHeaders.correlationId(request))
            .toBuffer());
  }
}
