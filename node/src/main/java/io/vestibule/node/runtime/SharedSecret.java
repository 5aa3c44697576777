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
  private static final long PAUSE_MILLIS = 100;

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
    long giveUp = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(deadlineMillis);
    return shared(vertx).compose(shared -> offer(vertx, shared, candidate, giveUp)).timeout(deadlineMillis, TimeUnit.MILLISECONDS);
  }

  /** What the cluster has, or this. Where the member that was asked has just left nobody knows what became of it, and a node must not give up its start for that: asked again, it is told what it has put itself. */
  static Future<String> offer(Vertx vertx, AsyncMap<String, String> shared, String candidate, long giveUpNanos) {
    return shared.putIfAbsent(KEY, candidate).map(earlier -> earlier == null ? candidate : earlier)
        .recover(thrown -> System.nanoTime() >= giveUpNanos ? Future.failedFuture(thrown)
            : vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS).compose(waited -> offer(vertx, shared, candidate, giveUpNanos)));
  }

  /** Where the nodes share it. */
  Future<AsyncMap<String, String>> shared(Vertx vertx) {
    return vertx.sharedData().getClusterWideMap(map);
  }
}
