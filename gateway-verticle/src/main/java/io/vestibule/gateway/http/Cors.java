package io.vestibule.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;

/**
 * Opens the API to pages of those other origins that the configuration lists (Fetch standard, CORS protocol), and to no others. There are no cookies, so
 * credentials are never allowed.
 */
final class Cors {
  private static final String METHODS = "GET, POST";
  private static final String HEADERS = "Authorization, Content-Type, X-API-Key, " + Exchange.CORRELATION_ID;
  private static final String EXPOSED = Exchange.CORRELATION_ID + ", " + Exchange.RESPONSE_TIME + ", Retry-After, " + RateLimitHeaders.EXPOSED;
  private static final String MAX_AGE_SECONDS = "600";
  private static final int NO_CONTENT = 204;

  private final OriginPolicy origins;

  Cors(OriginPolicy origins) {
    this.origins = origins;
  }

  void handle(RoutingContext routed) {
    String origin = routed.request().getHeader(HttpHeaders.ORIGIN);
    boolean listed = origin != null && origins.lists(origin);
    HttpServerResponse response = routed.response();
    if (!origins.everybody()) {
      response.putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    if (listed) {
      response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origins.everybody() ? OriginPolicy.EVERYBODY : origin)
          .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    if (!isPreflight(routed)) {
      routed.next();
    } else if (listed) {
      response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
          .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
          .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS)
          .setStatusCode(NO_CONTENT).end();
    } else {
      routed.fail(Failure.of(ErrorReason.FORBIDDEN_ORIGIN));
    }
  }

  private static boolean isPreflight(RoutingContext routed) {
    return routed.request().method() == HttpMethod.OPTIONS
        && routed.request().headers().contains(HttpHeaders.ORIGIN)
        && routed.request().headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
  }
}
