package io.vestibule.node.operations;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code /health}, {@code /health/live}, {@code /health/ready} and {@code /metrics}, to be mounted on any router of this node. Each request
 * is answered on its own event loop; what it costs is shared with those that come meanwhile. Thread-safe.
 */
public final class OperationsRoutes implements Consumer<Router> {
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final Health health;
  private final Optional<Scrape> scrape;

  /** @param scrape behind {@code /metrics}, which is not there without */
  public OperationsRoutes(Health health, Optional<Scrape> scrape) {
    this.health = health;
    this.scrape = scrape;
  }

  /** Adds the routes. */
  public void mount(Router router) {
    page(router, "/health/live", request -> json(request, OK, new JsonObject().put("status", "up")));
    page(router, "/health/ready", request -> checked(request, HealthPage::summary));
    page(router, "/health", request -> checked(request, health::describe));
    scrape.ifPresent(figures -> page(router, "/metrics", request -> answer(request, figures.text(), text ->
        end(request.response().putHeader(HttpHeaders.CONTENT_TYPE, Scrape.MEDIA_TYPE), Buffer.buffer(text)))));
  }

  /** What is got can be asked for without its body too, as some balancers and uptime checks do (RFC 9110, section 9.3.2). */
  private static void page(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
  }

  @Override
  public void accept(Router router) {
    mount(router);
  }

  private void checked(RoutingContext request, Function<HealthPage, JsonObject> body) {
    answer(request, health.check(), page -> json(request, page.ready() ? OK : UNAVAILABLE, body.apply(page)));
  }

  private static void json(RoutingContext request, int status, JsonObject body) {
    end(request.response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store"), body.toBuffer());
  }

  /** Says the length itself: Vert.x leaves the body out of an answer to HEAD, and the length with it. */
  private static void end(HttpServerResponse response, Buffer body) {
    response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length())).end(body);
  }

  /** Back to the event loop of the request, from wherever the answer came. */
  private static <T> void answer(RoutingContext request, Future<T> awaited, Consumer<T> answer) {
    Context own = request.vertx().getOrCreateContext();
    awaited.onComplete(done -> own.runOnContext(nothing -> {
      if (request.response().closed()) {
        return;
      }
      if (done.succeeded()) {
        answer.accept(done.result());
      } else {
        request.fail(done.cause());
      }
    }));
  }
}
