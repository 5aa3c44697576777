package io.vestibule.bench.line;

import io.vestibule.bench.client.Target;
import io.vestibule.bench.client.Tokens;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * One run of {@code bench line}.
 *
 * @param capacity slots of the queue, all free at the beginning
 * @param waiters who join when all slots are taken
 * @param httpJoins who join over HTTP before that, and leave again
 * @param leavesPerSecond slots that are freed in a second
 * @param duration how long slots are freed
 * @param threads event loops of the client
 * @param insecure whether any certificate will do, over HTTP too
 */
public record LinePlan(
    Target target,
    Tokens tokens,
    String queue,
    int capacity,
    int waiters,
    int httpJoins,
    double leavesPerSecond,
    Duration duration,
    int threads,
    boolean insecure) {

  private static final Pattern QUEUE = Pattern.compile("[A-Za-z0-9_:@~.-]{1,64}");
  private static final int MOST = 100_000;

  public LinePlan {
    if (!QUEUE.matcher(queue).matches()) {
      throw new IllegalArgumentException("not a queue: " + queue);
    }
    if (capacity < 1 || capacity > MOST || waiters < 1 || waiters > MOST || httpJoins < 0 || httpJoins > MOST || threads < 1) {
      throw new IllegalArgumentException("capacity, waiters and threads must be at least 1 and nobody above " + MOST);
    }
    if (!(leavesPerSecond > 0) || duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("leaves-per-second and duration must be above 0");
    }
    double leaves = leavesPerSecond * duration.toNanos() / 1e9;
    if (leaves < 1 || leaves > waiters) {
      throw new IllegalArgumentException("leaves-per-second and duration make " + Math.round(leaves) + " leaves, for " + waiters + " waiters");
    }
  }

  /** How many slots are freed. */
  int leaves() {
    return (int) (leavesPerSecond * duration.toNanos() / 1e9);
  }
}
