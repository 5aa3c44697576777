package io.vestibule.gateway.session;

import io.vestibule.gateway.auth.Claims;
import io.vestibule.gateway.topic.Principal;

/** A verified token and what it makes of its holder. */
record Identity(Claims claims, Principal principal) {
  /**
   * The holder of a token.
   *
   * @throws io.vestibule.contract.error.Failure where a capability is no pattern
   */
  static Identity of(Claims claims) {
    return new Identity(claims, Principal.of(claims));
  }

  long expiresAtMs() {
    return claims.expiresAtMs();
  }
}
