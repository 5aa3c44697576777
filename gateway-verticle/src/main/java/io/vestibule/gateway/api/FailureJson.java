package io.vestibule.gateway.api;

import io.vertx.core.json.JsonObject;
import io.vestibule.contract.error.Failure;

/** A failure as the JSON object that stands inside an answer. */
public final class FailureJson {
  private FailureJson() {}

  /** The {@code code}, {@code reason}, {@code message}, {@code details}, {@code temporary} and where known {@code retryAfterMs} of a failure. */
  public static JsonObject of(Failure failure) {
    JsonObject json = new JsonObject()
        .put("code", failure.reason().code())
        .put("reason", failure.reason().slug())
        .put("message", failure.getMessage())
        .put("details", new JsonObject(failure.details()))
        .put("temporary", failure.reason().temporary());
    if (failure.retryAfterMs() > 0) {
      json.put("retryAfterMs", failure.retryAfterMs());
    }
    return json;
  }
}
