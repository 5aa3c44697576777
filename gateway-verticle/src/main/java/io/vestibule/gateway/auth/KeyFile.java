package io.vestibule.gateway.auth;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An entry of {@code auth.jwt.keys}: a PEM file and the one algorithm its key is for.
 *
 * @param path of the file
 */
record KeyFile(SigningAlgorithm algorithm, String path) {

  /**
   * Reads {@code ALG:/path}.
   *
   * @throws IllegalArgumentException if it is written otherwise, naming {@code auth.jwt.keys}
   */
  static KeyFile parse(String text) {
    int colon = text.indexOf(':');
    if (colon <= 0 || colon == text.length() - 1) {
      throw new IllegalArgumentException("auth.jwt.keys: \"" + text + "\" is not of the form RS256:/path/to/key.pem");
    }
    String name = text.substring(0, colon);
    SigningAlgorithm algorithm =
        SigningAlgorithm.named(name)
            .orElseThrow(() -> new IllegalArgumentException("auth.jwt.keys: " + name + " is not one of " + names()));
    if (algorithm.symmetric()) {
      throw new IllegalArgumentException("auth.jwt.keys: " + name + " has no public key, set auth.jwt.secret");
    }
    return new KeyFile(algorithm, text.substring(colon + 1));
  }

  /** All algorithms by name, for messages. */
  static String names() {
    return Arrays.stream(SigningAlgorithm.values()).map(SigningAlgorithm::jwsName).collect(Collectors.joining(", "));
  }
}
