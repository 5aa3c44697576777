package io.vestibule.gateway.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.gateway.metrics.GatewayMeters;
import io.vestibule.gateway.transport.RequestDecoder.MalformedBody;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes a {@link Problem} of whatever goes wrong in a router: what a route fails with, and what no route takes. */
final class Failures {
  private static final int NO_STATUS = -1;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int SERVER_ERROR = 500;
  private static final EventLog LOG = EventLog.of(Failures.class);

  private final Router router;
  private final GatewayMeters meters;

  Failures(Router router, GatewayMeters meters) {
    this.router = router;
    this.meters = meters;
  }

  void mount() {
    router.route().failureHandler(this::answer);
    // What no route takes, and what is too malformed to be looked for among the routes, never fails a route.
    for (int status : new int[] {BAD_REQUEST, NOT_FOUND, METHOD_NOT_ALLOWED, SERVER_ERROR}) {
      router.errorHandler(status, this::answer);
    }
  }

  private void answer(RoutingContext routed) {
    Failure failure = failureOf(routed);
    meters.error(failure.reason());
    Exchange.of(routed).failed(failure.reason());
    if (failure.reason() == ErrorReason.METHOD_NOT_ALLOWED && !routed.response().headWritten()) {
      routed.response().putHeader(HttpHeaders.ALLOW, String.join(", ", allowed(routed.normalizedPath())));
    }
    if (routed.failure() instanceof MalformedBody && !routed.response().headWritten()) {
      routed.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    Problem.respond(Exchange.of(routed), failure);
  }

  private Failure failureOf(RoutingContext routed) {
    if (routed.failure() instanceof Failure failure) {
      return failure;
    }
    return switch (routed.statusCode()) {
      // A path that cannot be decoded never failed a route, so it has no status of its own.
      case NO_STATUS, BAD_REQUEST -> Failure.of(ErrorReason.INVALID_VALUE, "The request is malformed.");
      case 403 -> Failure.of(ErrorReason.FORBIDDEN_CALL, "The request is not permitted.");
      case NOT_FOUND -> Failure.of(ErrorReason.NOT_FOUND);
      case METHOD_NOT_ALLOWED -> Failure.of(ErrorReason.METHOD_NOT_ALLOWED);
      case 413 -> Failure.of(ErrorReason.MESSAGE_TOO_LARGE, "The body is larger than permitted.");
      case 406, 415, 417 -> Failure.of(ErrorReason.MEDIA_TYPE);
      default -> unexpected(routed);
    };
  }

  private static Failure unexpected(RoutingContext routed) {
    if (!routed.response().closed()) {
      LOG.error(LogEvent.INTERNAL_ERROR, Exchange.of(routed).correlationId()).cause(routed.failure()).write();
    }
    return Failure.of(ErrorReason.INTERNAL);
  }

  /** The methods that the routes of exactly this path take (RFC 9110, section 15.5.6). */
  private Set<String> allowed(String path) {
    return router.getRoutes().stream()
        .filter(route -> route.getPath() != null && route.methods() != null && isAt(route.getPath(), path))
        .flatMap(route -> route.methods().stream()).map(HttpMethod::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether the path is the route's own; the last segment of a route may be a parameter. */
  private static boolean isAt(String route, String path) {
    int parameter = route.indexOf(':');
    return path.equals(route)
        || parameter > 0 && path.startsWith(route.substring(0, parameter)) && path.length() > parameter && path.indexOf('/', parameter) < 0;
  }
}
