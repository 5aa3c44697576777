package io.vestibule.gateway.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.metrics.GatewayMeters;
import java.util.List;

/**
 * Requests that could not be read to the end of their headers, or that a proxy before this server may have read differently: told why like all others, and then the connection ends, since nobody
 * knows where the next one would begin.
 */
public final class MalformedRequests {
  private MalformedRequests() {}

  /**
   * Whether a request names two hosts (RFC 9112, section 3.2), or its body is coded in a way that is not known here, so that its end is not either (section 6.3), or in one that its version does not
   * know (section 6.1).
   */
  public static boolean isAmbiguous(HttpServerRequest request) {
    List<String> codings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
    return request.headers().getAll(HttpHeaders.HOST).size() > 1
        || !codings.isEmpty() && !(request.version() == HttpVersion.HTTP_1_1 && codings.size() == 1 && codings.get(0).strip().equalsIgnoreCase("chunked"));
  }

  /** Answers one. */
  public static void answer(HttpServerRequest request, GatewayMeters meters) {
    Failure failure = failureOf(request.decoderResult().cause());
    meters.error(failure.reason());
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    Problem.respond(request, failure);
    request.connection().close();
  }

  private static Failure failureOf(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Failure.of(ErrorReason.URI_TOO_LONG);
    }
    return cause instanceof TooLongHttpHeaderException ? Failure.of(ErrorReason.HEADERS_TOO_LARGE)
        : Failure.of(ErrorReason.INVALID_VALUE, "The request is malformed.");
  }
}
