package io.vestibule.gateway.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;

/** The body of a request that has to be JSON. */
final class JsonBody {
  /** Its media type; being one that forms cannot send, it also keeps other people's pages from sending it unasked. */
  static final String MEDIA_TYPE = "application/json";

  private JsonBody() {}

  /**
   * The bytes of the body.
   *
   * @throws Failure {@code MEDIA_TYPE}, or {@code NOT_JSON} where there is none
   */
  static Buffer of(RoutingContext routed) {
    String type = routed.request().getHeader(HttpHeaders.CONTENT_TYPE);
    String bare = type == null ? "" : type.split(";", 2)[0].strip();
    if (!bare.equalsIgnoreCase(MEDIA_TYPE)) {
      throw Failure.of(ErrorReason.MEDIA_TYPE);
    }
    Buffer body = routed.body().buffer();
    if (body == null || body.length() == 0) {
      throw Failure.of(ErrorReason.NOT_JSON, "The request has no body.");
    }
    return body;
  }
}
