package io.vestibule.node.operations;

import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** What every response carries (docs/protocol.md, HTTP API): {@code X-Correlation-Id}, the request's own if it is a fit one, and {@code X-Response-Time}. */
final class ResponseHeaders implements Handler<RoutingContext> {
  private static final String CORRELATION_ID = "X-Correlation-Id";
  private static final String RESPONSE_TIME = "X-Response-Time";
  private static final Pattern FIT = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final double NANOS_PER_MILLI = 1e6;

  private final LongSupplier nanoTime;

  ResponseHeaders(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public void handle(RoutingContext request) {
    long started = nanoTime.getAsLong();
    String given = request.request().getHeader(CORRELATION_ID);
    String correlationId = given != null && FIT.matcher(given).matches() ? given : UUID.randomUUID().toString();
    request.put(CORRELATION_ID, correlationId);
    request.addHeadersEndHandler(nothing -> request.response()
        .putHeader(CORRELATION_ID, correlationId)
        .putHeader(RESPONSE_TIME, String.format(Locale.ROOT, "%.3fms", (nanoTime.getAsLong() - started) / NANOS_PER_MILLI)));
    request.next();
  }

  /** The correlation id of a request that came through here. */
  static String correlationId(RoutingContext request) {
    return request.get(CORRELATION_ID);
  }
}
