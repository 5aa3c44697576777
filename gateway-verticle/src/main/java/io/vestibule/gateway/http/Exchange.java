package io.vestibule.gateway.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.log.CorrelationId;
import io.vestibule.contract.log.EventLog;
import io.vestibule.contract.log.LogEvent;
import io.vestibule.contract.log.LogKey;
import io.vestibule.gateway.transport.RequestDecoder.MalformedBody;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A request and its response: when it came, which flow it belongs to, what was called. What it logs holds neither path nor query nor body, in which tokens
 * may stand.
 */
public final class Exchange {
  /** Which flow a request belongs to, and its response too. */
  public static final String CORRELATION_ID = "X-Correlation-Id";

  /** How long the answer took, in milliseconds. */
  public static final String RESPONSE_TIME = "X-Response-Time";

  private static final int FIRST_ERROR = 400;
  private static final int MALFORMED = 400;
  private static final double NANOS_OF_A_MILLI = 1_000_000;
  private static final EventLog LOG = EventLog.of(Exchange.class);

  private final HttpServerRequest request;
  private final String correlationId;
  private final long startedNanos = System.nanoTime();
  private String call;
  private boolean refused;
  private ErrorReason failure;

  private Exchange(HttpServerRequest request) {
    this.request = request;
    this.correlationId = CorrelationId.orFresh(request.getHeader(CORRELATION_ID));
  }

  /** Begins the exchange of a request that no router handles. */
  static Exchange begin(HttpServerRequest request) {
    return new Exchange(request);
  }

  /** Begins the exchange of a routed request; the first handler of all. */
  static void begin(RoutingContext routed) {
    Exchange exchange = new Exchange(routed.request());
    routed.put(CORRELATION_ID, exchange);
    routed.addHeadersEndHandler(now -> exchange.stamp());
    routed.addEndHandler(ended -> exchange.log());
    // Until something takes the body in, which has a handler of its own: an authentication may be under way.
    routed.request().exceptionHandler(broken -> {
      if (broken instanceof MalformedBody) {
        routed.fail(MALFORMED, broken);
      }
    });
    routed.next();
  }

  /** The exchange of a routed request; a fresh one where the request was so malformed that it never got to the first handler. */
  static Exchange of(RoutingContext routed) {
    Exchange begun = routed.get(CORRELATION_ID);
    return begun == null ? new Exchange(routed.request()) : begun;
  }

  /** The name of the flow. */
  public String correlationId() {
    return correlationId;
  }

  /** How long ago it began. */
  long nanos() {
    return System.nanoTime() - startedNanos;
  }

  HttpServerRequest request() {
    return request;
  }

  /** Says what is called, for the log. */
  void calls(String name) {
    call = name;
  }

  /** The caller was not let in, and is told to the log by {@link RefusedCalls}. */
  void refused() {
    refused = true;
  }

  /** It failed, for this reason. */
  void failed(ErrorReason reason) {
    failure = reason;
  }

  /** Why it failed; null where it did not. */
  ErrorReason failure() {
    return failure;
  }

  /** Adds the headers that every response carries. */
  void stamp() {
    if (!request.response().headWritten()) {
      double millis = nanos() / NANOS_OF_A_MILLI;
      request.response().putHeader(CORRELATION_ID, correlationId).putHeader(RESPONSE_TIME, String.format(Locale.ROOT, "%.3fms", millis));
    }
  }

  /** A call that failed is worth a line, one that went well or came from a stranger only where somebody looks closely. */
  private void log() {
    int status = request.response().getStatusCode();
    EventLog.Line line = call != null && !refused && status >= FIRST_ERROR ? LOG.info(LogEvent.API_CALL, correlationId) : LOG.debug(LogEvent.API_CALL, correlationId);
    line.with(LogKey.CALL, call).with(LogKey.STATUS, status)
        .with(LogKey.DURATION_MS, TimeUnit.NANOSECONDS.toMillis(nanos())).write();
  }
}
