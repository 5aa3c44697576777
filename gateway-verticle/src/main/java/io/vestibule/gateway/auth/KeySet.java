package io.vestibule.gateway.auth;

import io.vestibule.contract.error.ErrorReason;
import io.vestibule.contract.error.Failure;
import java.util.List;
import java.util.Set;

/**
 * The keys that verify tokens at one moment. Immutable, any thread; a rotation makes a new set and swaps it, so a set's
 * identity says whether the keys have changed.
 *
 * @param keys in the order in which they were configured
 * @param accepted the algorithms that the configuration accepts
 * @param origin whether more keys may turn up
 */
record KeySet(List<VerificationKey> keys, Set<SigningAlgorithm> accepted, Origin origin) {

  /** Keys taken from one source; bounds what a token without {@code kid} costs, which is tried with each of its algorithm. */
  static final int MAX_KEYS = 64;

  /** Where the keys come from. */
  enum Origin {
    /** From the configuration alone. */
    FIXED,
    /** There is a JSON Web Key Set, but it has not been read yet. */
    PENDING,
    /** The JSON Web Key Set has been read and may get more keys. */
    ROTATING
  }

  /** What a set has to say to a token's algorithm and key id. */
  sealed interface Selection {
    /** The token must carry the signature of one of these; never empty. */
    record Found(List<VerificationKey> keys) implements Selection {}

    /** There is no such key here, but there may be one at the source by now; refuse if not. */
    record Unknown(Failure failure) implements Selection {}

    /** No key here can be meant. */
    record Refused(Failure failure) implements Selection {}
  }

  KeySet {
    keys = List.copyOf(keys);
    accepted = Set.copyOf(accepted);
  }

  /**
   * Picks the keys for a token. A {@code kid} that is known means this key and no other; keys without an id (a secret, a PEM file)
   * stand for any id that is not known.
   */
  Selection select(SigningAlgorithm algorithm, String keyId) {
    if (!accepted.contains(algorithm)) {
      return new Selection.Refused(Failure.of(ErrorReason.TOKEN_ALGORITHM));
    }
    List<VerificationKey> named = keyId == null ? List.of() : keys.stream().filter(key -> keyId.equals(key.id())).toList();
    List<VerificationKey> meant =
        named.isEmpty() ? keys.stream().filter(key -> keyId == null || key.id() == null).toList() : named;
    List<VerificationKey> usable = meant.stream().filter(key -> key.accepts(algorithm)).toList();
    if (!usable.isEmpty()) {
      return new Selection.Found(usable);
    }
    if (!named.isEmpty()) {
      return new Selection.Refused(Failure.of(ErrorReason.TOKEN_ALGORITHM));
    }
    return switch (origin) {
      case PENDING -> new Selection.Unknown(Failure.of(ErrorReason.KEYS_UNAVAILABLE).retryAfter(1000));
      case ROTATING -> new Selection.Unknown(noSuchKey(algorithm));
      case FIXED -> new Selection.Refused(noSuchKey(algorithm));
    };
  }

  private Failure noSuchKey(SigningAlgorithm algorithm) {
    boolean known = keys.stream().anyMatch(key -> key.accepts(algorithm));
    return Failure.of(known ? ErrorReason.TOKEN_SIGNATURE : ErrorReason.TOKEN_ALGORITHM);
  }
}
