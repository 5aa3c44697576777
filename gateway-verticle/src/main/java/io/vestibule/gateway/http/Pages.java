package io.vestibule.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** What can be got can be asked for without its body too (RFC 9110, section 9.3.2). */
final class Pages {
  private Pages() {}

  /** Has a path answer GET and HEAD. */
  static void mount(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
  }

  /** Ends a response and says the length itself: Vert.x leaves the body out of an answer to HEAD, and the length with it. */
  static void end(HttpServerResponse response, Buffer body) {
    response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length())).end(body);
  }
}
