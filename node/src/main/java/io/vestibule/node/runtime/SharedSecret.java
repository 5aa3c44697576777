package io.vestibule.node.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** A secret that nobody configured: made up by the first node, shared with those that join, gone with the last. */
enum SharedSecret {
  /** Signs the tokens of development mode. */
  DEVELOPMENT("vestibule.development"),
  /** Signs resume tokens. */
  ADMISSION("vestibule.admission.secret");

  static final String KEY = "secret";
  private static final int BYTES = 32;

  private final String map;

  SharedSecret(String map) {
    this.map = map;
  }

  /**
   * The cluster's secret.
   *
   * @param random makes one if there is none yet
   * @param deadlineMillis until the cluster must have answered
   */
  Future<String> get(Vertx vertx, SecureRandom random, long deadlineMillis) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String candidate = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return shared(vertx).compose(shared -> shared.putIfAbsent(KEY, candidate))
        .map(earlier -> earlier == null ? candidate : earlier)
        .timeout(deadlineMillis, TimeUnit.MILLISECONDS);
  }

  /** Where the nodes share it. */
  Future<AsyncMap<String, String>> shared(Vertx vertx) {
    return vertx.sharedData().getClusterWideMap(map);
  }
}
