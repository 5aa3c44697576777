package io.vestibule.node.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import io.vestibule.gateway.admission.ResumeSecrets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The secrets that a cluster made up for its resume tokens. That is one, unless nodes began without knowing of each other: those that started at the same moment on a busy machine, or with a network between them that was
 * cut. Each had made one up then and clients hold tokens of it, so when they have met they tell each other, and believe them all. The data grid keeps what the larger part had, so the others put theirs in again.
 *
 * <p>All are in one entry, since whoever looks for them does so all the time: a query over the whole map, while two clusters are joined, has the data grid give up joining them.
 */
final class MadeUpSecrets implements ResumeSecrets {
  /** Nobody makes more clusters than that out of one; each that is believed costs a wrong token one more signature. */
  static final int MOST = 16;
  private static final long LOOK_MILLIS = 2_000;
  /** Not in base64. */
  private static final String SEPARATOR = ",";

  private final Vertx vertx;
  private final AsyncMap<String, String> shared;
  private final long deadlineMillis;
  private volatile List<String> believed;
  private long timer;
  private boolean looking;

  private MadeUpSecrets(Vertx vertx, AsyncMap<String, String> shared, String told, long deadlineMillis) {
    this.vertx = vertx;
    this.shared = shared;
    this.deadlineMillis = deadlineMillis;
    this.believed = parse(told);
  }

  /**
   * Looks after the secrets from now on.
   *
   * @param shared by all nodes
   * @param told what this node was told when it asked, or put there itself
   * @param deadlineMillis until the cluster must have answered
   */
  static MadeUpSecrets start(Vertx vertx, AsyncMap<String, String> shared, String told, long deadlineMillis) {
    MadeUpSecrets secrets = new MadeUpSecrets(vertx, shared, told, deadlineMillis);
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
    return shared.get(SharedSecret.KEY).compose(told -> {
      List<String> theirs = told == null ? List.of() : parse(told);
      List<String> all = Stream.concat(theirs.stream(), believed.stream()).distinct().limit(MOST).toList();
      if (!all.equals(believed)) {
        believed = all;
      }
      return all.equals(theirs) ? Future.<Void>succeededFuture() : tell(told, String.join(SEPARATOR, all));
    }).timeout(deadlineMillis, TimeUnit.MILLISECONDS);
  }

  /** Where somebody else is faster, the next look finds out. */
  private Future<Void> tell(String before, String now) {
    return before == null ? shared.putIfAbsent(SharedSecret.KEY, now).mapEmpty() : shared.replaceIfPresent(SharedSecret.KEY, before, now).mapEmpty();
  }

  private static List<String> parse(String told) {
    return List.of(told.split(SEPARATOR));
  }
}
