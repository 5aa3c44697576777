package io.vestibule.node.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** The secret of development mode: made up by the first node, shared with those that join, gone with the last. */
final class DevelopmentSecret {
  private static final String MAP = "vestibule.development";
  private static final String KEY = "secret";
  private static final int BYTES = 32;

  private DevelopmentSecret() {}

  /**
   * The cluster's secret.
   *
   * @param random makes one if there is none yet
   * @param deadlineMillis until the cluster must have answered
   */
  static Future<String> shared(Vertx vertx, SecureRandom random, long deadlineMillis) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String candidate = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return vertx.sharedData().<String, String>getClusterWideMap(MAP)
        .compose(map -> map.putIfAbsent(KEY, candidate))
        .map(earlier -> earlier == null ? candidate : earlier)
        .timeout(deadlineMillis, TimeUnit.MILLISECONDS);
  }
}
