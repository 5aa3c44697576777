package io.vestibule.gateway.admission;

import java.util.List;

/** The secrets of a cluster's resume tokens. Any thread may ask, for each token. */
@FunctionalInterface
public interface ResumeSecrets {
  /** All that are believed, the first of which signs; the same list as long as they are the same. Never empty. */
  List<String> believed();

  /** One for ever. */
  static ResumeSecrets of(String secret) {
    if (secret.isEmpty()) {
      throw new IllegalArgumentException("tokens are signed with a secret");
    }
    List<String> one = List.of(secret);
    return () -> one;
  }
}
