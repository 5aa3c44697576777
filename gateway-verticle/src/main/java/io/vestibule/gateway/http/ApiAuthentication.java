package io.vestibule.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import io.vestibule.gateway.api.Caller;
import io.vestibule.gateway.auth.ApiKeys;
import io.vestibule.gateway.auth.TokenVerifier;
import io.vestibule.gateway.transport.Credentials;

/** Who calls the server API: the holder of an API key, in a header of its own or as a bearer, or of a token. One for each event loop. */
final class ApiAuthentication {
  private static final String API_KEY = "X-API-Key";

  private final ApiKeys keys;
  private final TokenVerifier verifier;

  ApiAuthentication(ApiKeys keys, TokenVerifier verifier) {
    this.keys = keys;
    this.verifier = verifier;
  }

  /** The caller; fails with a {@link Failure} of a 401 reason, or {@code KEYS_UNAVAILABLE}. */
  Future<Caller> callerOf(HttpServerRequest request) {
    String apiKey = request.getHeader(API_KEY);
    if (apiKey != null) {
      return keys.contains(apiKey) ? Future.succeededFuture(Caller.server()) : refused(ErrorReason.API_KEY_INVALID);
    }
    String bearer = Credentials.bearer(request.headers());
    if (bearer == null) {
      return Future.failedFuture(Failure.of(ErrorReason.NOT_AUTHENTICATED,
          "Send an API key (X-API-Key, or Authorization: Bearer), or a token whose caps.api names this call."));
    }
    if (keys.contains(bearer)) {
      return Future.succeededFuture(Caller.server());
    }
    // A token has dots; what has none was meant to be a key.
    return bearer.indexOf('.') < 0 ? refused(ErrorReason.API_KEY_INVALID) : verifier.verify(bearer).map(Caller::of);
  }

  private static Future<Caller> refused(ErrorReason reason) {
    return Future.failedFuture(Failure.of(reason));
  }
}
