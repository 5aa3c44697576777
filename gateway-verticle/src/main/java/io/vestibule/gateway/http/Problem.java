package io.vestibule.gateway.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.Failure;
import java.util.concurrent.TimeUnit;

/** A failure as an HTTP answer: {@code application/problem+json} (RFC 9457), with the catalogue's slug as {@code reason}. */
public final class Problem {
  private static final String MEDIA_TYPE = "application/problem+json";
  private static final String TYPE = "urn:vestibule:error:";
  private static final int UNAUTHORIZED = 401;
  private static final int UPGRADE_REQUIRED = 426;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final long LINGER_MS = 1_000;

  private Problem() {}

  /** The body that tells of a failure. */
  static JsonObject body(Failure failure, String correlationId) {
    JsonObject body = new JsonObject()
        .put("type", TYPE + failure.reason().slug())
        .put("title", failure.reason().text())
        .put("status", failure.reason().code())
        .put("detail", failure.getMessage())
        .put("reason", failure.reason().slug())
        .put("details", new JsonObject(failure.details()))
        .put("temporary", failure.reason().temporary());
    if (failure.retryAfterMs() > 0) {
      body.put("retryAfterMs", failure.retryAfterMs());
    }
    return body.put("correlationId", correlationId);
  }

  /** Answers a request that no router handles: one that was to become a socket and may not. */
  public static void respond(HttpServerRequest request, Failure failure) {
    respond(Exchange.begin(request), failure);
  }

  /** Answers a request; one whose answer has begun is cut off, so that nobody takes half of it for the whole. */
  static void respond(Exchange exchange, Failure failure) {
    HttpServerRequest request = exchange.request();
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    exchange.stamp();
    int status = failure.reason().code();
    if (status == UNAUTHORIZED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    if (status == UPGRADE_REQUIRED) {
      response.putHeader(HttpHeaders.UPGRADE, "websocket").putHeader(HttpHeaders.CONNECTION, "Upgrade").putHeader("Sec-WebSocket-Version", "13");
    }
    if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
      response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(wholeSeconds(failure.retryAfterMs())));
    }
    Pages.end(response.setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store"), body(failure, exchange.correlationId()).toBuffer());
    discardBody(request);
  }

  private static long wholeSeconds(long millis) {
    return Math.max(1, (millis + TimeUnit.SECONDS.toMillis(1) - 1) / TimeUnit.SECONDS.toMillis(1));
  }

  /** Lets a body that nobody will read run out for a moment, so that its sender gets to read the answer, and then ends it. */
  private static void discardBody(HttpServerRequest request) {
    request.resume();
    if (hasBody(request) && !request.isEnded()) {
      Vertx.currentContext().owner().setTimer(LINGER_MS, late -> {
        if (!request.isEnded()) {
          cutOff(request);
        }
      });
    }
  }

  private static boolean hasBody(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.CONTENT_LENGTH) || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || request.version() == HttpVersion.HTTP_2;
  }

  private static void cutOff(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
    } else {
      request.connection().close();
    }
  }
}
