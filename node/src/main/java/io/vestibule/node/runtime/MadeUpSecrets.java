package io.vestibule.node.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import io.vestibule.gateway.admission.ResumeSecrets;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The secrets that a cluster made up for its resume tokens. That is one, unless nodes began without knowing of each other: those that started at the same moment on a busy machine, or with a network between them that was
 * cut. Each had made one up then and clients hold tokens of it, so when they have met they tell each other, and believe them all. The data grid keeps the entry of the larger part, so the others put theirs in again.
 */
final class MadeUpSecrets implements ResumeSecrets {
  /** Nobody makes more clusters than that out of one; each that is believed costs a wrong token one more signature. */
  static final int MOST = 16;
  private static final long LOOK_MILLIS = 2_000;

  private final Vertx vertx;
  private final AsyncMap<String, String> shared;
  private final long deadlineMillis;
  private volatile List<String> believed;
  private long timer;
  private boolean looking;

  private MadeUpSecrets(Vertx vertx, AsyncMap<String, String> shared, String secret, long deadlineMillis) {
    this.vertx = vertx;
    this.shared = shared;
    this.deadlineMillis = deadlineMillis;
    this.believed = List.of(secret);
  }

  /**
   * Looks after the secrets from now on.
   *
   * @param shared by all nodes
   * @param secret that which this node was given
   * @param deadlineMillis until the cluster must have answered
   */
  static MadeUpSecrets start(Vertx vertx, AsyncMap<String, String> shared, String secret, long deadlineMillis) {
    MadeUpSecrets secrets = new MadeUpSecrets(vertx, shared, secret, deadlineMillis);
    secrets.timer = vertx.setPeriodic(LOOK_MILLIS, id -> secrets.lookUnlessLooking());
    return secrets;
  }

  @Override
  public List<String> believed() {
    return believed;
  }

  /** Looks no more. */
  void close() {
    vertx.cancelTimer(timer);
  }

  private synchronized void lookUnlessLooking() {
    if (!looking) {
      looking = true;
      // A look that fails is followed by the next.
      look().onComplete(done -> looked());
    }
  }

  private synchronized void looked() {
    looking = false;
  }

  /** Learns what others believe, and tells what they may not know. */
  Future<Void> look() {
    return shared.entries().compose(entries -> {
      List<String> now = merged(entries);
      if (!now.equals(believed)) {
        believed = now;
      }
      String elected = entries.get(SharedSecret.KEY);
      return Future.all(now.stream().filter(secret -> !entries.containsValue(secret))
          .map(secret -> shared.putIfAbsent(elected == null ? SharedSecret.KEY : idOf(secret), secret)).toList());
    }).timeout(deadlineMillis, TimeUnit.MILLISECONDS).mapEmpty();
  }

  /** All nodes sign with the same when they have seen the same. */
  private List<String> merged(Map<String, String> entries) {
    Set<String> all = new LinkedHashSet<>();
    String elected = entries.get(SharedSecret.KEY);
    all.add(elected == null ? believed.get(0) : elected);
    all.addAll(believed);
    entries.values().stream().sorted().forEach(all::add);
    return all.stream().limit(MOST).toList();
  }

  private static String idOf(String secret) {
    return UUID.nameUUIDFromBytes(secret.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
