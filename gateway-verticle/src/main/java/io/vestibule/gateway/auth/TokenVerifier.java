package io.vestibule.gateway.auth;

import io.vertx.core.Future;

/** Verifies tokens. One for each gateway instance, used on its event loop only. */
public interface TokenVerifier {

  /**
   * Verifies a JWT.
   *
   * @return the claims, at once where the algorithm is cheap or the token is remembered; fails with a
   *     {@link io.vestibule.contract.error.Failure} of a {@code TOKEN_*} reason, or temporarily with {@code KEYS_UNAVAILABLE}
   *     (no key set yet) or {@code UNAVAILABLE} (too many tokens under way). It never throws
   */
  Future<Claims> verify(String token);
}
