package io.vestibule.gateway.auth;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;

/** Decides whether a token carries the signature of one of the keys. Any thread; the port exists so that its guard can be tested. */
@FunctionalInterface
interface SignatureCheck {
  /** The one check that serves. */
  SignatureCheck STRICT =
      (token, keys) -> {
        for (VerificationKey key : keys) {
          if (key.verifies(token.algorithm(), token.signingInput(), token.signature())) {
            return;
          }
        }
        throw Failure.of(ErrorReason.TOKEN_SIGNATURE);
      };

  /**
   * Returns if the signature holds. Takes microseconds for HS, up to a millisecond for each key for the others.
   *
   * @throws Failure {@code TOKEN_SIGNATURE}
   */
  void verify(CompactToken token, List<VerificationKey> keys);
}
