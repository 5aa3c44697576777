package io.vestibule.gateway.transport;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** The token that a request brings along (RFC 6750, sections 2.1 and 2.3; the query is for browsers, which cannot set headers on a socket). */
public final class Credentials {
  private static final String BEARER = "Bearer ";

  private Credentials() {}

  /** The token in {@code Authorization: Bearer} or in {@code ?token=}, or null where there is none. */
  public static String token(HttpServerRequest request) {
    String bearer = bearer(request.headers());
    return bearer != null ? bearer : request.getParam("token");
  }

  /** The token in {@code Authorization: Bearer}, or null. */
  public static String bearer(MultiMap headers) {
    String authorization = headers.get(HttpHeaders.AUTHORIZATION);
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length()).strip()
        : null;
  }
}
