package io.vestibule.gateway.auth;

import io.vertx.core.Future;

/** Verifies tokens. One for each gateway instance, used on its event loop only. */
public interface TokenVerifier {

  /**
   * Verifies a JWT.
   *
   * @return the claims, at once where the algorithm is cheap or the token is remembered; fails with a
   *     {@link io.vestibule.contract.error.Failure} of a {@code TOKEN_*} reason, or {@code KEYS_UNAVAILABLE}
   */
  Future<Claims> verify(String token);
}
